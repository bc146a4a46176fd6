//! Which judged case is which kept one: by family, by sources, by what was said of them before.

use ward_kernel::Addr;
use ward_watch::report::Case;

use crate::Kept;

/// Sources of a case that are kept and compared: the first, in order.
pub(crate) const SOURCES: usize = 1_000;

/// What kinds of cases can become each other. One source has at most one case of most families.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Family {
    Scan,
    Login,
    Web,
    Flood,
    Alert,
    Beacon,
}

impl Family {
    pub(crate) fn of(kind: &str) -> Self {
        match kind {
            "web.stuffing" => Self::Login,
            "web.flood" => Self::Flood,
            "beacon" => Self::Beacon,
            _ => match kind.split('.').next() {
                Some("login") => Self::Login,
                Some("web") => Self::Web,
                Some("ids") => Self::Alert,
                _ => Self::Scan,
            },
        }
    }
}

/// Whether cases of two kinds can be one: what is a guess where little is seen is a guess that
/// succeeded where more is.
#[must_use]
pub fn is_one_family(one: &str, other: &str) -> bool {
    Family::of(one) == Family::of(other)
}

/// How well a judged case fits a kept one; smaller is better.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Fit {
    /// The engine gave both the same id, and they share a source.
    Id,
    /// The same kind and the same sources.
    Same,
    /// The same family and the same sources: the kind moved.
    Moved,
    /// The same kind, and a source in common: the first source moved, or a campaign grew.
    Grown,
    /// The same family, and the kept one has half of the judged one's sources.
    Turned,
}

/// How many sources two ordered lists share.
pub(crate) fn shared(left: &[Addr], right: &[Addr]) -> usize {
    let (mut a, mut b, mut both) = (left.iter().peekable(), right.iter().peekable(), 0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                both += 1;
                a.next();
                b.next();
            }
        }
    }
    both
}

/// The sources of a judged case that are compared.
pub(crate) fn sources(case: &Case) -> &[Addr] {
    case.sources.get(..SOURCES).unwrap_or(&case.sources)
}

/// What a case aims at, where its sources do not tell it from others: beacons of one machine.
pub(crate) fn aim(case: &Case) -> Option<&str> {
    let told_apart = Family::of(case.kind) == Family::Beacon;
    case.targets.first().filter(|_| told_apart).map(String::as_str)
}

/// Whether and how a judged case is a kept one, and how many sources they share.
pub(crate) fn fit(case: &Case, kept: &Kept, aimed: Option<&str>) -> Option<(Fit, usize)> {
    let (family, sources) = (Family::of(case.kind), sources(case));
    if Family::of(&kept.kind) != family {
        return None;
    }
    let both = shared(sources, &kept.sources);
    if both == 0 || aim(case) != aimed {
        return None;
    }
    let (alike, equal) = (case.kind == kept.kind, sources == kept.sources.as_slice());
    let fit = match (alike, equal) {
        _ if case.id == kept.judged_id => Fit::Id,
        (true, true) => Fit::Same,
        (false, true) => Fit::Moved,
        (true, false) => Fit::Grown,
        (false, false) if both * 2 >= sources.len() => Fit::Turned,
        _ => return None,
    };
    Some((fit, both))
}

/// Whether a kept case already tells all that a judged one does.
pub(crate) fn tells(kept: &Kept, case: &Case) -> bool {
    let sources = sources(case);
    Family::of(&kept.kind) == Family::of(case.kind)
        && kept.rung >= case.rung
        && shared(sources, &kept.sources) == sources.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        assert_eq!(Family::of("probe.persistent"), Family::of("scan.slow"));
        assert_eq!(Family::of("web.stuffing"), Family::of("login.guess_then_success"));
        assert_eq!(Family::of("web.sqli"), Family::of("web.probe"));
        assert_ne!(Family::of("web.flood"), Family::of("web.sqli"));
        assert!(is_one_family("login.guess", "login.guess_then_success"));
        assert!(!is_one_family("login.guess", "web.sqli"));
    }

    #[test]
    fn shared_sources() {
        let list =
            |numbers: &[u32]| -> Vec<Addr> { numbers.iter().map(|n| Addr::v4(*n)).collect() };
        assert_eq!(shared(&list(&[1, 2, 3, 9]), &list(&[2, 3, 4, 9, 10])), 3);
        assert_eq!(shared(&[], &list(&[1])), 0);
    }
}
