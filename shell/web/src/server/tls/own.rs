//! The desk's own certificate authority: made at the first start, kept for ten years.
//!
//! Offices have no authority of their own and no name in public that could have a public
//! certificate. What they have is a telephone: the fingerprint is read aloud once, and sensors pin
//! it. The authority can vouch for the desk's own names and for nothing else (RFC 5280, 4.2.1.10),
//! so that a browser which is told to trust it trusts it with no other site.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, PublicKeyData as _,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use ward_kernel::Time;

use super::{Identity, TlsError, colon_hex, der, file, provider};

/// Days that the authority holds.
const AUTHORITY_DAYS: u64 = 3_653;
/// Days that the desk's certificate holds: the most that browsers took from public authorities
/// for years (CA/Browser Forum, ballot SC31).
const DESK_DAYS: u64 = 398;
/// Days before its end at which the desk's certificate is made anew at a start.
const RENEW_DAYS: u64 = 30;
/// Seconds in a day.
const DAY: u64 = 86_400;

/// The identity by the own authority in `folder`, which is made when there is none, for these
/// names (host names and addresses; `localhost`, `127.0.0.1` and `::1` are added).
///
/// # Errors
/// When a file cannot be read or written, a name is none, or the authority was made for other
/// names.
pub fn own(folder: &Path, names: &[String], now: Time) -> Result<Identity, TlsError> {
    let names = all_names(names)?;
    let secs = u64::try_from(now.secs()).unwrap_or(0);
    file::folder(folder)?;
    let authority = Authority::open(folder, &names, secs)?;
    let place = Place(folder);
    let kept = (file::read(&place.desk())?, file::read(&place.desk_key())?);
    if let (Some(certificate), Some(key)) = kept {
        let chain = file::certificates(&place.desk(), &certificate)?;
        let later = secs.saturating_add(RENEW_DAYS.saturating_mul(DAY));
        if let Some(own) = chain.first()
            && authority.vouches(own, &names, secs).is_ok()
            && authority.vouches(own, &names, later).is_ok()
        {
            let key = file::key(&place.desk_key(), &key)?;
            return Ok(authority.identity(own.clone(), key));
        }
    }
    let (certificate, key) = authority.issue(&names, secs)?;
    let own = certificate.der().clone();
    authority.vouches(&own, &names, secs).map_err(|err| {
        TlsError(format!(
            "the authority in {} does not vouch for what it signed ({err}): move the folder away \
             and start again; browsers and sensors then need the new fingerprint",
            folder.display()
        ))
    })?;
    file::write(&place.desk_key(), &key.serialize_pem())?;
    file::write(&place.desk(), &certificate.pem())?;
    tracing::info!(days = DESK_DAYS, "the desk's certificate was made");
    let key = file::key(&place.desk_key(), &key.serialize_pem())?;
    Ok(authority.identity(own, key))
}

/// The files in the folder.
struct Place<'a>(&'a Path);

impl Place<'_> {
    fn authority(&self) -> PathBuf {
        self.0.join("authority.pem")
    }

    fn authority_key(&self) -> PathBuf {
        self.0.join("authority.key")
    }

    /// The names for which the authority can vouch, one a line.
    fn authority_names(&self) -> PathBuf {
        self.0.join("authority.names")
    }

    fn desk(&self) -> PathBuf {
        self.0.join("desk.pem")
    }

    fn desk_key(&self) -> PathBuf {
        self.0.join("desk.key")
    }
}

struct Authority {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Authority {
    /// The authority of the folder; a new one where there is none, or one for this machine alone
    /// that is now asked to vouch for more: nobody elsewhere can know that one.
    fn open(folder: &Path, names: &[String], now: u64) -> Result<Self, TlsError> {
        let place = Place(folder);
        let (path, key_path) = (place.authority(), place.authority_key());
        let (text, key) = match (file::read(&path)?, file::read(&key_path)?) {
            (None, None) => return Self::make(folder, names, now),
            (Some(text), Some(key)) => (text, key),
            _ => {
                return Err(TlsError(format!(
                    "of {} and {} one is missing: bring it back from a backup, or move both away \
                     for a new authority; browsers and sensors then need the new fingerprint",
                    path.display(),
                    key_path.display()
                )));
            }
        };
        let vouches = file::read(&place.authority_names())?.unwrap_or_default();
        let vouches: Vec<&str> = vouches.lines().collect();
        let missing = names.iter().find(|name| !vouches.contains(&name.as_str()));
        if missing.is_some() && vouches.iter().all(|name| is_local(name)) {
            return Self::make(folder, names, now);
        }
        if let Some(name) = missing {
            return Err(TlsError(format!(
                "the authority in {} vouches for {} and cannot vouch for {name}: take the name out \
                 of the settings, or move the folder away for a new authority; browsers and \
                 sensors then need the new fingerprint",
                folder.display(),
                vouches.join(", ")
            )));
        }
        let mut found = file::certificates(&path, &text)?;
        let certificate = found.swap_remove(0);
        check_end(&certificate, &path, now)?;
        // The error's own words could repeat a part of the key.
        let key = KeyPair::from_pem(&key)
            .map_err(|_| TlsError(format!("the key in {} cannot be read", key_path.display())))?;
        Ok(Self { certificate, key })
    }

    fn make(folder: &Path, names: &[String], now: u64) -> Result<Self, TlsError> {
        let key = KeyPair::generate().map_err(|err| cannot_make("the authority's key", &err))?;
        let mut params = params_of(&key);
        hold(&mut params, now.saturating_sub(DAY), AUTHORITY_DAYS);
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: names.iter().map(|name| subtree(name)).collect(),
            excluded_subtrees: Vec::new(),
        });
        let certificate =
            params.self_signed(&key).map_err(|err| cannot_make("the authority", &err))?;
        let place = Place(folder);
        file::write(&place.authority_key(), &key.serialize_pem())?;
        file::write(&place.authority(), &certificate.pem())?;
        file::write(&place.authority_names(), &format!("{}\n", names.join("\n")))?;
        let certificate = certificate.der().clone();
        tracing::info!(fingerprint = colon_hex(&certificate), "an authority was made");
        Ok(Self { certificate, key })
    }

    fn issue(&self, names: &[String], now: u64) -> Result<(rcgen::Certificate, KeyPair), TlsError> {
        let wrong = |err: rcgen::Error| cannot_make("the desk's certificate", &err);
        let key = KeyPair::generate().map_err(wrong)?;
        let mut params = CertificateParams::new(names.to_vec()).map_err(wrong)?;
        params.distinguished_name = named("Ward desk");
        hold(&mut params, now.saturating_sub(DAY), DESK_DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let authority = params_of(&self.key);
        let issuer = Issuer::from_params(&authority, &self.key);
        let certificate = params.signed_by(&key, &issuer).map_err(wrong)?;
        Ok((certificate, key))
    }

    /// Asks as a client would: does this certificate, at that time, speak for all these names?
    fn vouches(
        &self,
        certificate: &CertificateDer<'_>,
        names: &[String],
        at: u64,
    ) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider());
        let verifier = verifier.build().map_err(|err| rustls::Error::General(err.to_string()))?;
        let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
        for name in names {
            let name = ServerName::try_from(name.as_str())
                .map_err(|err| rustls::Error::General(err.to_string()))?;
            verifier.verify_server_cert(certificate, &[], &name, &[], at)?;
        }
        Ok(())
    }

    /// The authority goes along, so that who pins it can see it.
    fn identity(
        &self,
        own: CertificateDer<'static>,
        key: rustls::pki_types::PrivateKeyDer<'static>,
    ) -> Identity {
        let fingerprint = Some(colon_hex(&self.certificate));
        Identity { chain: vec![own, self.certificate.clone()], key, fingerprint }
    }
}

/// What the authority says of itself; its name holds a part of its key, so that two authorities of
/// one office are told apart.
fn params_of(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    let hash = Sha256::digest(key.subject_public_key_info());
    let short = data_encoding::HEXLOWER.encode(hash.get(..4).unwrap_or_default());
    params.distinguished_name = named(&format!("Ward desk authority {short}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn named(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "Ward");
    name.push(DnType::CommonName, common);
    name
}

fn subtree(name: &str) -> GeneralSubtree {
    match name.parse::<IpAddr>() {
        Ok(ip @ IpAddr::V4(_)) => GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, 32)),
        Ok(ip @ IpAddr::V6(_)) => GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, 128)),
        Err(_) => GeneralSubtree::DnsName(name.to_owned()),
    }
}

/// The names with those of this machine, each once, in order.
fn all_names(names: &[String]) -> Result<Vec<String>, TlsError> {
    let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut all: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    all.extend(own);
    all.sort();
    all.dedup();
    match all.iter().find(|name| ServerName::try_from(name.as_str()).is_err()) {
        None => Ok(all),
        Some(name) => Err(TlsError(format!(
            "\"{name}\" is no name of a host: write it like desk.state.example or 192.0.2.7, \
             without https:// and without a port"
        ))),
    }
}

fn is_local(name: &str) -> bool {
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn check_end(certificate: &[u8], path: &Path, now: u64) -> Result<(), TlsError> {
    let (_, until) = der::validity(certificate)
        .ok_or_else(|| TlsError(format!("the certificate in {} cannot be read", path.display())))?;
    if u64::try_from(until).unwrap_or(0) > now {
        return Ok(());
    }
    Err(TlsError(format!(
        "the authority in {} ended at {}: move its folder away for a new one; browsers and \
         sensors then need the new fingerprint",
        path.display(),
        Time::from_secs(until)
    )))
}

/// Makes it hold from a second since 1970 for so many days; at most until the year 9000, which the
/// maker's calendar still has.
fn hold(params: &mut CertificateParams, from: u64, days: u64) {
    const LAST: u64 = 221_845_392_000;
    let until = from.saturating_add(days.saturating_mul(DAY));
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + Duration::from_secs(from.min(LAST));
    params.not_after = epoch + Duration::from_secs(until.min(LAST));
}

fn cannot_make(what: &str, err: &rcgen::Error) -> TlsError {
    TlsError(format!("{what} cannot be made: {err}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_for_another_site_is_worth_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let now = 1_793_756_280;
        let names = all_names(&["desk.state.example".to_owned()]).unwrap();
        let authority = Authority::open(folder.path(), &names, now).unwrap();
        let signed_for = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let (certificate, _) = authority.issue(&names, now).unwrap();
            authority.vouches(certificate.der(), &names, now)
        };
        assert!(signed_for(&["desk.state.example", "127.0.0.1"]).is_ok());
        for other in ["mail.example", "state.example", "198.51.100.7"] {
            let refused = signed_for(&[other]).unwrap_err();
            assert!(refused.to_string().contains("NameConstraint"), "{refused}");
        }
    }
}
