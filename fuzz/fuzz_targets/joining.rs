//! How a sensor joins and shows who it is: enrolment codes, credentials, requests and answers.
#![no_main]

use ward_fuzz::Chance;
use ward_kernel::{Time, World};
use ward_sensor::{
    Answer, Credential, EnrolAnswer, EnrolRequest, EnrolmentCode, Refusal, enrolment,
};

fn code(text: &str) {
    if let Ok(code) = EnrolmentCode::parse(text) {
        assert_eq!(EnrolmentCode::parse(&code.to_text()).as_ref(), Ok(&code));
        assert_eq!(enrolment::check_url(&code.url, code.fingerprint.is_some()), Ok(()));
    }
}

/// A code that is well made is read however people paste it; a changed letter is told.
fn made(mut chance: Chance<'_>) {
    let (place, letter) = (chance.number(), char::from(chance.byte() & 0x7f));
    let pinned = chance.byte() > 0;
    let url = String::from_utf8_lossy(chance.piece()).to_ascii_lowercase();
    let url: String = url.split_whitespace().collect();
    let mut fingerprint = [1; 32];
    let mut secret = [0; enrolment::SECRET];
    fingerprint.iter_mut().chain(&mut secret).for_each(|byte| *byte ^= chance.byte());
    let fingerprint = Some(fingerprint).filter(|known| pinned && *known != [0; 32]);
    let world = if secret[0] & 1 == 0 { World::Real } else { World::Exercise };
    let code = EnrolmentCode { world, url, fingerprint, secret };
    let text = code.to_text();
    let fits = enrolment::check_url(&code.url, fingerprint.is_some()).is_ok();
    let read = EnrolmentCode::parse(&text);
    assert_eq!(read.is_ok(), fits, "{read:?}");
    if !fits {
        return;
    }
    assert!(read.is_ok_and(|read| read == code));
    let mut letters: Vec<char> = text.chars().collect();
    let place = place % letters.len();
    let same = letters[place].eq_ignore_ascii_case(&letter);
    letters[place] = letter;
    let changed: String = letters.iter().collect();
    if same {
        assert_eq!(EnrolmentCode::parse(&changed).as_ref(), Ok(&code), "capitals do not matter");
    } else if !letter.is_whitespace() {
        let why = EnrolmentCode::parse(&changed).expect_err("a wrong letter is told");
        assert!(!why.contains(&text[text.len() - 40..]), "the code is not repeated");
    }
    let spaced: String = text.chars().flat_map(|letter| [letter, '\n']).collect();
    assert_eq!(EnrolmentCode::parse(&spaced).as_ref(), Ok(&code));
}

fn credential(text: &str) {
    if let Ok(credential) = Credential::parse(text) {
        let again = Credential::parse(&credential.to_string()).unwrap();
        assert_eq!(again, credential);
        for now in [0, i64::MIN, i64::MAX] {
            assert!(credential.check("POST", "/", Time::from_micros(now), |_, _| false).is_err());
            let _ = credential.check("POST", "/", Time::from_micros(now), |_, _| true);
        }
        assert!(!format!("{credential:?}").contains("signature="));
    }
}

fn said(bytes: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<EnrolRequest>(bytes) {
        if let Ok((_, key)) = request.parts() {
            assert_eq!(request.public_key.len(), key.len() * 2);
            assert!(request.host.len() <= 255);
        }
        let shown = format!("{request:?}");
        let open = format!("{:?} {:?}", request.host, request.version);
        let (secret, long) = (&request.secret, request.secret.len() >= 20);
        assert!(!long || open.contains(secret) || !shown.contains(secret));
    }
    if let Ok(refusal) = serde_json::from_slice::<Refusal>(bytes) {
        assert!((400..600).contains(&refusal.reason.status()));
    }
    if let Ok(answer) = serde_json::from_slice::<Answer>(bytes) {
        let text = serde_json::to_vec(&answer).unwrap();
        assert_eq!(serde_json::from_slice::<Answer>(&text).unwrap(), answer);
    }
    let _ = serde_json::from_slice::<EnrolAnswer>(bytes);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match first % 4 {
        0 => made(Chance::new(rest)),
        1 => code(&text),
        2 => credential(&text),
        _ => said(rest),
    }
});
