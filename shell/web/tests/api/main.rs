//! The REST interface and the one table, asked over HTTP.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod client;
mod filled;
mod flows;
mod matrix;
#[path = "../common/office.rs"]
mod office;
#[path = "../common/open.rs"]
mod open;
mod paced;
mod room;
mod shape;
mod situation;
mod statuses;
mod strict;
mod table;

use std::net::SocketAddr;

use serde_json::Value;
use tempfile::TempDir;
use ward_web::route::{Route, Verb};

use client::{Answer, As, Ask};
use filled::Filled;

/// A desk, and its description.
pub(crate) struct House {
    pub(crate) filled: Filled,
    pub(crate) description: Value,
    _folder: TempDir,
}

impl House {
    pub(crate) async fn start() -> Self {
        Self::start_as(None).await
    }

    /// A desk that takes its own address to be another.
    pub(crate) async fn start_as(origin: Option<&str>) -> Self {
        let _folder = tempfile::tempdir().unwrap();
        let filled = Filled::start(_folder.path(), 0, origin).await;
        let description = Ask::get("/api/v1/openapi.json").send(filled.address, &As::Nobody).await;
        let description = description.is(200).json();
        Self { filled, description, _folder }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.filled.address
    }

    /// Somebody of a role of the whole state, signed in.
    pub(crate) async fn person(&self, role: ward_access::Role) -> As {
        As::Person(self.filled.person(role, None).await.1)
    }

    /// What the description says of a route.
    pub(crate) fn operation(&self, route: &Route) -> &Value {
        let verb = if route.verb == Verb::Get { "get" } else { "post" };
        &self.description["paths"][route.path][verb]
    }

    /// The answer is one that the description has: its status, its media type, its shape.
    #[track_caller]
    pub(crate) fn is_described(&self, route: &Route, answer: &Answer) {
        let operation = self.operation(route);
        let said = &operation["responses"][answer.status.to_string()];
        assert!(!said.is_null(), "{} {}: {}", route.name, answer.status, answer.text());
        let media = answer.media();
        let content = said["content"].get(media);
        assert!(content.is_some(), "{} answers as \"{media}\": {}", route.name, answer.text());
        if media.ends_with("json") {
            let schema = &content.unwrap()["schema"];
            let fits = shape::check(&self.description, schema, &answer.json());
            assert_eq!(fits, Ok(()), "{} {}", route.name, answer.text());
        }
    }
}
