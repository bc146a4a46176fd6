//! What a settings file may say when nobody named it: one that merely lies in a folder that is
//! read may have come with the logs, from whoever could write there. It may name things; it may
//! not make the judgement milder.

use std::path::{Component, Path, PathBuf};

use ward_watch::Config;

use super::{Network, Settings};
use crate::page::text::list;

/// The fewest leading bits of a network that a found file may name, IPv4 and IPv6.
const NARROW: (u8, u8) = (24, 64);

/// Networks named in one sentence.
const NAMED: usize = 4;

impl Settings {
    /// Takes out what a file that was found in `dir` may not say. Returns a sentence for each
    /// line that is not followed.
    pub(crate) fn restrain(&mut self, dir: &Path) -> Vec<String> {
        let mut told = self.narrow();
        let least = Config::default().coverage_at_least;
        if let Some(share) = self.coverage.at_least.take_if(|share| share.0 < least) {
            told.push(refusal(
                &format!("[coverage] at_least = {}", share.0),
                &format!("may not ask for less than {least}"),
            ));
        }
        for sensor in &mut self.sensor {
            if let Some(format) = sensor.format.take() {
                told.push(refusal(
                    &format!("[[sensor]] \"{}\" format = \"{}\"", sensor.name, format.0.name()),
                    "may not say how a log is to be read",
                ));
            }
        }
        if let Some(file) = self.accounts.file.take_if(|file| !is_inside(dir, file)) {
            told.push(refusal(
                &format!("[accounts] file = \"{}\"", file.display()),
                "may name no file outside that folder",
            ));
        }
        told
    }

    /// Takes out networks that are too wide, wherever being in one makes a record weigh less.
    fn narrow(&mut self) -> Vec<String> {
        let network = &mut self.network;
        let mut lists: Vec<(String, &mut Vec<Network>)> = vec![
            ("[network] trusted_proxies".to_owned(), &mut network.trusted_proxies),
            ("[network] carrier_nat".to_owned(), &mut network.carrier_nat),
            ("[network] expected_outward".to_owned(), &mut network.expected_outward),
        ];
        lists.extend(self.authorised.iter_mut().map(|test| {
            (format!("[[authorised]] \"{}\" addresses", test.owner), &mut test.addresses)
        }));
        lists.extend(self.scanner.iter_mut().map(|scanner| {
            (format!("[[scanner]] \"{}\" networks", scanner.name), &mut scanner.networks)
        }));
        let mut told = Vec::new();
        for (name, networks) in lists {
            let wide: Vec<String> = networks
                .extract_if(.., |network| is_wide(*network))
                .map(|network| network.0.to_string())
                .collect();
            if !wide.is_empty() {
                told.push(refusal(
                    &format!("{name} = {}", list(&wide, NAMED, wide.len() as u64, ", ")),
                    &format!("may name no network wider than /{} (IPv6: /{})", NARROW.0, NARROW.1),
                ));
            }
        }
        self.authorised.retain(|test| !test.addresses.is_empty());
        self.scanner.retain(|scanner| !scanner.networks.is_empty());
        told
    }
}

fn refusal(line: &str, why: &str) -> String {
    format!(
        "the line {line} was not followed: settings found in a folder that is read {why}; give it \
         with --config if it is yours"
    )
}

fn is_wide(network: Network) -> bool {
    let v6 = network.0.to_string().contains(':');
    network.0.bits() < if v6 { NARROW.1 } else { NARROW.0 }
}

/// Whether a file named in the settings lies in their own folder, by its name and in truth.
fn is_inside(dir: &Path, file: &Path) -> bool {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    file.components().all(plain) && leads_inside(dir, &dir.join(file))
}

/// Whether a path within a folder, its links followed, is still there. One that leads nowhere
/// leads nowhere else.
pub(super) fn leads_inside(dir: &Path, path: &Path) -> bool {
    let real = |path: &Path| -> Option<PathBuf> { std::fs::canonicalize(path).ok() };
    real(path).is_none_or(|path| real(dir).is_some_and(|dir| path.starts_with(dir)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restrained(text: &str) -> (Settings, Vec<String>) {
        let mut settings = Settings::parse(text, "ward.toml").unwrap();
        let told = settings.restrain(Path::new("."));
        (settings, told)
    }

    #[test]
    fn nothing_makes_the_judgement_milder() {
        for (text, line) in [
            ("[coverage]\nat_least = 0.1", "[coverage] at_least = 0.1"),
            (
                "[[sensor]]\npath = \"x\"\nname = \"y\"\nformat = \"eve\"",
                "[[sensor]] \"y\" format = \"eve\"",
            ),
            ("[accounts]\nfile = \"/etc/passwd\"", "[accounts] file = \"/etc/passwd\""),
            ("[accounts]\nfile = \"a/../../b\"", "[accounts] file = \"a/../../b\""),
            ("[network]\ntrusted_proxies = [\"10.0.0.0/8\"]", "trusted_proxies = 10.0.0.0/8"),
            ("[network]\ncarrier_nat = [\"192.0.2.0/23\"]", "carrier_nat = 192.0.2.0/23"),
            ("[network]\nexpected_outward = [\"::/0\"]", "expected_outward = ::/0"),
            (
                "[[scanner]]\nname = \"U\"\nnetworks = [\"2001:db8::/63\"]",
                "[[scanner]] \"U\" networks = 2001:db8::/63",
            ),
            (
                "[[authorised]]\nowner = \"T\"\naddresses = [\"0.0.0.0/0\"]\nfrom = 2026-11-01\n\
                 to = 2026-11-02",
                "[[authorised]] \"T\" addresses = 0.0.0.0/0",
            ),
        ] {
            let (settings, told) = restrained(text);
            assert_eq!(told.len(), 1, "{text}: {told:?}");
            assert!(told[0].contains(line), "{told:?}");
            assert!(told[0].contains("give it with --config if it is yours"));
            let (left, empty) = (settings.to_config(None, 0), Settings::default());
            let empty = empty.to_config(None, 0);
            assert_eq!(format!("{left:?}"), format!("{empty:?}"), "{text}");
            assert!(settings.sensor.iter().all(|sensor| sensor.format.is_none()));
            assert!(settings.accounts.file.is_none());
        }
    }

    #[test]
    fn what_names_things_is_followed() {
        let (settings, told) = restrained(
            "[network]\nown = [\"10.0.0.0/8\"]\ncarrier_nat = [\"192.0.2.0/24\", \"10.0.0.0/8\"]\n\
             [coverage]\nat_least = 0.95\n[accounts]\nknown = [\"a\"]\nfile = \"./list.txt\"\n\
             [[authorised]]\nowner = \"T\"\naddresses = [\"203.0.113.250\", \"2001:db8::/64\"]\n\
             from = 2026-11-01\nto = 2026-11-02\n[[sensor]]\npath = \"x\"\nname = \"y\"\n",
        );
        assert_eq!(told.len(), 1, "one wide network beside a narrow one: {told:?}");
        assert_eq!(settings.network.carrier_nat.len(), 1);
        assert_eq!((settings.network.own.len(), settings.authorised[0].addresses.len()), (1, 2));
        assert!(settings.coverage.at_least.is_some() && settings.accounts.file.is_some());
        assert_eq!(settings.sensor[0].name, "y");
    }

    #[cfg(unix)]
    #[test]
    fn an_account_list_that_is_a_link_out_is_not_read() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join("list.txt"), "a\n").unwrap();
        std::fs::write(dir.path().join("here.txt"), "a\n").unwrap();
        let link = |to: &Path, name| std::os::unix::fs::symlink(to, dir.path().join(name)).unwrap();
        link(&other.path().join("list.txt"), "out.txt");
        link(&dir.path().join("here.txt"), "in.txt");
        assert!(!is_inside(dir.path(), Path::new("out.txt")));
        assert!(is_inside(dir.path(), Path::new("in.txt")));
        assert!(is_inside(dir.path(), Path::new("missing.txt")));
    }
}
