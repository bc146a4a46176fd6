//! `[[sign_in]]` of the settings: which provider, as whom the desk goes to it, and whom it lets in.

use std::path::PathBuf;

use serde::Deserialize;

use crate::reach;

/// One identity provider. The desk is registered there as a web application with the redirect
/// address that the pages name.
///
/// ```toml
/// [[sign_in]]
/// issuer = "https://login.example"
/// client_id = "ward"
/// client_secret_file = "/etc/ward/sign-in.secret"
/// label = "State account"
/// allowed_domains = ["desk.example"]
/// second_factor = "provider"
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The provider's issuer, letter by letter as its discovery document writes it.
    pub issuer: String,
    /// The desk's name at the provider.
    pub client_id: String,
    /// A file that holds the desk's secret at the provider, and nothing else. Left out for a
    /// public client, which PKCE alone protects.
    pub client_secret_file: Option<PathBuf>,
    /// What the button says after "Sign in with".
    pub label: String,
    /// What is asked for; `openid` and `email` are always needed.
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
    /// The domains of e-mail addresses that may come in, exactly; none means any.
    #[serde(default)]
    pub allowed_domains: Vec<String>,
    /// Who asks for the second factor.
    #[serde(default)]
    pub second_factor: SecondFactor,
    /// Classes of authentication (`acr`) that are asked for and that count as a second factor;
    /// only with `second_factor = "provider"`.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// How sure the provider must be of the e-mail address.
    #[serde(default)]
    pub email: Email,
    /// Certificates (PEM) of authorities that are trusted for this provider besides the public
    /// ones.
    pub ca_file: Option<PathBuf>,
}

/// Who asks for the second factor.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactor {
    /// The provider is believed when it says that it saw two factors; otherwise Ward asks.
    Provider,
    /// Ward asks always.
    #[default]
    Ward,
}

/// How sure the provider must be of the e-mail address.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Email {
    /// `email_verified` must be there and true.
    #[default]
    Verified,
    /// `email_verified` may be missing, for providers that never say it; false is refused still.
    Vouched,
}

fn usual_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

/// The longest label, in characters.
const LABEL: usize = 60;

impl Settings {
    /// What types alone cannot say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        self.check_issuer()?;
        self.check_client()?;
        self.check_scopes()?;
        self.check_domains()?;
        if !self.acr_values.is_empty() && self.second_factor == SecondFactor::Ward {
            return Err("acr_values has no effect while Ward asks for the second factor: set \
                        second_factor = \"provider\" or leave the line out"
                .to_owned());
        }
        match self.acr_values.iter().find(|acr| !is_token(acr)) {
            Some(_) => Err("acr_values holds an empty value, or one with a space: write each \
                            value by itself"
                .to_owned()),
            None => Ok(()),
        }
    }

    fn check_issuer(&self) -> Result<(), String> {
        let url = reach::parse(&self.issuer, true).map_err(|why| {
            format!("issuer {why}: write it as the provider's discovery document does, such as https://login.example")
        })?;
        if url.query().is_some() {
            return Err("issuer has a query: write the address without \"?\" and what follows \
                        (OpenID Connect Discovery 1.0, 3)"
                .to_owned());
        }
        Ok(())
    }

    fn check_client(&self) -> Result<(), String> {
        let id = &self.client_id;
        if id.is_empty() || id.len() > 255 || !id.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
        {
            return Err("client_id is empty, longer than 255 characters, or has characters \
                        beyond ASCII: copy it from the provider's page on the desk"
                .to_owned());
        }
        let label = self.label.trim();
        if label.is_empty() || label.chars().count() > LABEL || label.chars().any(char::is_control)
        {
            return Err(format!(
                "label is empty, longer than {LABEL} characters, or has control characters: \
                 write the words that people know their account by"
            ));
        }
        Ok(())
    }

    fn check_scopes(&self) -> Result<(), String> {
        for needed in ["openid", "email"] {
            if !self.scopes.iter().any(|scope| scope == needed) {
                return Err(format!(
                    "scopes lacks \"{needed}\", without which the desk learns of nobody: add it"
                ));
            }
        }
        match self.scopes.iter().find(|scope| !is_token(scope)) {
            Some(_) => {
                Err("scopes holds an empty name, or one with a space: write each by itself"
                    .to_owned())
            }
            None => Ok(()),
        }
    }

    fn check_domains(&self) -> Result<(), String> {
        let is_domain = |name: &String| {
            name.contains('.')
                && name.split('.').all(|label| !label.is_empty())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        };
        if self.allowed_domains.iter().any(|name| !is_domain(name)) {
            return Err("allowed_domains holds something that is no domain: write what stands \
                        behind the @, such as \"clerk.adair.example\""
                .to_owned());
        }
        if self.email == Email::Vouched && self.allowed_domains.is_empty() {
            return Err("email = \"vouched\" takes addresses that nobody verified: name the \
                        office's own under allowed_domains too"
                .to_owned());
        }
        Ok(())
    }
}

/// A scope or a class: visible ASCII without space, quote and backslash (RFC 6749, 3.3).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "issuer = \"https://login.example\"\nclient_id = \"ward\"\nlabel = \"State account\"\n";

    fn read(text: &str) -> Result<Settings, String> {
        let settings: Settings = toml::from_str(text).map_err(|err| err.to_string())?;
        settings.check().map(|()| settings)
    }

    #[test]
    fn four_lines_are_enough() {
        let settings = read(GOOD).unwrap();
        assert_eq!(settings.scopes, ["openid", "email", "profile"]);
        assert_eq!(settings.second_factor, SecondFactor::Ward);
        assert_eq!(settings.email, Email::Verified);
        let more = format!(
            "{GOOD}second_factor = \"provider\"\nacr_values = [\"urn:two\"]\nemail = \"vouched\"\n\
             allowed_domains = [\"clerk.adair.example\"]\nclient_secret_file = \"secret\"\n"
        );
        assert_eq!(read(&more).unwrap().second_factor, SecondFactor::Provider);
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let replaced = |from: &str, to: &str| GOOD.replace(from, to);
        for (text, expected) in [
            (replaced("https://login", "http://login"), "https://"),
            (replaced("https://", ""), "issuer"),
            (replaced("login.example", "login.example/?x=1"), "query"),
            (replaced("login.example", "login.example/#x"), "#"),
            (replaced("login", "user:word@login"), "name or password"),
            (replaced("\"ward\"", "\"\""), "client_id"),
            (replaced("State account", " "), "label"),
            (format!("{GOOD}scopes = [\"openid\"]"), "lacks \"email\""),
            (format!("{GOOD}scopes = [\"openid\", \"email\", \"a b\"]"), "each by itself"),
            (format!("{GOOD}allowed_domains = [\"a@b.example\"]"), "behind the @"),
            (format!("{GOOD}email = \"vouched\""), "allowed_domains"),
            (format!("{GOOD}acr_values = [\"x\"]"), "no effect"),
            (format!("{GOOD}acr_values = [\"\"]\nsecond_factor = \"provider\""), "empty value"),
            (format!("{GOOD}redirect = \"x\""), "unknown field"),
        ] {
            let err = read(&text).unwrap_err();
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
    }
}
