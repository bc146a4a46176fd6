//! Local election authorities: the shipped list of Missouri's, and lists of other states.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ward_kernel::list::{self, Problem};
use ward_kernel::words::brief;

/// A local election authority and where it conducts elections.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Jurisdiction {
    /// Short name for addresses and files: small letters, digits and single hyphens, at most 48.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Who answers for it.
    pub kind: JurisdictionKind,
    /// Counties (or what the state has instead) in which it conducts elections, at least one.
    /// Two authorities can share a county: each then serves a part of it.
    pub counties: Vec<String>,
}

/// Who answers for elections in a jurisdiction.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JurisdictionKind {
    /// One officer: a county or town clerk, a registrar, a director of elections.
    Clerk,
    /// A board of election commissioners.
    Board,
    /// The state's chief election office itself: no local authority, but it has machines too.
    State,
}

/// The id under which the state office's own machines stand among the jurisdictions.
pub const STATE_OFFICE: &str = "state-office";

impl Jurisdiction {
    /// The state office, as the owner of its own machines.
    #[must_use]
    pub fn state_office() -> Self {
        Self {
            id: STATE_OFFICE.to_owned(),
            name: "State office".to_owned(),
            kind: JurisdictionKind::State,
            counties: Vec::new(),
        }
    }
}

impl JurisdictionKind {
    /// The name by which the kind is stored and sent: `clerk`, `board`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Board => "board",
            Self::State => "state",
        }
    }
}

impl fmt::Display for JurisdictionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JurisdictionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "clerk" => Ok(Self::Clerk),
            "board" => Ok(Self::Board),
            "state" => Ok(Self::State),
            _ => Err(format!("\"{}\" is not a kind: write clerk or board", brief(text))),
        }
    }
}

/// Missouri's 116 local election authorities: 110 county clerks and 6 boards of election
/// commissioners, in the order of their names.
///
/// Which counties and cities have a board is said by RSMo 115.017, and what the board of a city
/// serves by RSMo 115.021: that of Kansas City serves the part of the city in Jackson County, and
/// that of Jackson County the rest of the county. In St. Charles County, a charter county, a
/// director of elections does the clerk's work.
#[must_use]
pub fn missouri() -> Vec<Jurisdiction> {
    parse_list(MISSOURI).unwrap_or_default()
}

/// Reads a list of local election authorities: CSV with the header `id,name,kind,counties`, the
/// counties separated by semicolons. A field with a comma is put in double quotes (RFC 4180).
///
/// # Errors
/// All lines that cannot be used, at most [`MAX_PROBLEMS`]; a list with any is not used at all.
pub fn parse_list(csv: &str) -> Result<Vec<Jurisdiction>, Vec<Problem>> {
    LIST.read(csv, read_line, |one| &one.id)
}

/// How many problems [`parse_list`] reports before it stops reading.
pub const MAX_PROBLEMS: usize = 50;

const LIST: list::Kind = list::Kind {
    name: "list",
    one: "authority",
    header: HEADER,
    max_bytes: MAX_BYTES,
    max_problems: MAX_PROBLEMS,
    remarks: false,
};
/// The longest list, in bytes: ten times that of the state with the most authorities.
const MAX_BYTES: usize = 1 << 20;
const MAX_ID: usize = 48;
const MAX_NAME: usize = 120;
const MAX_COUNTIES: usize = 64;
const HEADER: &str = "id,name,kind,counties";
const MISSOURI: &str = include_str!("../data/missouri.csv");

fn read_line(text: &str) -> Result<Jurisdiction, String> {
    let [id, name, kind, counties] = list::fields(text)?;
    let counties: Vec<String> = counties
        .split(';')
        .map(|county| check_name("a county", county))
        .collect::<Result<_, _>>()?;
    if counties.len() > MAX_COUNTIES {
        return Err(format!("it has more than {MAX_COUNTIES} counties"));
    }
    Ok(Jurisdiction {
        id: check_id(&id)?,
        name: check_name("the name", &name)?,
        kind: local_kind(&kind)?,
        counties,
    })
}

/// The state office is no local authority: a list does not name it.
fn local_kind(text: &str) -> Result<JurisdictionKind, String> {
    match text.parse()? {
        JurisdictionKind::State => Err("the state office is not on the list of local ones".into()),
        kind => Ok(kind),
    }
}

fn check_id(id: &str) -> Result<String, String> {
    if id == "state" || id == STATE_OFFICE {
        return Err(format!("the id \"{id}\" is the state office's own: choose another"));
    }
    list::id(id, MAX_ID, "adair-county")
}

fn check_name(what: &str, name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(format!("{what} is empty"));
    }
    if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(format!("{what} is too long or holds control characters: \"{}\"", brief(name)));
    }
    Ok(name.into())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    fn of(kind: JurisdictionKind) -> Vec<Jurisdiction> {
        missouri().into_iter().filter(|one| one.kind == kind).collect()
    }

    #[test]
    fn missouri_has_110_clerks_and_6_boards() {
        let list = parse_list(MISSOURI).unwrap();
        assert_eq!(list.len(), 116);
        assert_eq!(of(JurisdictionKind::Clerk).len(), 110);
        let boards: Vec<_> = of(JurisdictionKind::Board).into_iter().map(|one| one.id).collect();
        assert_eq!(
            boards,
            [
                "clay-county-board",
                "jackson-county-board",
                "kansas-city-board",
                "platte-county-board",
                "st-louis-city-board",
                "st-louis-county-board"
            ]
        );
        assert!(list.is_sorted_by_key(|one| one.id.clone()));
    }

    #[test]
    fn every_county_of_missouri_is_served_and_only_jackson_by_two() {
        let mut served: BTreeMap<String, usize> = BTreeMap::new();
        for county in missouri().into_iter().flat_map(|one| one.counties) {
            *served.entry(county).or_default() += 1;
        }
        assert_eq!(served.len(), 115, "114 counties and the City of St. Louis");
        assert!(served.contains_key("City of St. Louis"));
        let shared: Vec<_> = served.iter().filter(|(_, n)| **n > 1).collect();
        assert_eq!(shared, [(&"Jackson County".to_owned(), &2)]);
        assert!(served.keys().all(|name| name.ends_with(" County") || name.starts_with("City of")));
    }

    #[test]
    fn a_clerks_id_is_the_slug_of_its_county() {
        for one in of(JurisdictionKind::Clerk) {
            let slug: String = one.name.to_lowercase().replace(". ", "-").replace(' ', "-");
            assert_eq!((one.id, one.counties), (slug, vec![one.name]));
        }
    }

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = missouri().into_iter().map(|one| one.name).collect();
        assert_eq!(names.len(), 116);
    }

    #[test]
    fn says_every_line_that_is_wrong() {
        let csv = "id,name,kind,counties\r\n\
                   adair-county,Adair County,clerk,Adair County\r\n\
                   Adair County,Adair County,clerk,Adair County\r\n\
                   \r\n\
                   adair-county,Adair County,clerk,Adair County\r\n\
                   b,B,sheriff,B\r\n\
                   c,C,clerk,\r\n\
                   d,D,clerk\r\n\
                   state,The state,board,All\r\n\
                   e,\"E,board,E\r\n\
                   -f,F,clerk,F;;\r\n";
        let problems = parse_list(csv).unwrap_err();
        let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [3, 5, 6, 7, 8, 9, 10, 11]);
        let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(texts[0].starts_with("line 3: \"Adair County\" is not an id"), "{texts:?}");
        assert!(texts[1].ends_with("is already on line 2"), "{texts:?}");
        assert!(texts[2].contains("write clerk or board"), "{texts:?}");
    }

    #[test]
    fn reads_lists_of_other_states() {
        let csv = "\u{feff}id,name,kind,counties\n\
                   east,\"Board of Elections, \"\"East\"\"\",board,First County; Second County\n";
        let list = parse_list(csv).unwrap();
        assert_eq!(list[0].name, "Board of Elections, \"East\"");
        assert_eq!(list[0].counties, ["First County", "Second County"]);
        assert!(parse_list("").unwrap_err()[0].what.contains("begins with"));
        assert!(parse_list(HEADER).unwrap_err()[0].what.contains("no authority"));
        assert!(parse_list(&" ".repeat(MAX_BYTES + 1)).is_err());
        assert_eq!(parse_list(&format!("{HEADER}\n{}", "x\n".repeat(99))).unwrap_err().len(), 50);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(rest in "(?s).{0,400}") {
            for csv in [rest.clone(), format!("{HEADER}\n{rest}")] {
                match parse_list(&csv) {
                    Ok(list) => prop_assert!(list.iter().all(|one| !one.counties.is_empty())),
                    Err(problems) => prop_assert!(!problems.is_empty()),
                }
            }
        }
    }
}
