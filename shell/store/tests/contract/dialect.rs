//! The common dialect of `DIALECT.md`: every text in the sources keeps to it, and both engines
//! take it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};
use ward_store::{Link, Store};

use crate::desk::laws;

laws!(every_text_is_taken, no_big_table_is_read_whole);

/// Words that mean something else, or nothing, on the other engine; see `DIALECT.md`.
const BANNED: [&str; 16] = [
    " LIKE ",
    "ILIKE",
    "GLOB",
    "NOW()",
    "CURRENT_TIMESTAMP",
    "DATETIME",
    "AUTOINCREMENT",
    "SERIAL",
    "RANDOM()",
    "INSERT OR ",
    "REPLACE INTO",
    "::",
    "?",
    "!=",
    " TRUE",
    " FALSE",
];

/// A constant of the sources that holds SQL.
struct Text {
    file: String,
    name: String,
    sql: String,
}

/// All `const NAME: &str = "SQL"` of the sources, and other literals that begin like SQL.
fn texts() -> Vec<Text> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut rest = source;
        while let Some(start) = rest.find('"') {
            let before = rest[..start].trim_end();
            let (sql, after) = literal(&rest[start + 1..]);
            let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "BEGIN ", "VACUUM "];
            if verbs.iter().any(|verb| sql.starts_with(verb)) {
                let name = before.strip_suffix(": &str =").and_then(|name| name.rsplit(' ').next());
                let name = name.unwrap_or_default().to_owned();
                found.push(Text { file: file.clone(), name, sql });
            }
            rest = after;
        }
    }
    assert!(found.len() > 80, "the scan finds the texts: {}", found.len());
    found
}

/// A string literal from behind its opening mark, and what follows it.
fn literal(text: &str) -> (String, &str) {
    let (mut value, mut chars) = (String::new(), text.char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => match chars.next() {
                // A line that goes on: its indentation is no part of the text.
                Some((_, '\n')) => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some((_, c)) => value.push(c),
                None => break,
            },
            _ => value.push(c),
        }
    }
    (value, "")
}

#[test]
fn no_text_leaves_the_dialect() {
    for text in texts() {
        if is_of_one_engine(&text) {
            continue;
        }
        let sql = format!(" {} ", text.sql.to_uppercase());
        for banned in BANNED {
            assert!(!sql.contains(banned), "{} {}: {banned} in {}", text.file, text.name, text.sql);
        }
    }
}

/// Texts for one engine alone: their number is small, and each has its reason beside it.
#[test]
fn few_texts_are_of_one_engine() {
    let mut by_file: BTreeMap<String, usize> = BTreeMap::new();
    let texts = texts();
    for text in texts.iter().filter(|text| is_of_one_engine(text)) {
        *by_file.entry(text.file.clone()).or_default() += 1;
    }
    println!("of one engine: {by_file:?}");
    let own: usize = by_file.values().sum();
    assert!(own * 20 <= texts.len() * 3, "{own} of {} texts are of one engine", texts.len());
}

/// Whether a text speaks of an engine's own tables, locks or commands.
fn is_of_one_engine(text: &Text) -> bool {
    let own = ["sqlite_", "pragma_", "information_schema", "pg_", "BEGIN ", "VACUUM "];
    own.iter().any(|word| text.sql.contains(word))
}

/// Each text, given to the engine to prepare: a column that is not there, a type that does not fit
/// and a word that is not known end here.
async fn every_text_is_taken(store: Store) {
    let mut tx = store.begin().await.unwrap();
    let mut taken = 0;
    for text in texts() {
        // A text without a name is a piece that is put together elsewhere.
        if text.name.is_empty() || is_of_one_engine(&text) {
            continue;
        }
        let sql = AssertSqlSafe(text.sql.clone()).into_sql_str();
        let prepared = match tx.link() {
            Link::Lite(conn) => conn.prepare(sql).await.map(drop),
            Link::Pg(conn) => conn.prepare(sql).await.map(drop),
        };
        prepared.unwrap_or_else(|err| panic!("{} {}: {err}\n{}", text.file, text.name, text.sql));
        taken += 1;
    }
    assert!(taken > 70, "{taken} texts were prepared");
}

/// Tables that grow with every record or act: no page may read all of one.
const BIG: [&str; 6] = ["audit", "batch", "case_step", "evidence", "room_entry", "stream"];

/// Texts that read all of one, or look as if they did, with the reason.
const READ_ALL: [(&str, &str, &str); 4] = [
    ("check.rs", "", "a check reads all there is"),
    ("audit.rs", "LAST", "from the end, one row"),
    ("batch.rs", "DELETE", "from the beginning, a thousand rows"),
    ("stream.rs", "ALL", "all streams, sorted by what has no index since each batch moves it"),
];

async fn no_big_table_is_read_whole(store: Store) {
    let mut tx = store.begin().await.unwrap();
    // PostgreSQL plans by what is in the tables, and these are empty.
    let Link::Lite(conn) = tx.link() else { return };
    for text in texts() {
        let known = |(file, name, _): &(&str, &str, &str)| {
            text.file == *file && (name.is_empty() || text.name == *name)
        };
        if text.name.is_empty() || is_of_one_engine(&text) || READ_ALL.iter().any(known) {
            continue;
        }
        let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", text.sql));
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(plan).fetch_all(&mut *conn).await.unwrap();
        for (.., step) in steps {
            let Some(whole) = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next())
            else {
                continue;
            };
            // The engine calls a table by the name that the text gives it.
            let big = BIG.into_iter().find(|table| {
                let named = [format!("{table} AS {whole} "), format!("{table} {whole} ")];
                whole == *table || named.iter().any(|name| text.sql.contains(name))
            });
            assert_eq!(big, None, "{} {}: {step}", text.file, text.name);
        }
    }
}
