//! What is asked of the web site, by whom, and one line of it. `#` in a path stands for a number.

use ward_kernel::Addr;

use crate::text::{Stamp, addr, num, put};

/// One request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) source: Addr,
    pub(super) path: &'static str,
    pub(super) number: u32,
    pub(super) bytes: u32,
    pub(super) status: u16,
    pub(super) post: bool,
    /// Place in [`AGENTS`].
    pub(super) agent: u8,
    /// Place in [`REFERRERS`].
    pub(super) referrer: u8,
}

/// Pages that voters read.
pub(super) const PAGES: [&str; 12] = [
    "/",
    "/elections",
    "/results/2026/general",
    "/polling-place",
    "/candidates",
    "/faq",
    "/voter/lookup",
    "/voter/lookup?id=#",
    "/polling-place?zip=#",
    "/absentee/track?ballot=#",
    "/candidates?office=us-senate&district=#",
    "/sample-ballot.pdf",
];

/// What voters type: names and questions that hold quotes, dashes, SQL words and arithmetic.
pub(super) const SEARCHES: [&str; 14] = [
    "/search?q=O%27Fallon+polling+place",
    "/voter/lookup?last=O%27Brien&dob=1961-0#",
    "/voter/lookup?last=D%27Angelo&first=Mary+Ann&id=#",
    "/search?q=St.+Mary%27s+Church+or+St.+John%27s",
    "/search?q=don%27t+know+where+to+vote",
    "/search?q=how+to+select+a+candidate+from+the+list",
    "/search?q=union+station+polling+place",
    "/search?q=drop+box+and+early+voting+--+Boone+County",
    "/search?q=can+I+vote+if+1+of+2+IDs+expired%3F",
    "/search?q=%22proposition+a%22+%3D+minimum+wage",
    "/search?q=where+do+I+vote+or+drop+my+ballot%3B+%23#",
    "/search?q=voter%27s+guide+%282026%29",
    "/search?q=order+by+mail+ballot+table+of+dates",
    "/voter/lookup?last=O'Neal&zip=#",
];

/// Parts of a page.
pub(super) const PARTS: [&str; 3] = ["/static/app.css", "/static/app.js", "/static/seal.png"];

/// Paths that scanners knock at.
pub(super) const PROBES: [&str; 24] = [
    "/.env",
    "/wp-login.php",
    "/phpmyadmin/",
    "/admin.php",
    "/.git/config",
    "/config.json",
    "/server-status",
    "/cgi-bin/test.cgi",
    "/backup.zip",
    "/old/#",
    "/test.php",
    "/shell.php",
    "/.aws/credentials",
    "/actuator/health",
    "/solr/",
    "/boaform/admin",
    "/api/v1/pods",
    "/xmlrpc.php",
    "/vendor/phpunit/",
    "/HNAP1",
    "/backup-#.sql",
    "/admin/#",
    "/wp-content/plugins/p#/readme.txt",
    "/.svn/entries",
];

/// Injected SQL, by several techniques and ways to write it.
pub(super) const SQL: [&str; 12] = [
    "/voter/lookup?id=#%27%20OR%20%271%27%3D%271",
    "/voter/lookup?id=#%20UNION%20SELECT%20NULL,NULL,table_name%20FROM%20information_schema.tables--",
    "/voter/lookup?id=#;WAITFOR%20DELAY%20%270:0:5%27--",
    "/voter/lookup?id=#%20AND%20SLEEP(5)",
    "/voter/lookup?id=-#%27%20union%20all%20select%20@@version,2,3%23",
    "/voter/lookup?id=1%20and%20#=#",
    "/voter/lookup?id=1%27%20AND%20extractvalue(#,concat(0x7e,version()))--",
    "/voter/lookup?id=1%2527%2520or%2520%2527#%2527%253d%2527#",
    "/voter/lookup?id=1'+UNION/**/SELECT/**/password,#+FROM+users--+",
    "/voter/lookup?last=x%27)%20AND%20#=#%20AND%20(%27a%27=%27a",
    "/results?race=#%27%3Bselect%20pg_sleep(5)--",
    "/voter/lookup?id=1%20AND%20ASCII(SUBSTRING((SELECT%20user()),#,1))>64",
];

/// Ways out of the folder.
pub(super) const CLIMBS: [&str; 5] = [
    "/static/..%2f..%2f..%2f..%2fetc/passwd?x=#",
    "/static/../../../../etc/passwd",
    "/download?file=../../../../../../etc/shadow&n=#",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/hosts?#",
    "/download?file=..%5c..%5c..%5cwindows%5cwin.ini&n=#",
];

/// User agents: the first three are browsers, the fourth is a crawler, the fifth watches that the
/// site is up, the others are tools that say so.
pub(super) const AGENTS: [&str; 9] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (compatible; ExampleBot/1.0; +https://bot.example/about)",
    "ExampleMonitor/2.1",
    "sqlmap/1.7.2#stable (https://sqlmap.org)",
    "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
    "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)",
    "masscan/1.3 (https://github.com/robertdavidgraham/masscan)",
];

/// Referrers: none, the site itself, a search engine.
pub(super) const REFERRERS: [&str; 3] =
    ["-", "https://www.sos.example.gov/", "https://search.example/?q=where+do+i+vote"];

/// One request as one line of the combined log.
pub(super) fn line(out: &mut Vec<u8>, request: &Request, stamp: &Stamp) {
    addr(out, request.source);
    put(out, " - - [");
    put(out, stamp.clf());
    put(out, if request.post { "] \"POST " } else { "] \"GET " });
    let mut rest = request.path;
    while let Some((before, after)) = rest.split_once('#') {
        put(out, before);
        num(out, u64::from(request.number));
        rest = after;
    }
    put(out, rest);
    put(out, " HTTP/1.1\" ");
    num(out, u64::from(request.status));
    out.push(b' ');
    num(out, u64::from(request.bytes));
    for (list, place) in [(&REFERRERS[..], request.referrer), (&AGENTS[..], request.agent)] {
        put(out, " \"");
        put(out, list.get(usize::from(place)).copied().unwrap_or("-"));
        out.push(b'"');
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combined() {
        let source = "240.1.2.3".parse().unwrap();
        let path = "/voter/lookup?id=#";
        let request = Request {
            source,
            path,
            number: 42,
            bytes: 900,
            status: 200,
            post: false,
            agent: 4,
            referrer: 1,
        };
        let mut stamp = Stamp::default();
        stamp.set(1_793_772_000_000_042);
        let mut out = Vec::new();
        line(&mut out, &request, &stamp);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "240.1.2.3 - - [04/Nov/2026:06:00:00 +0000] \"GET /voter/lookup?id=42 HTTP/1.1\" 200 900 \
             \"https://www.sos.example.gov/\" \"ExampleMonitor/2.1\"\n"
        );
    }
}
