//! Choices: what is picked from a short list.

/// Declares a choice once: the variant, its stored name, and what people read.
macro_rules! choices {
    ($(#[$doc:meta])+ $name:ident { $($(#[$each:meta])+ $one:ident = $stored:literal, $label:literal;)+ }) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum $name { $($(#[$each])+ #[serde(rename = $stored)] $one,)+ }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: [Self; [$($stored),+].len()] = [$(Self::$one),+];

            /// The name by which it is kept.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$one => $stored,)+ }
            }

            /// What people read.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$one => $label,)+ }
            }

            /// One by its name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.name() == name)
            }
        }
    };
}
pub(crate) use choices;
