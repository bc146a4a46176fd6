//! "Paste one line: I read it as ...".

use ward_kernel::Time;
use ward_kernel::time::DAY;
use ward_records::{Event, Format, Hints, LoginResult, Reader, Sink, Touch, What};

/// Says in plain words how a line that somebody pasted is read. `now` places dates that have no
/// year.
#[must_use]
pub fn read_as(line: &str, now: Time) -> String {
    let hints = Hints { newest: now.plus(DAY), ..Hints::default() };
    let mut text = line.trim_matches(['\r', '\n']).as_bytes().to_vec();
    if text.trim_ascii().is_empty() {
        return "The line is empty. Paste one line of the log.".to_owned();
    }
    text.push(b'\n');
    let recognised = Reader::recognise(&text, &hints);
    let is_known = recognised.is_some();
    let forced = Format::ALL.into_iter().map(|format| Reader::forced(format, &hints));
    let mut problem = None;
    // A single line may not be enough to recognise a file by, and still be read by its format.
    for mut reader in recognised.into_iter().chain(forced.filter(|_| !is_known)) {
        let mut told = Told::default();
        reader.read(&text, 0, &mut told);
        let format = in_words(reader.format());
        if let Some(what) = told.what {
            return format!("I read it as {format}: {what}.");
        }
        problem = problem.or(told.problem.map(|why| (format, why)));
    }
    match problem.filter(|_| is_known) {
        Some((format, why)) => format!(
            "I read it as {format}, but not this line: {why}. Such lines are kept and listed, and \
             nothing is judged by them."
        ),
        None => "I do not know this format. Its lines would be kept as they are, and nothing \
                 would be judged by them. If it is one of the known formats, paste a whole line \
                 with its date, or name the format in the settings."
            .to_owned(),
    }
}

const fn in_words(format: Format) -> &'static str {
    match format {
        Format::ZeekTsv => "a Zeek log",
        Format::ZeekJson => "a Zeek log in JSON",
        Format::Eve => "a Suricata EVE log",
        Format::Access => "a web server's access log",
        Format::Syslog => "syslog",
        Format::VpcFlow => "an AWS VPC flow log",
        Format::WindowsJson => "Windows security events in JSON",
        Format::WindowsXml => "Windows security events in XML",
    }
}

/// What the reader said of the line.
#[derive(Default)]
struct Told {
    what: Option<String>,
    problem: Option<&'static str>,
}

impl Sink for Told {
    fn event(&mut self, _at: u64, event: &Event<'_>) {
        let what = describe(event);
        self.what.get_or_insert_with(|| format!("at {}, {what}", event.time));
    }

    fn aside(&mut self, _at: u64, time: Option<Time>) {
        // A Zeek header, a comment: something that was understood but has no time says too little
        // for a guess among formats.
        if let Some(time) = time {
            let what = || format!("at {time}, something that holds nothing to judge");
            self.what.get_or_insert_with(what);
        }
    }

    fn problem(&mut self, _at: u64, _line: &[u8], why: &'static str) {
        self.problem.get_or_insert(why);
    }
}

fn describe(event: &Event<'_>) -> String {
    let source = event.source;
    match &event.what {
        What::Flow(flow) => {
            let how = match flow.touch {
                Touch::Failed => "in vain",
                Touch::Opened => "and opened a connection",
                Touch::Answered => "and was answered",
                Touch::Aside => "in answer to something or midway",
                Touch::Unknown => "with an end that the record does not tell",
            };
            format!("{source} contacted {} on port {} {how}", flow.target, flow.port)
        }
        What::Login(login) => {
            let how = match login.result {
                LoginResult::NoSuchAccount => "named an account that does not exist",
                LoginResult::Failed => "failed to sign in",
                LoginResult::Succeeded => "signed in",
                LoginResult::LockedOut => "met an account that was locked",
            };
            format!("{source} {how} ({}, account \"{}\")", login.service, shown(login.account))
        }
        What::Request(request) => {
            let method = match request.method {
                b"" => "sent to the web server".to_owned(),
                method => format!("asked the web server ({})", shown(method)),
            };
            format!("{source} {method} \"{}\", answered {}", shown(request.target), request.status)
        }
        What::Alert(alert) => {
            let signature = shown(alert.signature);
            format!("{source} set off the rule \"{signature}\" against {}", alert.target)
        }
        What::Query(query) => format!("{source} looked up the name \"{}\"", shown(query.name)),
        What::Loss(loss) => format!("the sensor itself lost records ({})", loss.by),
    }
}

/// Somebody's text, without control characters and not too long.
fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(line: &str, want: &str) {
        assert_eq!(read_as(line, Time::from_secs(1_793_736_000)), want);
    }

    #[test]
    fn in_plain_words() {
        check(
            "192.0.2.7 - - [03/Nov/2026:19:00:00 -0600] \"GET /x?a=1 HTTP/1.1\" 404 5 \"-\" \"-\"",
            "I read it as a web server's access log: at 2026-11-04T01:00:00Z, 192.0.2.7 asked the \
             web server (GET) \"/x?a=1\", answered 404.",
        );
        check(
            "Nov  3 19:00:00 web1 sshd[12]: Failed password for ann from 192.0.2.7 port 9 ssh2\n",
            "I read it as syslog: at 2026-11-03T19:00:00Z, 192.0.2.7 failed to sign in (ssh, \
             account \"ann\").",
        );
        check(
            "Nov  3 19:00:00 web1 cron[12]: done",
            "I read it as syslog: at 2026-11-03T19:00:00Z, something that holds nothing to judge.",
        );
        for (line, words) in [("", "empty"), ("hello", "I do not know this format")] {
            assert!(read_as(line, Time::default()).contains(words));
        }
    }

    proptest! {
        #[test]
        fn any_line(line in ".{0,200}") {
            prop_assert!(read_as(&line, Time::default()).len() > 10);
        }
    }
}
