//! `[notices]`: how the desk tells people by e-mail and programs by webhook.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use ward_desk::notices::pace::Quiet;
use ward_desk::notices::{Least, Topic};
use ward_wire::{smtp, webhook};

use super::value::Zone;

/// As many webhooks as anybody keeps in order.
const WEBHOOKS: usize = 16;

/// How the desk tells people by e-mail and programs by webhook.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticeSettings {
    /// The most messages in any hour to one person; a third is kept for access and effect.
    pub per_hour: u32,
    /// When what can wait does, for whoever did not choose; `"none"` is never.
    pub quiet: String,
    /// Whose clock that is; the office's unless set.
    pub zone: Option<Zone>,
    /// Days that it is kept which messages were sent, and what waits for a way out that is not set.
    pub keep_days: u32,
    /// The office's mail server; none sends no mail.
    pub mail: Option<smtp::Settings>,
    /// Programs that are told.
    pub webhook: Vec<Hook>,
}

/// A program that is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// What it is called at the desk.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// A file with the secret that signs what it is sent, and nothing else.
    pub secret_file: PathBuf,
    /// Of what it is told; everything unless set.
    #[serde(default = "all_topics")]
    pub topics: BTreeSet<Topic>,
    /// The lowest rung of a case that it is told of.
    #[serde(default = "least")]
    pub least: Least,
    /// The most messages in any hour.
    #[serde(default = "per_hour")]
    pub per_hour: u32,
    /// Whether it may lie on a private network.
    #[serde(default)]
    pub private: bool,
    /// Certificates (PEM) of authorities that are trusted for it besides the public ones.
    pub ca_file: Option<PathBuf>,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self {
            per_hour: 6,
            quiet: "22:00-06:00".to_owned(),
            zone: None,
            keep_days: 90,
            mail: None,
            webhook: Vec::new(),
        }
    }
}

fn all_topics() -> BTreeSet<Topic> {
    // Checks are asked of local authorities, by name: no program is one.
    Topic::CHOSEN.into_iter().filter(|topic| *topic != Topic::Check).collect()
}

const fn least() -> Least {
    Least::Attempt
}

const fn per_hour() -> u32 {
    120
}

fn too_few_or_many(per_hour: u32, most: u32) -> String {
    format!("per_hour = {per_hour}: give 2 to {most} messages; one is kept for access and effect")
}

impl NoticeSettings {
    /// What types alone cannot say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        let under = |what: String| format!("[notices] {what}");
        if !(2..=60).contains(&self.per_hour) {
            return Err(under(too_few_or_many(self.per_hour, 60)));
        }
        if !(1..=3650).contains(&self.keep_days) {
            return Err(under(format!("keep_days = {}: give 1 to 3650 days", self.keep_days)));
        }
        self.quiet().map_err(|what| under(format!("quiet: {what}, or \"none\"")))?;
        if let Some(mail) = &self.mail {
            mail.check().map_err(|what| format!("[notices.mail] {what}"))?;
        }
        if self.webhook.len() > WEBHOOKS {
            return Err(format!("[[notices.webhook]] stands there more than {WEBHOOKS} times"));
        }
        for (number, hook) in self.webhook.iter().enumerate() {
            let before = self.webhook.get(..number).unwrap_or_default();
            hook.check(before).map_err(|what| hook.named(&what))?;
        }
        Ok(())
    }

    /// When what can wait does.
    ///
    /// # Errors
    /// A sentence that says how it is written.
    pub fn quiet(&self) -> Result<Option<Quiet>, String> {
        if self.quiet == "none" { Ok(None) } else { Quiet::parse(&self.quiet).map(Some) }
    }

    /// Files that are named without a folder lie beside the settings.
    pub(super) fn beside(&mut self, folder: &Path) {
        let mail = self.mail.iter_mut();
        let of_mail = mail.flat_map(|mail| [&mut mail.password_file, &mut mail.ca_file]).flatten();
        of_mail.for_each(|file| *file = folder.join(&*file));
        for hook in &mut self.webhook {
            hook.secret_file = folder.join(&hook.secret_file);
            hook.ca_file.iter_mut().for_each(|file| *file = folder.join(&*file));
        }
    }
}

impl Hook {
    fn check(&self, before: &[Self]) -> Result<(), String> {
        self.wire().check()?;
        if before.iter().any(|other| other.name == self.name) {
            return Err("its name is another one's too: give each its own".to_owned());
        }
        if !(2..=3600).contains(&self.per_hour) {
            return Err(too_few_or_many(self.per_hour, 3600));
        }
        if self.topics.iter().any(|topic| matches!(topic, Topic::Check | Topic::Test)) {
            return Err("topics: checks and tests are for people: leave them out".to_owned());
        }
        if self.topics.is_empty() {
            return Err("topics is empty: leave the line out for all of them".to_owned());
        }
        Ok(())
    }

    /// Which webhook a sentence is about.
    #[must_use]
    pub fn named(&self, what: &str) -> String {
        format!("[[notices.webhook]] \"{}\": {what}", self.name)
    }

    /// What has to be known to go there.
    #[must_use]
    pub fn wire(&self) -> webhook::Settings {
        webhook::Settings {
            name: self.name.clone(),
            url: self.url.clone(),
            secret_file: self.secret_file.clone(),
            private: self.private,
            ca_file: self.ca_file.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::{Origin, Settings};

    const MAIL: &str =
        "[notices.mail]\nserver = \"mail.sos.example\"\nfrom = \"ward@sos.example\"\n";
    const HOOK: &str = "[[notices.webhook]]\nname = \"chat\"\nurl = \"https://hook.example/x\"\n\
                        secret_file = \"chat.secret\"\n";

    #[test]
    fn what_cannot_work_is_refused() {
        for (text, expected) in [
            ("[notices]\nper_hour = 1".to_owned(), "give 2 to 60"),
            (format!("{HOOK}per_hour = 1"), "give 2 to 3600"),
            ("[notices]\nquiet = \"22-6\"".to_owned(), "write them like 22:00-06:00"),
            ("[notices]\nkeep_days = 0".to_owned(), "give 1 to 3650"),
            ("[notices]\nzone = \"Mars/Base\"".to_owned(), "not a time zone"),
            (format!("{MAIL}password = \"x\""), "unknown field `password`"),
            (format!("{MAIL}security = \"none\""), "[notices.mail] security = \"none\""),
            (
                HOOK.replace("https", "http"),
                "[[notices.webhook]] \"chat\": its url is not https://",
            ),
            (format!("{HOOK}{HOOK}"), "its name is another one's too"),
            (format!("{HOOK}topics = []"), "topics is empty"),
            (format!("{HOOK}topics = [\"check\"]"), "for people"),
            (format!("{HOOK}least = \"scan\""), "unknown variant `scan`"),
            (format!("{HOOK}secret = \"x\""), "unknown field `secret`"),
        ] {
            let err = Settings::parse(&text, "ward.toml").unwrap_err();
            assert!(err.starts_with("ward.toml") && err.contains(expected), "{err}\n{expected}");
        }
        let none = Settings::parse("[notices]\nquiet = \"none\"", "ward.toml").unwrap();
        assert_eq!(none.notices.quiet(), Ok(None));
    }

    #[test]
    fn files_lie_beside_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ward.toml");
        let text = format!("{MAIL}user = \"ward\"\npassword_file = \"mail.secret\"\n{HOOK}");
        std::fs::write(&path, text).unwrap();
        let (settings, _) = Settings::read(&path, Origin::Given).unwrap();
        let mail = settings.notices.mail.unwrap();
        assert_eq!(mail.password_file, Some(folder.path().join("mail.secret")));
        assert_eq!(settings.notices.webhook[0].secret_file, folder.path().join("chat.secret"));
    }
}
