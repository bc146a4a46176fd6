//! DuckDB reads the files as they are, and agrees.
//!
//! Runs when `WARD_DUCKDB_PYTHON` names a Python that has the `duckdb` package; says that it was
//! skipped otherwise.
#![expect(clippy::unwrap_used, reason = "a test that cannot build its input has failed")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use ward_history::{Flush, Heard, History, Indicator, Limits, Query};
use ward_kernel::hash::mix;
use ward_kernel::{Addr, KeyKind, Rung, Sighting, Time};

const DAY: i32 = 20_760;
const NAME: &str = "WARD_DUCKDB_PYTHON";

/// Prints one line for each question.
const SCRIPT: &str = r"
import duckdb, sys
glob = sys.argv[1] + '/sightings/*/*.parquet'
db = duckdb.connect()
def ask(question):
    for row in db.sql(question.replace('GLOB', glob)).fetchall():
        print(*row)
ask('''select 'sum', day, kind, count(*), count(distinct key), sum(count),
       epoch_us(min(first_seen)), epoch_us(max(last_seen)), count(rung)
       from read_parquet('GLOB', hive_partitioning = true) group by all order by all''')
ask('''select 'key', sensor, jurisdiction, sum(count), max(rung)
       from read_parquet('GLOB') where kind = 'address' and key = '192.0.2.76' group by all order by all''')
ask('''select 'sorted', bool_and(ok) from (select (kind, key, sensor, jurisdiction) >
       lag((kind, key, sensor, jurisdiction)) over (partition by filename order by file_row_number) as ok
       from read_parquet('GLOB', filename = true, file_row_number = true))''')
ask('''select 'bloom', bool_and(bloom_filter_length > 0), bool_and(stats_min_value is not null)
       from parquet_metadata('GLOB') where path_in_schema = 'key' ''')
ask('''select 'excluded', count(*) filter (bloom_filter_excludes), count(*)
       from parquet_bloom_probe('GLOB', 'key', '192.0.2.76 is not a key')''')
ask('''select 'included', count(*) filter (not bloom_filter_excludes)
       from parquet_bloom_probe('GLOB', 'key', '192.0.2.76')''')
ask('''select 'schema', decode(value) from parquet_kv_metadata('GLOB')
       where decode(key) = 'ward.schema' group by all''')
ask('''select 'type', column_name, column_type from (describe select * from read_parquet('GLOB'))''')
";

fn sighting(day: i32, number: u64) -> Sighting {
    let kind = KeyKind::ALL[usize::try_from(number % 4).unwrap()];
    let key = match kind {
        KeyKind::Address => {
            Addr::v4(0xc000_0200 + u32::try_from(number % 90_000).unwrap()).to_string()
        }
        KeyKind::Account => format!("clerk \u{e9} {number}"),
        KeyKind::Domain => format!("h{number}.county.example"),
        KeyKind::Hash => format!("{:032x}", mix(number)),
    };
    let first = Time::from_micros(i64::from(day) * 86_400_000_000 + i64::try_from(number).unwrap());
    Sighting {
        day,
        kind,
        key,
        sensor: format!("sensor-{}", mix(number) % 5),
        jurisdiction: "adair".to_owned(),
        count: 1 + number % 7,
        first,
        last: first.plus(1_000),
        rung: number.is_multiple_of(3).then_some(Rung::Attempt),
    }
}

fn filled(root: &Path) -> (History, Vec<Sighting>) {
    let mut history = History::open(root).unwrap();
    let mut all = Vec::new();
    for (position, day) in [(1, DAY), (2, DAY), (3, DAY + 1)] {
        // More than one row group of a kind, and keys that come again in the next flush.
        let mut sightings: Vec<_> =
            (0..450_000 / position).map(|number| sighting(day, number)).collect();
        all.extend_from_slice(&sightings);
        let heard =
            [Heard { day, sensor: "sensor-0".into(), jurisdiction: "adair".into(), records: 9 }];
        history
            .flush(Flush { sightings: &mut sightings, heard: &heard, from: position, to: position })
            .unwrap();
    }
    history.compact(DAY).unwrap();
    (history, all)
}

/// The sightings that make one row, with their key.
type Row<'a> = (&'a String, Vec<&'a Sighting>);

/// The lines that the script must print for the sums of each day and kind.
fn sums(all: &[Sighting]) -> Vec<String> {
    let mut rows: BTreeMap<_, Vec<&Sighting>> = BTreeMap::new();
    for one in all {
        rows.entry((one.day, one.kind.name(), &one.key, &one.sensor)).or_default().push(one);
    }
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for ((day, kind, key, _), rows) in rows {
        groups.entry((day, kind)).or_default().push((key, rows));
    }
    let line = |((day, kind), rows): ((i32, &str), Vec<Row<'_>>)| {
        let keys: std::collections::BTreeSet<_> = rows.iter().map(|(key, _)| key).collect();
        let all: Vec<_> = rows.iter().flat_map(|(_, rows)| rows).collect();
        let count: u64 = all.iter().map(|one| one.count).sum();
        let first = all.iter().map(|one| one.first.micros()).min().unwrap();
        let last = all.iter().map(|one| one.last.micros()).max().unwrap();
        let rungs =
            rows.iter().filter(|(_, rows)| rows.iter().any(|one| one.rung.is_some())).count();
        let day = ward_history::day_text(day).unwrap();
        format!("sum {day} {kind} {} {} {count} {first} {last} {rungs}", rows.len(), keys.len())
    };
    groups.into_iter().map(line).collect()
}

#[test]
fn duckdb_agrees() {
    let Some(python) = std::env::var_os(NAME) else {
        println!("skipped: {NAME} does not name a Python with the duckdb package");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let (history, all) = filled(root.path());
    let output = Command::new(python).args(["-c", SCRIPT]).arg(root.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = |word: &str| -> Vec<&str> {
        text.lines().filter(|line| line.split(' ').next() == Some(word)).collect()
    };

    assert_eq!(lines("sum"), sums(&all));
    assert_eq!(lines("sorted"), ["sorted True"]);
    assert_eq!(lines("bloom"), ["bloom True True"]);
    assert_eq!(lines("schema"), ["schema 1"]);
    let types = "type kind VARCHAR,type key VARCHAR,type sensor VARCHAR,type jurisdiction VARCHAR,\
                 type count BIGINT,type first_seen TIMESTAMP WITH TIME ZONE,\
                 type last_seen TIMESTAMP WITH TIME ZONE,type rung VARCHAR,type day DATE";
    assert_eq!(lines("type").join(","), types);

    let indicators = [Indicator::parse("192.0.2.76").unwrap()];
    let query = Query {
        indicators: &indicators,
        days: DAY..=DAY + 1,
        jurisdictions: None,
        limits: Limits::default(),
    };
    let answer = history.reader().hunt(&query).unwrap();
    let mut places: Vec<_> = answer.found[0].seen.places.iter().collect();
    places.sort_by_key(|place| &place.sensor);
    let places: Vec<_> = places
        .iter()
        .map(|place| {
            let rung = place.rung.map_or("None", Rung::name);
            format!("key {} {} {} {rung}", place.sensor, place.jurisdiction, place.count)
        })
        .collect();
    assert_eq!(lines("key"), places);

    // The bloom filters are DuckDB's to use: nearly all row groups are excluded for an absent key,
    // and none that has the key.
    let numbers = |word: &str| -> Vec<u64> {
        lines(word)[0].split(' ').skip(1).map(|number| number.parse().unwrap()).collect()
    };
    let excluded = numbers("excluded");
    assert!(excluded[0] + 1 >= excluded[1] && excluded[1] >= 10, "{excluded:?}");
    assert!(numbers("included")[0] >= 2);
}
