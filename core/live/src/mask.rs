//! What a sensor masks before it sends, masked at the desk: for records that came without one.

use ward_payload::{Input, Scratch};
use ward_sensor::Door;

/// Masks passwords and the like in whole lines, in place; says how many values. What looks like an
/// attack is evidence and stays, as it does at a sensor.
pub fn mask(door: &Door, lines: &mut [u8]) -> u64 {
    door.clean(lines, is_attack)
}

/// Whether the target of a web request looks like an attack: then it is evidence, and nothing in it
/// is masked, neither here nor at a sensor.
#[must_use]
pub fn is_attack(target: &[u8]) -> bool {
    let input = Input { method: b"GET", target, ..Input::default() };
    ward_payload::judge(&input, &mut Scratch::default()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_attacks_stay() {
        let line = |query: &str| {
            format!(
                "192.0.2.7 - - [03/Nov/2026:14:12:01 +0000] \"GET /in?password={query} HTTP/1.1\" \
                 200 5 \"-\" \"x\"\n"
            )
        };
        let masked = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            let count = mask(&Door::default(), &mut bytes);
            assert_eq!(bytes.len(), text.len());
            (count, String::from_utf8(bytes).unwrap())
        };
        let (count, text) = masked(&line("hunter2"));
        assert!(count == 1 && !text.contains("hunter2"), "{text}");
        let attack = line("%27%20UNION%20SELECT%20passwd%20FROM%20users--");
        assert_eq!(masked(&attack), (0, attack));
    }
}
