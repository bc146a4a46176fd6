//! SQL injection: payloads of every technique, and of the ways to disguise them. Each is sent as a
//! query value and in a form; all are to be found.

mod common;

use common::{encode, get, post};
use ward_payload::Shape;

/// Boolean-based: conditions, in every context a value can be spliced into.
const BOOLEAN: &[&str] = &[
    "1' OR '1'='1",
    "1' OR '1'='1' -- -",
    "' or 1=1--",
    "' or 1=1#",
    "' or 1=1/*",
    "admin'--",
    "admin' #",
    "admin'/*",
    "admin' -- -",
    "') or ('1'='1",
    "')) or (('1'='1",
    "' or ''='",
    "x'='x",
    "'='",
    "'or'1'='1",
    "' or 'a' like 'a",
    "1 or 1=1",
    "1 OR 2>1",
    "-1 or 1=1",
    "1) or (1=1",
    "1)) OR 7=7 AND ((3=3",
    "1 AND 4312=4312",
    "1 AND 4312=9981",
    "42 and 7<>8",
    "1\" or \"1\"=\"1",
    "\" or 1=1--",
    "\") or (\"a\"=\"a",
    "a\" AND \"b\"=\"b",
    "1` or `1`=`1",
    "5' AND 8213=8213 AND 'Kd'='Kd",
    "5%' AND 2=2 AND '%'='",
    "1 AND NOT 3=4",
    "1' and not 'a'='b",
    "1 xor 2=3",
    "1' && 1=1 #",
    "1 || 1=1",
    "1' || '1'='1",
    "1 or true--",
    "' or true-- -",
    "' or 1 or '",
    "' or '1",
    "'or'",
    "1 having 1=1",
    "1' having 2=2--",
    "x' where 1=1--",
    "1' and length(user())>3 and 'a'='a",
    "7 and ascii(lower(@@version))>40",
    "1 and substring(@@version,1,1)=5",
    "1' and (select 1)=1 and '1'='1",
    "1 and exists(select 1 from voters)",
    "1' RLIKE (SELECT (CASE WHEN (5=5) THEN 1 ELSE 0x28 END)) AND 'q'='q",
    "1 and 1 in (1,2)",
    "1 or 3 is not null",
    "1 and 5 not between 0 and 4",
    "1 AND 91 BETWEEN 91 AND 91",
    "1 AND 22 LIKE 22",
    "1 AND 22 RLIKE 22",
    "(3=3)*9",
    "1 and (1=1)",
    "1 and ((1=1))",
    "1 and 2*3=6",
    "1' or 2-1=1 or 'x'='y",
    "1 AND (7=7) IS TRUE",
    "'-'",
    "'^'",
    "'+'",
    "1 and iif(1=1,1,0)=1",
    "if(1=1,1,0)",
    "elt(5=5,7)",
    "make_set(2=2,3)",
    "case when 1=1 then 1 else 0 end",
    "(CASE WHEN (4=4) THEN 4 ELSE 4*(SELECT 4 FROM dual) END)",
    "1 and name='x",
    "1' and password like 'a%",
    "1 procedure analyse()",
    "1' group by 1--",
    "1' order by 1-- -",
    "1 order by 12#",
    "5) order by 3--",
    "1 order by 1,2,3",
    "1' and 1=0x31",
];

/// Error-based, time-based, union, stacked, and what else gets data out.
const LOUD: &[&str] = &[
    "1 AND EXTRACTVALUE(1,CONCAT(0x7e,VERSION()))",
    "1' and updatexml(1,concat(0x7e,(select user())),1)-- -",
    "1 AND (SELECT 2 FROM(SELECT COUNT(*),CONCAT(0x71,(SELECT database()),FLOOR(RAND(0)*2))x FROM information_schema.tables GROUP BY x)a)",
    "1 and 1=convert(int,(select @@version))",
    "1' AND 1=CAST((SELECT current_user) AS int)--",
    "1 and gtid_subset(user(),1)",
    "1 AND 8=UTL_INADDR.GET_HOST_ADDRESS('x')",
    "1||ctxsys.drithsx.sn(1,(select user from dual))",
    "1 and json_keys((select 1))",
    "1' OR ROW(1,2)>(SELECT COUNT(*),1 FROM x)--",
    "1,(SELECT 1 FROM users)",
    "(SELECT CONCAT(0x71,0x72))",
    "1+(select 1 from x)",
    "1 and 1=(SELECT TOP 1 name FROM sysobjects)",
    "'||(select password from users where id=1)||'",
    "'+(select @@version)+'",
    "1 AND SLEEP(5)",
    "1' AND SLEEP(5)-- -",
    "1 and sleep/**/(5)",
    "1-SLEEP(3)",
    "1' OR BENCHMARK(5000000,MD5(1))#",
    "1; WAITFOR DELAY '0:0:5'--",
    "1'; waitfor delay '00:00:05'--",
    "1 waitfor delay '0:0:9'",
    "1;SELECT PG_SLEEP(5)--",
    "1' || pg_sleep(5)--",
    "1 AND 1=DBMS_PIPE.RECEIVE_MESSAGE(CHR(65),5)",
    "1;BEGIN DBMS_LOCK.SLEEP(5); END--",
    "1;BEGIN USER_LOCK.SLEEP(5); END",
    "1 AND 3=LIKE('ABCDEFG',UPPER(HEX(RANDOMBLOB(100000000))))",
    "1 and (select 1 from (select(sleep(5)))a)",
    "1 AND 1=(SELECT COUNT(*) FROM GENERATE_SERIES(1,5000000))",
    "1 and get_lock('a',5)",
    "1 UNION SELECT NULL",
    "1 UNION SELECT NULL,NULL,NULL-- -",
    "1 UNION ALL SELECT 1,2,3#",
    "-1' union select 1,user(),3-- -",
    "1' union distinct select 1",
    "1) union select 1,2--",
    "1 union(select 1,2)",
    "1 union select password from users",
    "1 union select name,pin from voters",
    "9 union values(1,2)",
    "x' UNION SELECT table_name,2 FROM information_schema.tables--",
    "1 union select * from users",
    "1 union select @@version,2",
    "1 union select 'a','b'",
    "1 union all select char(65,66),concat(0x71,0x72)",
    "1e0union select 1",
    "1.union select 1,2",
    "1 union select load_file('/etc/hosts')",
    "1; DROP TABLE voters",
    "1; drop table voters--",
    "1';DROP TABLE voters;--",
    "x'; insert into users values('a','b')--",
    "1; update voters set party='x'",
    "1;delete from voters",
    "1; exec xp_cmdshell 'dir'",
    "1'; exec master..xp_cmdshell 'ping x'--",
    "1;declare @a varchar(9)",
    "1; shutdown--",
    "1;select 1",
    "1; if (1=1) select 1",
    "1;call regexp_substring(repeat('a',9),null)",
    "1; create table x(y int)",
    "1; grant all on x to y",
    "1; truncate table log",
    "1 into outfile '/tmp/x'",
    "1' union select 1 into dumpfile 'x",
    "1 and load_file(0x2f)",
    "information_schema.tables",
    "sqlite_master",
    "1 and pg_read_file('x')=1",
    "select @@version",
    "select * from users",
    "substring(",
    "pg_sleep(",
    "char(",
    ",null,null",
    " union all select ",
    "md5(",
    "benchmark(",
];

#[test]
fn every_technique_is_found() {
    assert!(BOOLEAN.len() + LOUD.len() >= 150, "{}", BOOLEAN.len() + LOUD.len());
    let mut missed = Vec::new();
    for payload in BOOLEAN.iter().chain(LOUD) {
        let value = encode(payload);
        let json = payload.replace('\\', "\\\\").replace('"', "\\\"");
        for found in [
            get(&format!("/status?id={value}&b=1")),
            post(&format!("name=x&id={value}")),
            post(&format!("{{\"id\": \"{json}\"}}")),
        ] {
            if found.map(|found| found.shape) != Some(Shape::Sqli) {
                missed.push(format!("{payload}: {found:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

type Tamper = fn(&str) -> String;

/// The same payloads as a filter's dodger sends them.
#[test]
fn every_disguise_is_found() {
    let tampers: &[(&str, Tamper)] = &[
        ("comments for spaces", |payload| encode(&payload.replace(' ', "/**/"))),
        ("comments with words", |payload| encode(&payload.replace(' ', "/*a*b*/"))),
        ("tabs and line ends", |payload| encode(&payload.replace(' ', "\n"))),
        ("vertical tabs", |payload| encode(&payload.replace(' ', "\u{b}"))),
        ("lone A0", |payload| encode(payload).replace("%20", "%A0")),
        ("plus for spaces", |payload| encode(payload).replace("%20", "+")),
        ("encoded twice", |payload| encode(&encode(payload))),
        ("every letter encoded", |payload| payload.bytes().map(|b| format!("%{b:02x}")).collect()),
        ("every letter as %u", |payload| payload.bytes().map(|b| format!("%u{b:04x}")).collect()),
        ("every letter as \\u", |payload| {
            encode(&payload.bytes().map(|b| format!("\\u{b:04x}")).collect::<String>())
        }),
        ("references", |payload| {
            encode(&payload.bytes().map(|b| format!("&#{b};")).collect::<String>())
        }),
        ("hex references", |payload| {
            encode(&payload.bytes().map(|b| format!("&#x{b:x};")).collect::<String>())
        }),
        ("full-width quotes", |payload| encode(&payload.replace('\'', "\u{ff07}"))),
        ("random case", |payload| {
            let odd = |(at, letter): (usize, char)| {
                if at % 2 == 0 { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
            };
            encode(&payload.chars().enumerate().map(odd).collect::<String>())
        }),
        ("like for equals", |payload| encode(&payload.replace('=', " LIKE "))),
        ("symbols for words", |payload| {
            encode(&payload.replace(" AND ", " && ").replace(" OR ", " || "))
        }),
        ("version comments", |payload| {
            encode(&payload.replace("UNION", "/*!50000UNION*/").replace("SELECT", "/*!SELECT*/"))
        }),
        ("many spaces", |payload| encode(&payload.replace(' ', "    "))),
        ("null byte", |payload| format!("{}%00", encode(payload))),
        ("dash comments", |payload| encode(&payload.replace(' ', "--x\n"))),
    ];
    // A comment to the line's end in place of a space makes what follows `--` code again, and a
    // list of nulls or a quoted text may end up as something else: only plain payloads are dressed.
    let dressed = BOOLEAN.iter().chain(LOUD).filter(|payload| {
        let ends =
            payload.trim_end().ends_with(['-', '#', '*', '(', ' ']) || payload.contains("--");
        !ends && !payload.contains('/') && !payload.contains(",null") && !payload.contains("='0")
    });
    let (mut count, mut missed) = (0, Vec::new());
    for payload in dressed {
        for (name, tamper) in tampers {
            if *name == "like for equals" && (payload.contains("set party") || payload.len() < 6) {
                continue;
            }
            let value = tamper(payload);
            let found = get(&format!("/status?id={value}"));
            if found.map(|found| found.shape) != Some(Shape::Sqli) {
                missed.push(format!("{name}: {payload}: {value}"));
            }
            count += 1;
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
    assert!(count > 2000, "{count}");
}

#[test]
fn other_places_are_looked_at() {
    let sqli =
        |found: Option<ward_payload::Finding>| found.map(|found| found.shape) == Some(Shape::Sqli);
    assert!(sqli(get("/voter/1'%20or%20'1'='1/edit")), "path segment");
    assert!(sqli(get("/voter/1/**/or/**/1=1")), "path with comments");
    assert!(sqli(get("/search?1%20or%201=1")), "no name");
    assert!(sqli(get("/search?a=1;b='%20or%20'a'='a")), "semicolons");
    assert!(sqli(get("/search?f={%22id%22:%221'%20or%20'1'='1%22}")), "JSON in a query");
    assert!(sqli(get("/search?id=MScgT1IgMT0xLS0%3D")), "base64");
    assert!(sqli(get("/search?a=b&id=MScgT1IgMT0xLS0g")), "base64 without padding");
    assert!(
        sqli(post("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1' or 1=1--\r\n--b--")),
        "multipart"
    );
    for (referrer, agent) in [
        ("https://example.org/?q=1'+or+1=1--", ""),
        ("", "Mozilla/5.0' OR 1=1-- -"),
        ("", "x) UNION ALL SELECT 1,2"),
    ] {
        let (referrer, agent) = (referrer.as_bytes(), agent.as_bytes());
        let input = ward_payload::Input {
            method: b"GET",
            target: b"/",
            referrer,
            agent,
            ..Default::default()
        };
        assert!(
            sqli(ward_payload::judge(&input, &mut ward_payload::Scratch::default())),
            "{input:?}"
        );
    }
}
