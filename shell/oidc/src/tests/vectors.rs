//! Examples of the standards: tokens, keys and hashes that others made.

use serde_json::json;

use super::fake::{REDIRECT, settings};
use super::signer::encode;
use crate::discovery::Metadata;
use crate::flow::Kept;
use crate::jose::{Algorithm, KeySet, Token};
use crate::{RANDOM, Settings};
use ward_kernel::Time;

fn payload(token: &str, key: &str) -> Option<Vec<u8>> {
    let keys = KeySet::read(format!("{{\"keys\":[{key}]}}").as_bytes()).unwrap();
    Token::read(token).unwrap().payload(&keys).map(<[u8]>::to_vec).ok()
}

/// The payload of RFC 7515, A.2 and A.3.
const JOE: &[u8] =
    b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

#[test]
fn rs256_of_rfc_7515_a2() {
    let key = r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#;
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    assert_eq!(payload(token, key).as_deref(), Some(JOE));
    // A leading zero in front of the modulus, as some providers write it.
    let (before, modulus) = key.split_once("\"n\":\"").unwrap();
    let bytes = data_encoding::BASE64URL_NOPAD.decode(modulus.trim_end_matches("\"}").as_bytes());
    let longer = encode(&[&[0][..], &bytes.unwrap()].concat());
    assert_eq!(payload(token, &format!("{before}\"n\":\"{longer}\"}}")).as_deref(), Some(JOE));
}

#[test]
fn es256_of_rfc_7515_a3() {
    let key = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert_eq!(payload(token, key).as_deref(), Some(JOE));
}

#[test]
fn eddsa_of_rfc_8037_a4() {
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(payload(token, key).as_deref(), Some(&b"Example of Ed25519 signing"[..]));
}

#[test]
fn at_hash_of_openid_connect_core_a4() {
    let access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    assert_eq!(encode(&Algorithm::Rs256.half_hash(access)), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(Algorithm::EdDsa.half_hash(access).len(), 32);
}

#[test]
fn pkce_of_rfc_7636_b() {
    let issuer = "https://login.example";
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": "https://login.example/auth",
        "token_endpoint": "https://login.example/token",
        "jwks_uri": "https://login.example/jwks",
    });
    let metadata = Metadata::read(document.to_string().as_bytes(), issuer, true).unwrap();
    let settings: Settings = settings(issuer, "");
    let mut kept = Kept::new(issuer, REDIRECT, &[0; RANDOM], None, Time::from_secs(0)).unwrap();
    kept.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
    let url = kept.url(&settings, &metadata);
    assert!(url.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"), "{url}");
}
