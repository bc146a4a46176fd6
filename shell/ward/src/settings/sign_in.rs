//! `[[sign_in]]`: the office's own identity providers, by which people sign in at the desk.

use std::path::Path;

use ward_oidc::Settings as Provider;

/// As many providers as the sign-in page has room for.
const MOST: usize = 8;

/// What types alone cannot say.
///
/// # Errors
/// A sentence that says which provider, what is wrong and what to do.
pub fn check(providers: &[Provider]) -> Result<(), String> {
    if providers.len() > MOST {
        return Err(format!(
            "[[sign_in]] stands there {} times: name at most {MOST} providers",
            providers.len()
        ));
    }
    for (number, provider) in providers.iter().enumerate() {
        let before = providers.get(..number).unwrap_or_default();
        provider
            .check()
            .and_then(|()| apart(before, provider))
            .map_err(|what| named(provider, &what))?;
    }
    Ok(())
}

/// Two providers are told apart by their issuers, for a person's account is bound by its issuer,
/// and by their labels, for people choose by them.
fn apart(before: &[Provider], provider: &Provider) -> Result<(), String> {
    if before.iter().any(|other| other.issuer == provider.issuer) {
        return Err("its issuer is named twice: leave one of the two out".to_owned());
    }
    let label = provider.label.trim();
    if before.iter().any(|other| other.label.trim().eq_ignore_ascii_case(label)) {
        return Err("its label is another one's too: give each its own".to_owned());
    }
    Ok(())
}

/// Which provider a sentence is about.
#[must_use]
pub fn named(provider: &Provider, what: &str) -> String {
    format!("[[sign_in]] \"{}\" ({}): {what}", provider.label.trim(), provider.issuer)
}

/// Files that are named without a folder lie beside the settings.
pub(super) fn beside(providers: &mut [Provider], folder: &Path) {
    for provider in providers {
        for file in [&mut provider.client_secret_file, &mut provider.ca_file].into_iter().flatten()
        {
            *file = folder.join(&*file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Origin, Settings};

    const ONE: &str = "[[sign_in]]\nissuer = \"https://login.example\"\nclient_id = \"ward\"\n\
                       label = \"State account\"\n";

    #[test]
    fn what_cannot_work_is_refused_with_its_provider() {
        let other = ONE.replace("login", "other");
        for (text, expected) in [
            (ONE.replace("https", "http"), "[[sign_in]] \"State account\" (http://login.example)"),
            (ONE.replace("https", "http"), "only https:// is taken"),
            (format!("{ONE}{ONE}"), "its issuer is named twice"),
            (format!("{ONE}{other}"), "its label is another one's too"),
            (ONE.repeat(9), "at most 8 providers"),
            (format!("{ONE}secret = \"x\""), "line 5: unknown field `secret`"),
            (ONE.replace("client_id", "client"), "unknown field `client`"),
            ("[[sign_in]]\nissuer = \"https://login.example\"".to_owned(), "missing field"),
            (format!("{ONE}second_factor = \"nobody\""), "line 5: unknown variant `nobody`"),
        ] {
            let err = Settings::parse(&text, "ward.toml").unwrap_err();
            assert!(err.starts_with("ward.toml"), "{err}");
            assert!(err.contains(expected), "{err}\nexpected: {expected}");
        }
        let two = format!("{ONE}{}", other.replace("State account", "County account"));
        assert_eq!(Settings::parse(&two, "ward.toml").unwrap().sign_in.len(), 2);
    }

    #[test]
    fn files_lie_beside_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ward.toml");
        let text = format!(
            "{ONE}client_secret_file = \"sign-in.secret\"\nca_file = \"/etc/ward/authority.pem\"\n"
        );
        std::fs::write(&path, text).unwrap();
        let (settings, _) = Settings::read(&path, Origin::Given).unwrap();
        let provider = &settings.sign_in[0];
        let secret = folder.path().join("sign-in.secret");
        assert_eq!(provider.client_secret_file.as_deref(), Some(secret.as_path()));
        let authority = provider.ca_file.as_deref();
        assert_eq!(authority, Some(Path::new("/etc/ward/authority.pem")));
    }
}
