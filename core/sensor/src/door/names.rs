//! Names of parameters whose values nobody at the desk needs.

use std::collections::BTreeSet;

/// Longest name that is looked at, in bytes.
pub(super) const NAME_MAX: usize = 64;

/// A name that holds one of these is a secret's, whatever stands around it.
const WITHIN: [&[u8]; 4] = [b"password", b"passwd", b"passphrase", b"passcode"];

/// Names that say so plainly enough to be believed in free text with a colon.
const TELLING: [&[u8]; 14] = [
    b"pwd",
    b"secret",
    b"token",
    b"accesstoken",
    b"refreshtoken",
    b"idtoken",
    b"authtoken",
    b"apitoken",
    b"csrftoken",
    b"sessiontoken",
    b"clientsecret",
    b"apikey",
    b"authorization",
    b"ssn",
];

/// Names that are also words, believed only before `=` or in quotes.
const OTHERS: [&[u8]; 42] = [
    b"pass",
    b"pw",
    b"pin",
    b"auth",
    b"accesskey",
    b"secretkey",
    b"privatekey",
    b"session",
    b"sessionid",
    b"jsessionid",
    b"phpsessid",
    b"aspnetsessionid",
    b"otp",
    b"totp",
    b"mfacode",
    b"verificationcode",
    b"socialsecurity",
    b"socialsecuritynumber",
    b"ssnlast4",
    b"last4ssn",
    b"last4",
    b"dob",
    b"dateofbirth",
    b"birthdate",
    b"birthday",
    b"birthyear",
    b"birthmonth",
    b"yearofbirth",
    b"dobday",
    b"dobmonth",
    b"dobyear",
    b"driverslicense",
    b"driverlicense",
    b"driverslicensenumber",
    b"dlnumber",
    b"dln",
    b"maidenname",
    b"mothersmaidenname",
    b"cardnumber",
    b"creditcard",
    b"cvv",
    b"cvc",
];

/// Whether values of this name are masked. Of `user[password]` and `form.password` each part is
/// looked at.
pub(super) fn is_secret(name: &[u8], more: &BTreeSet<Vec<u8>>) -> bool {
    parts(name)
        .iter()
        .any(|part| is_plainly(part) || OTHERS.contains(&part.as_slice()) || more.contains(part))
}

/// Whether the name is plain enough for free text with a colon.
pub(super) fn is_telling(name: &[u8]) -> bool {
    parts(name).iter().any(|part| is_plainly(part))
}

fn is_plainly(part: &[u8]) -> bool {
    TELLING.contains(&part) || WITHIN.iter().any(|word| memchr::memmem::find(part, word).is_some())
}

/// Letters and digits in lower case: `Access_Token`, `access-token` and `accessToken` are one.
pub(super) fn plain(name: &[u8]) -> Vec<u8> {
    name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// Percent-decoded once, lower case, without the backslashes that JSON puts before slashes.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (byte, after)
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            out.push((high << 4 | low).to_ascii_lowercase());
            rest = after;
        } else if byte != b'\\' {
            out.push(byte.to_ascii_lowercase());
        }
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn parts(name: &[u8]) -> Vec<Vec<u8>> {
    decoded(name).split(|byte| matches!(byte, b'[' | b']' | b'.')).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let more = BTreeSet::from([plain(b"Voter_Id")]);
        for name in [
            "password",
            "NewPassword",
            "password_confirm",
            "user[password]",
            "user%5Bpassword%5D",
            "form.pwd",
            "access-token",
            "accessToken",
            "DOB",
            "date_of_birth",
            "voter-id",
            "last4",
        ] {
            assert!(is_secret(name.as_bytes(), &more), "{name}");
        }
        for name in ["user", "session_count", "sid", "q", "", "passenger", "tokenizer", "SRC", "id"]
        {
            assert!(!is_secret(name.as_bytes(), &more), "{name}");
        }
        assert!(!is_telling(b"auth") && is_telling(b"password"));
    }
}
