//! Which words of what somebody wrote in a field for a name are a name.

/// Words that stand in such fields and are nobody's name: articles and the like, what people are,
/// offices and what is known to be one.
const PLAIN: &str = "\
    a admin administrator agency agent also an analyst and anonymous another are as asked \
    assistant associated at attorney authority back ballot bank be bipartisan board both brother \
    building bureau by call called caller candidate captain cell center chair challenger chief \
    church cisa citizen city clerk college commission commissioner committee contact council \
    counsel county court courthouse custodian daughter democrat democratic democrats demonstration \
    department deputy desk did director dispatch dispatcher district division doctor dr driver \
    duty eac ei-isac election elections emergency employee everybody everyone facility father fbi \
    federal fire first five for four friday friend from front gave give given governor group guard \
    gym had hall has have he head help her here him his hospital hotline i in independent \
    information inspector investigator is isac it janitor judge judges lady lawyer lead legal \
    libertarian library line local location main man manager mayor media miss missouri mobile \
    monday mother mr mrs ms ms-isac my name names neighbor neighbour network news newspaper \
    newsroom night no nobody nonpartisan not number observer observers of office officer offices \
    official on one operator our partisan party pastor person phone place police poll polling \
    polls precinct precincts press priest principal public radio reporter republican republicans \
    room said saturday say school second secretary security sensor sergeant service she sheriff \
    shift site somebody someone son staff state station sunday supervisor support team technician \
    telephone than that the their them then there they this three thursday to told tuesday two \
    university unknown us vendor volunteer voter voters want wants ward was watcher we wednesday \
    were who will with woman worker workers would";

/// Those of them that are more often the last part of a name, behind another, than what somebody is.
const SURNAMES: &str = "church friend hall ward will";

/// The longest name that is written in small letters, in words: what is longer is a sentence.
const SMALL: usize = 3;

/// The names in a text, each of one or more words that follow each other. Where words of a piece
/// begin with capitals, those are names; where none does, and no such name stands before it, what is
/// left of a few words is. `places` are those of jurisdictions, by [`place`]: by themselves they are
/// no names of people.
pub(super) fn names<'a>(text: &'a str, places: &[String]) -> Vec<Vec<&'a str>> {
    let mut all: Vec<Vec<&str>> = Vec::new();
    let mut is_named = false;
    for piece in pieces(text) {
        let words: Vec<&str> = piece.split_whitespace().map(bare).collect();
        let capitals = words.iter().any(|word| is_capital(word) && !is_plain(word));
        let mut here = runs(&words, capitals || is_named, places);
        here.retain(|name| !is_place(name, places) && (capitals || name.len() <= SMALL));
        is_named |= capitals && !here.is_empty();
        all.append(&mut here);
    }
    all
}

/// The words of a piece that can be names, as far as they follow each other.
fn runs<'a>(words: &[&'a str], capitals: bool, places: &[String]) -> Vec<Vec<&'a str>> {
    let (mut all, mut name) = (Vec::new(), Vec::new());
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at.saturating_add(1)).copied().unwrap_or_default();
        let fits = is_word(word) && (!capitals || is_capital(word));
        if fits {
            name.push(*word);
        }
        let ends_place = fits && ["county", "city"].contains(&next.to_lowercase().as_str());
        if ends_place {
            name.truncate(before_place(&name, places));
        }
        if ends_place || !fits {
            all.push(std::mem::take(&mut name));
        }
    }
    all.push(name);
    all
}

/// How many words stand before the name of a place with which these end: of a place that is not
/// known, it is one word.
fn before_place(words: &[&str], places: &[String]) -> usize {
    let is_known = |from: &usize| is_place(words.get(*from..).unwrap_or_default(), places);
    (0..words.len()).find(is_known).unwrap_or(words.len().saturating_sub(1))
}

/// Whether these words, together, are the name of a place.
fn is_place(words: &[&str], places: &[String]) -> bool {
    words.is_empty() || places.contains(&place(&words.join(" ")))
}

/// The name of a place as it is compared: in small letters, without what kind of place it is.
pub(super) fn place(name: &str) -> String {
    let words = name.split_whitespace().map(|word| word.trim_end_matches('.').to_lowercase());
    let own = words.skip_while(|word| is_plain(word)).take_while(|word| !is_plain(word));
    own.collect::<Vec<_>>().join(" ")
}

/// A piece of a text that is a name whose last word is a plain one elsewhere: "Rebecca Hall".
/// `is_own` says that somebody of the desk is called so; in other fields such a word can say what
/// they are, and is one of a few.
pub(super) fn surnamed<'a>(
    piece: &'a str,
    places: &[String],
    is_own: bool,
) -> Option<Vec<&'a str>> {
    let words: Vec<&str> = piece.split_whitespace().map(bare).collect();
    let (last, first) = words.split_last()?;
    let list = if is_own { PLAIN } else { SURNAMES };
    let is_surname = among(list, &last.to_lowercase());
    let is_name = first.iter().all(|word| is_word(word) && is_capital(word));
    (is_surname && is_capital(last) && is_name && !is_place(first, places)).then_some(words)
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
        let places = ["adair", "cole", "cape girardeau", "st louis"].map(str::to_owned);
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
            ("Louis", vec!["Louis"]),
            ("Adair Cole", vec!["Adair Cole"]),
            ("Sheriff Sampleton, Cape Girardeau County", vec!["Sampleton"]),
            ("Testa Sampleton St. Louis City", vec!["Testa Sampleton"]),
            ("Quilla New County", vec!["Quilla"]),
            ("Republican judge at precinct 4", vec![]),
            ("testa sampleton, Adair County", vec!["testa sampleton"]),
            ("Testa Sampleton, who saw smoke", vec!["Testa Sampleton"]),
            ("sampleton, testa", vec!["sampleton", "testa"]),
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
    fn places_are_compared_by_their_own_words() {
        for (name, want) in [
            ("St. Louis County", "st louis"),
            ("Kansas City Board of Election Commissioners", "kansas"),
            ("City of Example", "example"),
            ("Ste. Genevieve County", "ste genevieve"),
        ] {
            assert_eq!(place(name), want);
        }
    }

    #[test]
    fn a_plain_word_is_a_name_behind_one() {
        let places = ["cole".to_owned()];
        for (piece, own, other) in [
            ("Rebecca Hall", true, true),
            (" Testa Q. Ward ", true, true),
            ("Testa Judge", true, false),
            ("Desk analyst", false, false),
            ("Clerk of Cole County", false, false),
            ("Cole County Clerk", false, false),
            ("Cole Clerk", false, false),
            ("Rebecca hall", false, false),
            ("Hall", false, false),
            ("Testa Sampleton", false, false),
        ] {
            let is = |is_own| surnamed(piece, &places, is_own).is_some();
            assert_eq!((is(true), is(false)), (own, other), "{piece}");
        }
    }

    #[test]
    fn parts_are_words_and_halves() {
        assert_eq!(parts(&["Testa", "Q.", "Ng-Example"]), ["Testa", "Ng-Example", "Ng", "Example"]);
    }
}
