//! A list of indicators, arranged for looking at sorted keys.

use std::collections::{BTreeMap, HashMap};

use ward_kernel::{Addr, KeyKind, Net};

use crate::Indicator;

/// A list of indicators, arranged for looking at sorted keys.
pub(crate) struct Plan {
    indicators: Vec<Indicator>,
    /// Keys that are looked for as they are, sorted; by the kind's place in [`KeyKind::ALL`].
    exact: [Vec<(String, u32)>; 4],
    networks: Networks,
    /// Domains whose names are looked for.
    under: HashMap<String, u32>,
}

/// Networks by their length and first address.
#[derive(Default)]
struct Networks {
    known: HashMap<(u8, Addr), u32>,
    /// The lengths that occur, by family: IPv4 first.
    lengths: [Vec<u8>; 2],
    spans: Vec<Span>,
}

/// A run of sorted keys: from `from` on, to before `to` if that is given.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Span {
    pub(crate) from: String,
    pub(crate) to: Option<String>,
}

impl Plan {
    /// Arranges indicators; one that comes again is left out.
    pub(crate) fn new(list: &[Indicator]) -> Self {
        let mut plan = Self {
            indicators: Vec::new(),
            exact: Default::default(),
            networks: Networks::default(),
            under: HashMap::new(),
        };
        let mut seen = std::collections::HashSet::new();
        for indicator in list {
            if seen.insert(indicator) {
                plan.add(indicator);
            }
        }
        plan.exact.iter_mut().for_each(|keys| keys.sort_unstable());
        plan.networks.arrange();
        plan
    }

    /// The indicators, each once, in the order given. Their places are what the plan speaks of.
    pub(crate) fn indicators(self) -> Vec<Indicator> {
        self.indicators
    }

    /// The keys of a kind between two bounds, sorted, with their indicators.
    pub(crate) fn exact(&self, kind: KeyKind, min: &[u8], max: &[u8]) -> &[(String, u32)] {
        let [address, account, domain, hash] = &self.exact;
        let keys = match kind {
            KeyKind::Address => address,
            KeyKind::Account => account,
            KeyKind::Domain => domain,
            KeyKind::Hash => hash,
        };
        between(keys, min, max)
    }

    /// The runs of keys of a kind that must be looked at one by one.
    pub(crate) fn spans(&self, kind: KeyKind) -> &[Span] {
        const ALL: &[Span] = &[Span { from: String::new(), to: None }];
        match kind {
            KeyKind::Address => &self.networks.spans,
            KeyKind::Domain if !self.under.is_empty() => ALL,
            _ => &[],
        }
    }

    /// Adds the indicators that a key of such a run belongs to.
    pub(crate) fn wide(&self, kind: KeyKind, key: &str, add: &mut impl FnMut(u32)) {
        match kind {
            KeyKind::Address => self.networks.holding(key, add),
            KeyKind::Domain => {
                let mut rest = Some(key);
                while let Some(name) = rest {
                    self.under.get(name).copied().map(&mut *add);
                    rest = name.split_once('.').map(|(_, rest)| rest);
                }
            }
            KeyKind::Account | KeyKind::Hash => {}
        }
    }

    fn add(&mut self, indicator: &Indicator) {
        let Ok(place) = u32::try_from(self.indicators.len()) else { return };
        let [address, account, domain, hash] = &mut self.exact;
        match indicator {
            Indicator::Address(addr) => address.push((addr.to_string(), place)),
            Indicator::Account(name) => account.push((name.clone(), place)),
            Indicator::Domain(name) => domain.push((name.clone(), place)),
            Indicator::Hash(hex) => hash.push((hex.clone(), place)),
            Indicator::Network(net) => self.networks.add(*net, place),
            Indicator::Under(name) => {
                self.under.insert(name.clone(), place);
            }
        }
        self.indicators.push(indicator.clone());
    }
}

/// The part of a sorted list that lies between two bounds, both included.
pub(crate) fn between<'a>(
    keys: &'a [(String, u32)],
    min: &[u8],
    max: &[u8],
) -> &'a [(String, u32)] {
    let from = keys.partition_point(|(key, _)| key.as_bytes() < min);
    let to = keys.partition_point(|(key, _)| key.as_bytes() <= max);
    keys.get(from..to).unwrap_or_default()
}

impl Span {
    /// Whether any key between two bounds, both included, lies in it.
    pub(crate) fn touches(&self, min: &[u8], max: &[u8]) -> bool {
        self.from.as_bytes() <= max && self.to.as_ref().is_none_or(|to| to.as_bytes() > min)
    }

    /// Whether the key lies in it.
    pub(crate) fn holds(&self, key: &[u8]) -> bool {
        self.touches(key, key)
    }

    /// All keys that begin so. The last byte of `prefix` is `.` or `:`, or there is none.
    fn beginning(prefix: String) -> Self {
        // The byte behind `.` is `/`, the one behind `:` is `;`.
        let to = match prefix.strip_suffix('.') {
            Some(stem) => Some(format!("{stem}/")),
            None => prefix.strip_suffix(':').map(|stem| format!("{stem};")),
        };
        Self { from: prefix, to }
    }
}

impl Networks {
    fn add(&mut self, net: Net, place: u32) {
        let text = net.to_string();
        let Some(base) = text.split_once('/').and_then(|(base, _)| base.parse::<Addr>().ok())
        else {
            return;
        };
        let [v4, v6] = &mut self.lengths;
        if base.as_v4().is_some() { v4 } else { v6 }.push(net.bits());
        self.known.insert((net.bits(), base), place);
        self.spans.push(Span::beginning(common_text(base, net.bits())));
    }

    /// Joins runs that overlap.
    fn arrange(&mut self) {
        for lengths in &mut self.lengths {
            lengths.sort_unstable();
            lengths.dedup();
        }
        let mut joined: BTreeMap<String, Option<String>> = BTreeMap::new();
        self.spans.sort();
        for span in self.spans.drain(..) {
            match joined.last_entry() {
                Some(mut last) if last.get().as_ref().is_none_or(|to| *to >= span.from) => {
                    // Prefixes nest: the run that ends later is the wider one, or has no end.
                    let wider = last.get().is_none() || span.to.is_some() && *last.get() >= span.to;
                    if !wider {
                        last.insert(span.to);
                    }
                }
                _ => {
                    joined.insert(span.from, span.to);
                }
            }
        }
        self.spans = joined.into_iter().map(|(from, to)| Span { from, to }).collect();
    }

    fn holding(&self, key: &str, add: &mut impl FnMut(u32)) {
        let Some(addr) = Addr::parse(key.as_bytes()) else { return };
        let [v4, v6] = &self.lengths;
        for len in if addr.as_v4().is_some() { v4 } else { v6 } {
            self.known.get(&(*len, addr.prefix(*len))).copied().map(&mut *add);
        }
    }
}

/// What the text of every address of a network begins with.
///
/// IPv4: the octets that are fixed. IPv6 as RFC 5952 writes it: the groups that are fixed, up to the
/// first zero, which may have been shortened together with its neighbours.
fn common_text(base: Addr, len: u8) -> String {
    match base.as_v4() {
        Some(v4) => {
            let fixed = usize::from(len / 8).min(3);
            v4.to_be_bytes().iter().take(fixed).map(|octet| format!("{octet}.")).collect()
        }
        None => {
            let groups = base.bits().to_be_bytes();
            let groups = groups
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0_u16, |group, byte| group << 8 | u16::from(*byte)));
            let fixed = usize::from(len / 16).min(7);
            groups
                .take(fixed)
                .take_while(|group| *group != 0)
                .map(|group| format!("{group:x}:"))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn net(text: &str) -> Net {
        text.parse().unwrap()
    }

    #[test]
    fn begins_alike() {
        let text = |text: &str| {
            let base = text.split_once('/').unwrap().0.parse().unwrap();
            common_text(base, net(text).bits())
        };
        assert_eq!(text("198.51.100.0/24"), "198.51.100.");
        assert_eq!(text("198.51.64.0/18"), "198.51.");
        assert_eq!(text("0.0.0.0/0"), "");
        assert_eq!(text("2001:db8::/32"), "2001:db8:");
        assert_eq!(text("2001:db8::/48"), "2001:db8:");
        assert_eq!(text("2001:db8:0:1::/64"), "2001:db8:");
        assert_eq!(text("::/0"), "");
    }

    #[test]
    fn joins_runs() {
        let nets = ["198.51.100.0/24", "198.51.0.0/16", "203.0.113.0/25", "2001:db8::/32"];
        let list: Vec<_> = nets.iter().map(|text| Indicator::Network(net(text))).collect();
        let plan = Plan::new(&list);
        let spans: Vec<_> =
            plan.spans(KeyKind::Address).iter().map(|span| span.from.as_str()).collect();
        assert_eq!(spans, ["198.51.", "2001:db8:", "203.0.113."]);
        let mut all = list.clone();
        all.push(Indicator::Network(net("0.0.0.0/0")));
        let plan = Plan::new(&all);
        assert_eq!(plan.spans(KeyKind::Address), [Span::default()]);
    }

    #[test]
    fn names_under() {
        let plan = Plan::new(&[
            Indicator::Under("adair.example".into()),
            Indicator::Under("example".into()),
        ]);
        let under = |key: &str| {
            let mut places = Vec::new();
            plan.wide(KeyKind::Domain, key, &mut |place| places.push(place));
            places
        };
        assert_eq!(under("clerk.adair.example"), [0, 1]);
        assert_eq!(under("adair.example"), [0, 1]);
        assert_eq!(under("notadair.example"), [1]);
        assert!(under("adair.example.org").is_empty());
    }

    proptest! {
        /// Whatever a network holds lies in a run that is looked at, and is recognised.
        #[test]
        fn no_address_is_missed(bits in any::<u128>(), mask in any::<u128>(), len in 0..=128_u8, v4 in any::<bool>()) {
            // Masks make zero groups common.
            let bits = bits & (mask | 0xffff_0000_0000_ffff << 48);
            let addr = if v4 { Addr::v4(u32::try_from(bits >> 96).unwrap()) } else { Addr::from_bits(bits) };
            let len = if addr.as_v4().is_some() { len / 4 } else { len };
            let plan = Plan::new(&[Indicator::Network(Net::of(addr, len))]);
            let text = addr.to_string();
            prop_assert!(plan.spans(KeyKind::Address).iter().any(|span| span.holds(text.as_bytes())));
            let mut places = Vec::new();
            plan.wide(KeyKind::Address, &text, &mut |place| places.push(place));
            prop_assert_eq!(places, [0]);
        }
    }
}
