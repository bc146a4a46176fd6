//! What the description says of each route beyond what the table says.

use super::schema::{Field, Schema};

/// The description of one route.
pub(crate) struct Doc {
    /// The route's name in the table.
    pub(crate) route: &'static str,
    /// More about it than its one line in the table; may be empty.
    pub(crate) about: &'static str,
    /// The values of its query.
    pub(crate) query: fn() -> Vec<Field>,
    /// What is sent.
    pub(crate) body: Body,
    /// What comes back.
    pub(crate) gives: Gives,
    /// Refusals that do not follow from the table and from what is sent.
    pub(crate) refusals: &'static [u16],
    /// Whether it is about the state as a whole: whoever is bound to a jurisdiction is refused.
    pub(crate) whole_state: bool,
}

/// What is sent.
pub(crate) enum Body {
    /// Nothing.
    None,
    /// A document, with an example.
    Json(fn() -> Schema, &'static str),
    /// Bytes of one of these media types, at most so many, with an example.
    Bytes(&'static [&'static str], usize, &'static str),
}

/// What comes back.
pub(crate) enum Gives {
    /// A document, with its status.
    Json(u16, fn() -> Schema),
    /// A file of one of these media types.
    File(&'static [&'static str]),
}

impl Doc {
    /// A route that asks for nothing but its path, and gives a document.
    pub(crate) const fn plain(route: &'static str, schema: fn() -> Schema) -> Self {
        Self {
            route,
            about: "",
            query: Vec::new,
            body: Body::None,
            gives: Gives::Json(200, schema),
            refusals: &[],
            whole_state: false,
        }
    }

    /// Says more about it.
    pub(crate) const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// It has a query.
    pub(crate) const fn query(mut self, query: fn() -> Vec<Field>) -> Self {
        self.query = query;
        self
    }

    /// A document is sent to it.
    pub(crate) const fn takes(mut self, schema: fn() -> Schema, example: &'static str) -> Self {
        self.body = Body::Json(schema, example);
        self
    }

    /// It makes something: 201.
    pub(crate) const fn makes(mut self) -> Self {
        if let Gives::Json(_, schema) = self.gives {
            self.gives = Gives::Json(201, schema);
        }
        self
    }

    /// It can be refused with these, too.
    pub(crate) const fn refuses(mut self, statuses: &'static [u16]) -> Self {
        self.refusals = statuses;
        self
    }

    /// It is about the state as a whole.
    pub(crate) const fn whole_state(mut self) -> Self {
        self.whole_state = true;
        self
    }
}

/// All descriptions.
pub(crate) const ALL: &[&[Doc]] = &[
    super::openapi::DOCS,
    super::office::DOCS,
    super::cases::DOCS,
    super::deciding::DOCS,
    super::incidents::DOCS,
    super::rumors::DOCS,
    super::room::DOCS,
    super::elections::DOCS,
    super::situation::DOCS,
    super::checklists::DOCS,
    super::contacts::DOCS,
    super::sensors::DOCS,
    super::codes::DOCS,
    super::hunt::DOCS,
    super::people::DOCS,
    super::elsewhere::DOCS,
    super::invitations::DOCS,
    super::account::DOCS,
    super::notices::DOCS,
    super::after::DOCS,
    super::audit::DOCS,
    super::settings::DOCS,
    super::tokens::DOCS,
    super::records::DOCS,
];

/// The description of a route.
pub(crate) fn of(route: &str) -> Option<&'static Doc> {
    ALL.iter().flat_map(|docs| docs.iter()).find(|doc| doc.route == route)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::route::{Kind, all};

    #[test]
    fn every_route_of_the_interface_is_described_once_and_nothing_else() {
        let routes: Vec<_> =
            all().filter(|route| route.kind == Kind::Api).map(|route| route.name).collect();
        let docs: Vec<_> = ALL.iter().flat_map(|docs| docs.iter()).map(|doc| doc.route).collect();
        let (routes_set, docs_set): (BTreeSet<_>, BTreeSet<_>) =
            (routes.iter().collect(), docs.iter().collect());
        assert_eq!(routes_set, docs_set);
        assert_eq!((routes.len(), docs.len()), (routes_set.len(), docs_set.len()));
    }

    #[test]
    fn examples_fit_their_schemas() {
        for doc in ALL.iter().flat_map(|docs| docs.iter()) {
            if let Body::Json(schema, example) = doc.body {
                let mut value = serde_json::from_str(example).unwrap();
                assert_eq!(schema().check(&mut value, ""), Ok(()), "{}", doc.route);
            }
        }
    }
}
