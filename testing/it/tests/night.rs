//! What judges the election night (`benches/night`): a drill that cannot fail says nothing.

#![expect(dead_code, reason = "what only the bench uses")]

#[path = "../benches/night/links.rs"]
mod links;
#[path = "../benches/night/marks.rs"]
mod marks;
#[path = "../benches/night/seats.rs"]
mod seats;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use marks::{Kind, Marks, NO_PLACE, Sees, View, accessed, silent};
use seats::{LOCAL, STATE, Sitter, seats};

const GRACE: Duration = Duration::from_secs(10);
const MARK: &str = "q00042q";

/// As many of each role as the night has, or nearly.
fn people() -> Vec<Sitter> {
    let state = [("lead", 8), ("analyst", 20), ("auditor", 2)];
    let state = state.into_iter().flat_map(|(role, many)| vec![(role, None); many]);
    let clerks = (0..232).map(|n| ("local-clerk", Some(n % 116)));
    let it = (0..30).map(|n| ("local-it", Some(n)));
    state.chain(clerks).chain(it).chain(vec![("partner", None); 7]).collect()
}

#[test]
fn every_page_of_every_role_is_watched() {
    let people = people();
    for many in [80, 400] {
        let seats = seats(&people, many);
        assert_eq!(seats.len(), many);
        let roles: BTreeSet<&str> = seats.iter().map(|(number, _)| people[*number].0).collect();
        assert_eq!(roles.len(), 6, "{many}: {roles:?}");
        let open = |role: fn(&str) -> bool, places: usize| -> BTreeSet<&str> {
            let fits = |(number, _): &&(usize, seats::Page)| {
                let (of, place) = people[*number];
                role(of) && place.is_none_or(|place| place < places)
            };
            seats.iter().filter(fits).map(|(_, page)| page.path).collect()
        };
        assert_eq!(open(|role| role == "local-clerk", 116).len(), LOCAL.len(), "{many}");
        assert_eq!(open(|role| role == "local-it", 116).len(), LOCAL.len(), "{many}");
        // Of those whose machines are attacked as well.
        assert_eq!(open(|role| role.starts_with("local"), 12).len(), LOCAL.len(), "{many}");
        assert_eq!(open(|role| role == "analyst" || role == "lead", 0).len(), STATE.len());
    }
}

#[test]
fn who_sits_at_one_place_has_another_page() {
    let people = people();
    let seats = seats(&people, people.len());
    for place in 0..30 {
        let own = seats.iter().filter(|(number, _)| people[*number].1 == Some(place));
        let pages: Vec<&str> = own.map(|(_, page)| page.path).collect();
        assert_eq!((pages.len(), pages.iter().collect::<BTreeSet<_>>().len()), (3, 3), "{pages:?}");
    }
}

/// One console that shows a page after so long, and what was planted for its place at first.
fn came(kind: Kind, sign: &str, page: &str, after: Duration, sees: Sees) -> (usize, usize, usize) {
    let (marks, begun) = (Marks::default(), Instant::now() - Duration::from_secs(60));
    let kinds: &[Kind] = &[Kind::Attack, Kind::Access, Kind::Sensor, Kind::Silence];
    marks.open(vec![View { path: "/", kinds, sees }]);
    marks.plant_at(kind, sign, Some(3), begun);
    marks.shown(0, page, begun + after);
    let came = marks.came(GRACE);
    let timed = came.delays.values().map(|figures| figures.count()).sum();
    (came.missed.len(), came.leaked.len(), timed)
}

#[test]
fn what_is_shown_late_is_missed_and_what_nobody_may_know_is_leaked() {
    let (soon, late) = (Duration::from_secs(1), GRACE + Duration::from_secs(1));
    let (attempt, access) = (
        "<tr class=\"attempt\"><td><span class=\"rung attempt\">q00042q</td></tr>",
        "<tr><td>q00001q</td></tr><tr class=\"access\"><td>q00042q <span class=\"rung access\"></tr>",
    );
    let card = "<article class=\"card access\"><span class=\"rung access\">q00042q</article>";
    let other = "<article><span class=\"rung access\">q00001q</article><p>q00042q";
    let heard = "<tr><td>q00042q</td><td>Heard</td></tr><tr><td>q00001q Silent for 50 s</td></tr>";
    let quiet = "<tr><td>q00042q</td><td>Silent for 50 s</td></tr>";
    let (own, next, none) = (Sees::Place(3), Sees::Place(4), Sees::Nothing);
    let (got_in, unheard) = (accessed(MARK), silent(MARK));
    for (kind, sign, page, after, sees, expected) in [
        (Kind::Attack, MARK, attempt, soon, own, (0, 0, 1)),
        (Kind::Attack, MARK, attempt, late, own, (1, 0, 1)),
        (Kind::Attack, MARK, "nothing", soon, Sees::State, (1, 0, 0)),
        (Kind::Attack, MARK, attempt, soon, next, (0, 1, 0)),
        (Kind::Attack, MARK, attempt, late, none, (0, 1, 0)),
        (Kind::Access, &got_in, attempt, soon, own, (1, 0, 0)),
        (Kind::Access, &got_in, access, soon, own, (0, 0, 1)),
        (Kind::Access, &got_in, card, soon, own, (0, 0, 1)),
        (Kind::Access, &got_in, other, soon, own, (1, 0, 0)),
        (Kind::Access, &got_in, card, soon, next, (0, 1, 0)),
        (Kind::Sensor, MARK, heard, soon, own, (0, 0, 0)),
        (Kind::Sensor, MARK, heard, soon, next, (0, 1, 0)),
        (Kind::Silence, &unheard, heard, soon, own, (1, 0, 0)),
        (Kind::Silence, &unheard, quiet, soon, own, (0, 0, 1)),
    ] {
        assert_eq!(came(kind, sign, page, after, sees), expected, "{sign} for {sees:?} on {page}");
    }
    // Of the room alone, on somebody's page.
    let (marks, begun) = (Marks::default(), Instant::now());
    let view = |sees| View { path: "/", kinds: &[], sees };
    marks.open(vec![view(Sees::State), view(own)]);
    marks.plant(Kind::Note, MARK, Some(NO_PLACE));
    marks.shown(0, MARK, begun);
    marks.shown(1, MARK, begun);
    assert_eq!(marks.came(GRACE).leaked, [(MARK.to_owned(), 1)]);
}

#[test]
fn a_walk_is_led_on_within_the_desk_alone() {
    for (to, expected) in [
        (Some("/checklists/adair-county"), Some("/checklists/adair-county")),
        (Some("/"), Some("/")),
        (Some("/incidents?stage=new#open"), Some("/incidents?stage=new")),
        (Some("/confirm?then=/audit"), Some("/")),
        (Some("/sign-in?then=/cases"), None),
        (Some("/sign-in"), None),
        (Some("/second-factor"), None),
        (Some("/account/factors"), None),
        (Some("https://elsewhere.example/"), None),
        (Some("//elsewhere.example/"), None),
        (None, None),
    ] {
        assert_eq!(links::led(to).as_deref(), expected, "{to:?}");
    }
    let page = "<a href=\"/cases?rung=scan&amp;q=a\">x</a><a class=\"x\" href=\"#main\"><a \
                href=\"/api/v1\"><a href=\"https://elsewhere.example/\"><a href=\"/people\">";
    let found: Vec<String> = links::links_in(page).collect();
    assert_eq!(found, ["/cases?rung=scan&q=a", "/people"]);
}
