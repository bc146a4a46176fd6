//! Reading letter by letter: what stands at a place of a text, and where it ends.

/// Where the letters end that fit, from a place on.
pub(super) fn run(chars: &[char], from: usize, fits: impl Fn(char) -> bool) -> usize {
    let more = chars.iter().skip(from).take_while(|c| fits(**c)).count();
    from.saturating_add(more)
}

/// The same for a number of letters that has to be within bounds.
pub(super) fn some(
    chars: &[char],
    from: usize,
    (least, most): (usize, usize),
    fits: impl Fn(char) -> bool,
) -> Option<usize> {
    let more = chars.iter().skip(from).take(most.saturating_add(1)).take_while(|c| fits(**c));
    let many = more.count();
    (least..=most).contains(&many).then(|| from.saturating_add(many))
}

/// Where the letters end that fit, so many at most.
pub(super) fn most(chars: &[char], from: usize, most: usize, fits: impl Fn(char) -> bool) -> usize {
    let more = chars.iter().skip(from).take(most).take_while(|c| fits(**c)).count();
    from.saturating_add(more)
}

/// Where a text ends that stands here letter for letter.
pub(super) fn literal(chars: &[char], at: usize, text: &str) -> Option<usize> {
    stands(chars, at, text, |is, want| is == want)
}

/// The same, whether in capitals or not.
pub(super) fn folded(chars: &[char], at: usize, text: &str) -> Option<usize> {
    stands(chars, at, text, |is, want| is.eq_ignore_ascii_case(&want))
}

fn stands(chars: &[char], at: usize, text: &str, fits: fn(char, char) -> bool) -> Option<usize> {
    let mut end = at;
    for want in text.chars() {
        if !fits(*chars.get(end)?, want) {
            return None;
        }
        end = end.saturating_add(1);
    }
    Some(end)
}

/// Where the first of these ends that stands here, whether in capitals or not.
pub(super) fn any_of(chars: &[char], at: usize, texts: &[&str]) -> Option<usize> {
    texts.iter().find_map(|text| folded(chars, at, text))
}

/// A dot, also as people write it so that it is no link.
pub(super) fn dot(chars: &[char], at: usize) -> Option<usize> {
    any_of(chars, at, &[".", "[.]", "(.)", "[dot]", "(dot)"])
}

/// A dot that is spelled, between blanks.
pub(super) fn spelled_dot(chars: &[char], at: usize) -> Option<usize> {
    word(chars, at, &["dot", "[dot]", "(dot)"])
}

/// One of these words between blanks; where what follows begins.
pub(super) fn word(chars: &[char], at: usize, words: &[&str]) -> Option<usize> {
    let begin = some(chars, at, (1, BLANKS), |c| c == ' ')?;
    let end = any_of(chars, begin, words)?;
    some(chars, end, (1, BLANKS), |c| c == ' ')
}

/// Blanks that are passed over within one thing.
pub(super) const BLANKS: usize = 3;
