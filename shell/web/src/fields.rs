//! What people sent: the values of an address's query, or of a form.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::refused::Refused;
use crate::server::errors::Problem;
use crate::ui::Href;

/// Values that were sent by name: those of an address's query, or of a form.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// These values.
    pub(crate) const fn new(values: Vec<(String, String)>) -> Self {
        Self(values)
    }

    /// The first value of a name, without the space around it; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value with its name, as they were sent.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same values, but those of one name.
    pub(crate) fn but(mut self, name: &str) -> Self {
        self.0.retain(|(one, _)| one != name);
        self
    }

    /// All values of a name, without the space around them: boxes of one group are sent by one name,
    /// and a list of a document is one text with commas.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let sent = self.0.iter().filter(move |(key, _)| key == name);
        let each = sent.flat_map(|(_, value)| value.split(',').map(str::trim));
        each.filter(|value| !value.is_empty())
    }

    /// The first value of a name as it was sent, for passwords: the space around one belongs to it.
    pub(crate) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first value of a name when it is not empty.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    /// The value of a list of choices that begins with [`ANY`]: `None` when nothing was chosen.
    pub(crate) fn chosen(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| *value != ANY)
    }

    /// A number, when one was given and can be read.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.given(name).and_then(|text| text.parse().ok())
    }

    /// The address `path` with these values again, but for one name.
    pub(crate) fn again(&self, path: &'static str, without: &str) -> Href {
        self.without(path, &[without])
    }

    /// The same, but for some names.
    pub(crate) fn without(&self, path: &'static str, names: &[&str]) -> Href {
        let told = |value: &str| !value.is_empty() && value != ANY;
        let is_kept = |name: &String| !names.contains(&name.as_str());
        let kept = self.0.iter().filter(|(name, value)| is_kept(name) && told(value));
        kept.fold(Href::at(path), |href, (name, value)| href.query(name, value))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Fields {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}

/// The values of the address's query.
pub(crate) struct Asked(pub(crate) Fields);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map(|Query(pairs)| Self(Fields(pairs)))
            .map_err(|_| unreadable("The address of this page cannot be read"))
    }
}

/// The values of a form that was sent.
pub(crate) struct Sent(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(pairs)| Self(Fields(pairs.into_iter().map(own_lines).collect())))
            .map_err(|_| unreadable("What was sent cannot be read"))
    }
}

/// Browsers end the lines of a form's text by CR LF (HTML, 4.10.21.4), however they were written.
fn own_lines((name, value): (String, String)) -> (String, String) {
    (name, if value.contains('\r') { value.replace("\r\n", "\n") } else { value })
}

fn unreadable(title: &str) -> Refused {
    let what = "Go back to the page before, and send the form from there again.";
    Problem::new(StatusCode::BAD_REQUEST, title, what).into()
}

/// What a list sends when nothing is chosen from it.
pub(crate) const ANY: &str = "any";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_form_end_as_they_were_written() {
        let (_, value) = own_lines(("note".to_owned(), "one\r\ntwo\rthree\n".to_owned()));
        assert_eq!(value, "one\ntwo\rthree\n");
    }

    #[test]
    fn fields_are_read_and_written_again() {
        let fields = Fields::from([("q", " a b "), ("rung", "attempt"), ("page", "3"), ("x", "")]);
        assert_eq!(fields.text("q"), "a b");
        assert_eq!((fields.given("x"), fields.number("page")), (None, Some(3)));
        assert_eq!(fields.again("/cases", "page").as_str(), "/cases?q=%20a%20b%20&rung=attempt");
        let fields = Fields::from([("also", "a"), ("x", "y"), ("also", " b,, c ")]);
        assert_eq!(fields.all("also").collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
