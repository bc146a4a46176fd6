//! Whether the provider says that it saw two factors: `amr` (RFC 8176) and `acr`.

/// A kind of factor: what somebody knows, has or is (NIST SP 800-63-4, "authentication factor").
#[derive(Clone, Copy, Eq, PartialEq)]
enum Factor {
    Has,
    Is,
    Knows,
}

/// The kind of a method's name (RFC 8176, 2). What says nothing of its kind, such as `user`, `geo`
/// and `rba`, counts as none. A code that was sent over the telephone network counts as held.
fn factor(method: &str) -> Option<Factor> {
    match method {
        "kba" | "pin" | "pwd" => Some(Factor::Knows),
        "hwk" | "otp" | "pop" | "sc" | "sms" | "swk" | "tel" => Some(Factor::Has),
        "face" | "fpt" | "iris" | "retina" | "vbm" => Some(Factor::Is),
        _ => None,
    }
}

/// Whether the methods make two factors: the provider says `mfa`, or names methods of two kinds.
/// One method alone is one factor, even a strong one: a code by e-mail is `otp` too.
pub(crate) fn are_two(methods: &[String]) -> bool {
    if methods.iter().any(|method| method == "mfa") {
        return true;
    }
    let mut kinds = methods.iter().filter_map(|method| factor(method));
    kinds.next().is_some_and(|first| kinds.any(|kind| kind != first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_kinds_make_two_factors() {
        for (methods, two) in [
            (&["mfa"][..], true),
            (&["pwd", "mfa"], true),
            (&["pwd", "otp"], true),
            (&["hwk", "pin"], true),
            (&["user", "hwk", "fpt"], true),
            (&["pwd"], false),
            (&["otp"], false),
            (&["hwk", "otp"], false),
            (&["pwd", "kba"], false),
            (&["pwd", "rba"], false),
            (&["pwd", "MFA"], false),
            (&["pwd", "xmfax"], false),
            (&[], false),
        ] {
            let owned: Vec<String> = methods.iter().map(|m| (*m).to_owned()).collect();
            assert_eq!(are_two(&owned), two, "{methods:?}");
        }
    }
}
