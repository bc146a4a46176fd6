//! User agents: attack tools that name themselves, and research scanners that do.

/// Attack tools by the words that their default User-Agent holds, with the sign reported.
const TOOLS: &[(&str, &str)] = &[
    ("acunetix", "acunetix"),
    ("alittle", "alittle-client"),
    ("arachni", "arachni"),
    ("bbqsql", "bbqsql"),
    ("bsqlbf", "bsqlbf"),
    ("burpcollaborator", "burp"),
    ("cgichk", "cgichk"),
    ("commix", "commix"),
    ("dalfox", "dalfox"),
    ("dirb", "dirb"),
    ("dirbuster", "dirbuster"),
    ("dirsearch", "dirsearch"),
    ("dotdotpwn", "dotdotpwn"),
    ("fimap", "fimap"),
    ("feroxbuster", "feroxbuster"),
    ("ffuf", "ffuf"),
    ("fuzz", "ffuf"),
    ("gobuster", "gobuster"),
    ("grabber", "grabber"),
    ("grendel", "grendel-scan"),
    ("havij", "havij"),
    ("hydra", "hydra"),
    ("interactsh", "nuclei"),
    ("jaeles", "jaeles"),
    ("jbrofuzz", "jbrofuzz"),
    ("joomscan", "joomscan"),
    ("jorgee", "jorgee"),
    ("masscan", "masscan"),
    ("medusa", "medusa"),
    ("metasploit", "metasploit"),
    ("morfeus", "morfeus"),
    ("muieblackcat", "muieblackcat"),
    ("nessus", "nessus"),
    ("netsparker", "netsparker"),
    ("nikto", "nikto"),
    ("nmap", "nmap"),
    ("nsauditor", "nsauditor"),
    ("nuclei", "nuclei"),
    ("openvas", "openvas"),
    ("owasp", "zap"),
    ("pangolin", "pangolin"),
    ("patator", "patator"),
    ("paros", "paros"),
    ("qualys", "qualys"),
    ("shellshock", "shellshock-scan"),
    ("skipfish", "skipfish"),
    ("sqlmap", "sqlmap"),
    ("sqlninja", "sqlninja"),
    ("sqlpowerinjector", "sql-power-injector"),
    ("sqlsus", "sqlsus"),
    ("subfinder", "subfinder"),
    ("uniscan", "uniscan"),
    ("vega", "vega"),
    ("w3af", "w3af"),
    ("wapiti", "wapiti"),
    ("webcruiser", "webcruiser"),
    ("webinspect", "webinspect"),
    ("webshag", "webshag"),
    ("wfuzz", "wfuzz"),
    ("whatweb", "whatweb"),
    ("whatwaf", "whatwaf"),
    ("wpscan", "wpscan"),
    ("xsser", "xsser"),
    ("xsstrike", "xsstrike"),
    ("zaproxy", "zap"),
    ("zgrab", "zgrab"),
    ("zmeu", "zmeu"),
    ("zmap", "zmap"),
];

/// Words of SQL that no browser says: the header is then judged as a value.
const SQL: [&str; 8] =
    ["select", "union", "sleep", "waitfor", "benchmark", "concat", "extractvalue", "pg_sleep"];

/// For each first letter, the lengths that a word of interest has: most words are passed over by
/// one look at this table.
const LENGTHS: [u32; 26] = {
    let mut table = [0_u32; 26];
    let mut at = 0;
    while at < TOOLS.len() {
        let name = TOOLS[at].0.as_bytes();
        table[(name[0] - b'a') as usize] |= 1 << name.len();
        at += 1;
    }
    at = 0;
    while at < SQL.len() {
        let name = SQL[at].as_bytes();
        table[(name[0] - b'a') as usize] |= 1 << name.len();
        at += 1;
    }
    table
};

/// What the words of a User-Agent say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Agent {
    /// Nothing of note.
    Plain,
    /// The name of an attack tool.
    Tool(&'static str),
    /// A word of SQL.
    Telling,
}

/// Reads the words of a User-Agent.
pub(crate) fn judge(agent: &[u8]) -> Agent {
    let mut found = Agent::Plain;
    let mut at = 0_usize;
    while let Some(rest) = agent.get(at..).filter(|rest| !rest.is_empty()) {
        let len = rest.iter().position(|byte| !is_letter(*byte)).unwrap_or(rest.len());
        let word = rest.get(..len).unwrap_or_default();
        at = at.saturating_add(len).saturating_add(1);
        if !is_candidate(word) {
            continue;
        }
        if let Some((_, sign)) =
            TOOLS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()))
        {
            return Agent::Tool(sign);
        }
        if SQL.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes())) {
            found = Agent::Telling;
        }
    }
    found
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_candidate(word: &[u8]) -> bool {
    let Some(first) = word.first() else { return false };
    let lengths = LENGTHS.get(usize::from((first | 0x20).wrapping_sub(b'a'))).copied().unwrap_or(0);
    word.len() < 32 && lengths & (1 << word.len()) != 0
}

/// User agents that were read before and found honest: one for each of 256 places, the latest stays.
/// What is kept is the text itself, so that no two agents are ever taken for each other.
#[derive(Debug, Default)]
pub(crate) struct Honest(Vec<Vec<u8>>);

impl Honest {
    /// Whether this agent is known to be honest.
    pub(crate) fn holds(&self, agent: &[u8]) -> bool {
        self.0.get(place(agent)).is_some_and(|kept| kept == agent) && !agent.is_empty()
    }

    /// Remembers an agent of at most 256 bytes.
    pub(crate) fn remember(&mut self, agent: &[u8]) {
        if agent.len() > 256 {
            return;
        }
        if self.0.is_empty() {
            self.0.resize_with(256, Vec::new);
        }
        if let Some(kept) = self.0.get_mut(place(agent)) {
            kept.clear();
            kept.extend_from_slice(agent);
        }
    }
}

/// A place by length and some bytes of the second half, where versions and names of browsers stand.
fn place(agent: &[u8]) -> usize {
    let rest = agent.get(agent.len() / 2..).unwrap_or_default();
    let sum = rest
        .iter()
        .step_by(3)
        .take(24)
        .fold(agent.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    (sum ^ (sum >> 8)) & 0xff
}

/// Research scanners by a text in their User-Agent, as they state it themselves.
const RESEARCH: [(&str, &str); 22] = [
    ("censysinspect", "Censys"),
    ("censys", "Censys"),
    ("shodan", "Shodan"),
    ("paloaltonetworks", "Palo Alto Networks Cortex Xpanse"),
    ("palo alto networks", "Palo Alto Networks Cortex Xpanse"),
    ("expanse", "Palo Alto Networks Cortex Xpanse"),
    ("internet-measurement", "Driftnet Internet Measurement"),
    ("internetmeasurement", "Driftnet Internet Measurement"),
    ("leakix", "LeakIX"),
    ("l9explore", "LeakIX"),
    ("l9tcpid", "LeakIX"),
    ("netsystemsresearch", "Net Systems Research"),
    ("netcraft", "Netcraft"),
    ("internettl", "InterneTTL"),
    ("onyphe", "ONYPHE"),
    ("shadowserver", "Shadowserver Foundation"),
    ("researchscan", "University research"),
    ("research scanner", "University research"),
    ("scan.lol", "scan.lol"),
    ("modatscanner", "Modat"),
    ("bitsightbot", "BitSight Internet Census Group"),
    ("criminalip", "Criminal IP"),
];

/// The research scanner that a User-Agent names, if it names one. Anyone can write these words:
/// the name alone excuses nothing.
#[must_use]
pub fn known_agent(agent: &[u8]) -> Option<&'static str> {
    let agent = agent.get(..agent.len().min(512)).unwrap_or_default();
    RESEARCH.iter().find(|(text, _)| contains(agent, text.as_bytes())).map(|(_, name)| *name)
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools() {
        for (agent, sign) in [
            ("sqlmap/1.7#stable (https://sqlmap.org)", "sqlmap"),
            ("Mozilla/5.00 (Nikto/2.1.5) (Evasions:None) (Test:Port Check)", "nikto"),
            (
                "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
                "nmap",
            ),
            ("Mozilla/5.0 zgrab/0.x", "zgrab"),
            ("gobuster/3.6", "gobuster"),
            ("Fuzz Faster U Fool v2.1.0", "ffuf"),
            ("WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)", "wpscan"),
            ("Mozilla/5.0 (Hydra)", "hydra"),
            (
                "DirBuster-1.0-RC1 (http://www.owasp.org/index.php/Category:OWASP_DirBuster_Project)",
                "dirbuster",
            ),
        ] {
            assert_eq!(judge(agent.as_bytes()), Agent::Tool(sign), "{agent}");
        }
    }

    #[test]
    fn honest() {
        for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148",
            "curl/8.5.0",
            "",
            "-",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "python-requests/2.32",
            "Wget/1.21",
            "Uptime-Kuma/1.23",
        ] {
            assert_eq!(judge(agent.as_bytes()), Agent::Plain, "{agent}");
            assert_eq!(known_agent(agent.as_bytes()), None, "{agent}");
        }
    }

    #[test]
    fn research() {
        let censys = b"Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)";
        assert_eq!((known_agent(censys), judge(censys)), (Some("Censys"), Agent::Plain));
    }
}
