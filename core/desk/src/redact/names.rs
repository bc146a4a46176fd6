//! Which words of what somebody wrote in a field for a name are a name.

/// Words that stand in such fields and are nobody's name: articles and the like, what people are,
/// offices and what is known to be one.
const PLAIN: &str = "\
    a admin administrator agency agent also an analyst and anonymous another are as asked \
    assistant associated at attorney authority back ballot bank be board both brother building \
    bureau by call called caller candidate captain cell center chair challenger chief church \
    cisa citizen city clerk college commission commissioner committee contact council counsel \
    county court courthouse custodian daughter demonstration department deputy desk did director \
    dispatch dispatcher district division doctor dr driver duty eac ei-isac election elections \
    emergency employee everybody everyone facility father fbi federal fire first five for four \
    friend from front gave give given governor group guard gym had hall has have he head help \
    her here him his hospital hotline i in information inspector investigator is isac it janitor \
    judge judges lady lawyer lead legal library line local location main man manager mayor media \
    miss missouri mobile mother mr mrs ms ms-isac my name names neighbor neighbour network news \
    newspaper newsroom night no nobody not number observer observers of office officer offices \
    official on one operator our party pastor person phone place police poll polling polls \
    precinct press priest principal public radio reporter room said say school second secretary \
    security sensor sergeant service she sheriff shift site somebody someone son staff state \
    station supervisor support team technician telephone than that the their them then there \
    they this three to told two university unknown us vendor volunteer voter voters want wants \
    ward was watcher we were who will with woman worker workers would";

/// The longest name that is written in small letters, in words: what is longer is a sentence.
const SMALL: usize = 3;

/// The names in a text, each of one or more words that follow each other. Where words begin with
/// capitals, those are names; where none does, what is left of a few words is. `places` are names of
/// jurisdictions, in small letters: by themselves they are no names of people.
pub(super) fn names<'a>(text: &'a str, places: &[String]) -> Vec<Vec<&'a str>> {
    let capitals =
        text.split_whitespace().map(bare).any(|word| is_capital(word) && !is_plain(word));
    let mut all: Vec<Vec<&str>> = Vec::new();
    for piece in pieces(text) {
        let words: Vec<&str> = piece.split_whitespace().map(bare).collect();
        let mut name = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at.saturating_add(1)).copied().unwrap_or_default();
            let is_place = ["county", "city"].contains(&next.to_lowercase().as_str());
            let fits = !is_place && is_word(word) && (!capitals || is_capital(word));
            if fits {
                name.push(*word);
            } else {
                all.push(std::mem::take(&mut name));
            }
        }
        all.push(name);
    }
    let is_places = |name: &[&str]| {
        let is_place = |word: &&str| places.iter().any(|place| *place == word.to_lowercase());
        name.iter().all(is_place)
    };
    all.retain(|name| !is_places(name) && (capitals || name.len() <= SMALL));
    all
}

/// The pieces of a text between the marks of a sentence.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ':', '(', ')', '[', ']', '/', '"', '&', '\n'])
}

/// A word without the marks around it and without the s that makes it somebody's. A full stop stays
/// after a single letter.
fn bare(word: &str) -> &str {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let word = word.trim_start_matches('.');
    let word =
        ["'s", "\u{2019}s"].into_iter().find_map(|own| word.strip_suffix(own)).unwrap_or(word);
    if word.chars().count() > 2 { word.trim_end_matches('.') } else { word }
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// Whether a word can be a part of a name.
fn is_word(word: &str) -> bool {
    let fits = |c: char| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '\u{2019}');
    !word.is_empty() && word.chars().all(fits) && !is_plain(word)
}

/// Whether a word is nobody's name.
pub(super) fn is_plain(word: &str) -> bool {
    among(PLAIN, &word.trim_end_matches('.').to_lowercase())
}

/// Whether a word is one of a list.
pub(super) fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// The parts of a name that stand for whoever has it: every word of two letters or more, and the
/// halves of one with a hyphen.
pub(super) fn parts<'a>(name: &[&'a str]) -> Vec<&'a str> {
    let halves = |word: &&'a str| {
        let word = *word;
        let halves = word.split('-').filter(move |half| half.len() < word.len());
        std::iter::once(word).chain(halves).collect::<Vec<_>>()
    };
    let is_part =
        |word: &&str| word.chars().count() >= 2 && !word.ends_with('.') && !is_plain(word);
    name.iter().flat_map(halves).filter(is_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_among_what_people_are() {
        let places = ["adair", "cole", "st", "louis"].map(str::to_owned);
        for (text, want) in [
            ("Testa Sampleton, poll judge at the gym", vec!["Testa Sampleton"]),
            ("Sheriff Sampleton of Boone County", vec!["Sampleton"]),
            ("Mrs. Testa Q. Sampleton-Example", vec!["Testa Q. Sampleton-Example"]),
            ("testa sampleton", vec!["testa sampleton"]),
            ("testa, a voter", vec!["testa"]),
            ("A friend of testa sampleton's", vec!["testa sampleton"]),
            ("Ng", vec!["Ng"]),
            ("A neighbour", vec![]),
            ("Clerk of Cole County", vec![]),
            ("Cole", vec![]),
            ("Example Cole", vec!["Example Cole"]),
            ("St. Louis", vec![]),
            ("somebody who would not say who it was", vec![]),
            ("MS-ISAC", vec![]),
            ("Desk analyst", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<String> = names(text, &places).iter().map(|one| one.join(" ")).collect();
            assert_eq!(found, want, "{text}");
        }
    }

    #[test]
    fn parts_are_words_and_halves() {
        assert_eq!(parts(&["Testa", "Q.", "Ng-Example"]), ["Testa", "Ng-Example", "Ng", "Example"]);
    }
}
