//! `[redaction]`: on which law a rule of what is given away stands, as the office names it.

use std::collections::BTreeMap;

use serde::Deserialize;
use ward_desk::redact::Rule;

/// The longest text that a list of rules still shows, in characters.
const LONGEST: usize = 300;

/// The law for each rule, by its number.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Redaction(pub BTreeMap<String, String>);

impl Redaction {
    /// What types alone cannot say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        for (name, text) in &self.0 {
            if Rule::named(name).is_none() {
                let all = Rule::ALL.map(Rule::name).join(", ");
                return Err(format!(
                    "\"{name}\" under [redaction] is no rule: the rules are {all}"
                ));
            }
            if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                return Err(format!(
                    "{name} under [redaction] is no line of at most {LONGEST} characters: name \
                     the law, and no more"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn a_rule_is_one_that_is_there() {
        let good = Settings::parse("[redaction]\nR1 = \"RSMo 610.021\"\n", "ward.toml").unwrap();
        assert_eq!(good.redaction.0["R1"], "RSMo 610.021");
        for (text, says) in [
            ("[redaction]\nR9 = \"x\"\n", "is no rule"),
            ("[redaction]\nR1 = \"a\\nb\"\n", "no line"),
            ("[redaction]\nR1 = 3\n", "line 2"),
        ] {
            let err = Settings::parse(text, "ward.toml").unwrap_err();
            assert!(err.contains(says), "{err}");
        }
    }
}
