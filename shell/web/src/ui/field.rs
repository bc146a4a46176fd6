//! Fields into which one writes.

use maud::{Markup, html};

use super::control::{Control, Place, Words, labelled};

/// How wide a field is: as wide as what is expected in it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Width {
    /// As wide as the form.
    #[default]
    Full,
    /// A name, a word.
    Medium,
    /// A number, a code, a day.
    Short,
}

impl Width {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Medium => "medium",
            Self::Short => "short",
        }
    }
}

/// A field with its label. It is required unless it says [`Field::optional`].
#[derive(Clone, Debug)]
pub struct Field {
    kind: &'static str,
    name: String,
    label: String,
    hint: Option<String>,
    value: Option<String>,
    auto: Option<&'static str>,
    mode: Option<&'static str>,
    accept: Option<&'static str>,
    range: Option<(i64, i64)>,
    rows: usize,
    max: Option<usize>,
    width: Width,
    optional: bool,
    mono: bool,
    focus: bool,
}

impl Field {
    fn new(kind: &'static str, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            label: label.into(),
            hint: None,
            value: None,
            auto: None,
            mode: None,
            accept: None,
            range: None,
            rows: 0,
            max: None,
            width: Width::Full,
            optional: false,
            mono: false,
            focus: false,
        }
    }

    /// A line of text.
    #[must_use]
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("text", name, label)
    }

    /// The password of somebody who signs in. It is never sent back in a page.
    #[must_use]
    pub fn password(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("password", name, label).auto("current-password")
    }

    /// A password that is being chosen. It is never sent back in a page.
    #[must_use]
    pub fn new_password(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("password", name, label).auto("new-password")
    }

    /// An address for mail.
    #[must_use]
    pub fn email(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("email", name, label).auto("email")
    }

    /// A whole number from `least` to `most`.
    #[must_use]
    pub fn number(
        name: impl Into<String>,
        label: impl Into<String>,
        least: i64,
        most: i64,
    ) -> Self {
        let mut field = Self::new("number", name, label).width(Width::Short);
        (field.range, field.mode) = (Some((least, most)), Some("numeric"));
        field
    }

    /// Words to look for; not required.
    #[must_use]
    pub fn search(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("search", name, label).optional()
    }

    /// A day of the calendar.
    #[must_use]
    pub fn date(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("date", name, label).width(Width::Short)
    }

    /// A day and a time, in the office's zone.
    #[must_use]
    pub fn moment(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("datetime-local", name, label).width(Width::Medium)
    }

    /// A code that is used once, such as six digits of an app.
    #[must_use]
    pub fn code(name: impl Into<String>, label: impl Into<String>) -> Self {
        let mut field = Self::new("text", name, label).width(Width::Short).mono();
        (field.auto, field.mode) = (Some("one-time-code"), Some("numeric"));
        field
    }

    /// Several lines.
    #[must_use]
    pub fn area(name: impl Into<String>, label: impl Into<String>, rows: usize) -> Self {
        let mut field = Self::new("textarea", name, label);
        field.rows = rows.clamp(2, 40);
        field
    }

    /// A file; the form must be [`super::Form::multipart`]. `accept` lists endings or media types.
    #[must_use]
    pub fn file(
        name: impl Into<String>,
        label: impl Into<String>,
        accept: Option<&'static str>,
    ) -> Self {
        let mut field = Self::new("file", name, label);
        field.accept = accept;
        field
    }

    /// What stands in it at first. Passwords and files ignore it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// A sentence that helps to fill it in; stands above the field, where a keyboard on the screen
    /// does not hide it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// It may stay empty; its label says so.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// What a browser may fill in (HTML Standard, 4.10.18.7); `off` when it must not.
    #[must_use]
    pub fn auto(mut self, tokens: &'static str) -> Self {
        self.auto = Some(tokens);
        self
    }

    /// At most so many characters.
    #[must_use]
    pub fn max(mut self, characters: usize) -> Self {
        self.max = Some(characters);
        self
    }

    /// How wide it is.
    #[must_use]
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// In the type of machines, without spelling help.
    #[must_use]
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Where one begins to write: at most one on a page, and only where the page is its form.
    #[must_use]
    pub fn focus(mut self) -> Self {
        self.focus = true;
        self
    }

    fn class(&self) -> String {
        format!("{} {}", self.width.class(), if self.mono { "mono" } else { "plain" })
    }

    fn spelling(&self) -> Option<&'static str> {
        (self.mono || self.kind == "email").then_some("false")
    }

    /// After a refusal one begins where the first thing is wrong.
    fn is_first(&self, place: &Place<'_>) -> bool {
        place.errors.fields.first().map_or(self.focus, |(name, _)| *name == self.name)
    }

    fn area_of(&self, id: &str, words: &Words<'_>, focus: bool) -> Markup {
        html! {
            textarea id=(id) name=(self.name) class=(self.class()) rows=(self.rows)
                required[!self.optional] maxlength=[self.max] autocomplete=[self.auto]
                spellcheck=[self.spelling()] autofocus[focus]
                aria-describedby=[words.ids()] aria-invalid=[words.invalid()] {
                // A parser drops the first line feed of a text area.
                "\n" (self.value.as_deref().unwrap_or_default())
            }
        }
    }

    fn input(&self, id: &str, words: &Words<'_>, focus: bool) -> Markup {
        // A password or a file is not sent back into a page.
        let value = self.value.as_ref().filter(|_| !matches!(self.kind, "password" | "file"));
        let (least, most) = (self.range.map(|range| range.0), self.range.map(|range| range.1));
        html! {
            input id=(id) name=(self.name) class=(self.class()) type=(self.kind) value=[value]
                required[!self.optional] maxlength=[self.max] min=[least] max=[most]
                autocomplete=[self.auto] inputmode=[self.mode] accept=[self.accept]
                spellcheck=[self.spelling()] autocapitalize=[self.spelling().map(|_| "none")]
                autofocus[focus]
                aria-describedby=[words.ids()] aria-invalid=[words.invalid()];
        }
    }
}

impl Control for Field {
    fn draw(&self, place: &Place<'_>) -> Markup {
        let id = place.id(&self.name);
        let words = Words::new(&id, self.hint.as_deref(), place.error(&self.name));
        // A field for searching is of its nature optional.
        let says = self.optional && self.kind != "search";
        let focus = self.is_first(place);
        let control = match self.kind {
            "textarea" => self.area_of(&id, &words, focus),
            _ => self.input(&id, &words, focus),
        };
        labelled(&id, (&self.label, says), &words, &control)
    }

    fn called(&self, name: &str) -> Option<&str> {
        (self.name == name).then_some(self.label.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Errors;

    #[test]
    fn never_sends_a_password_back() {
        let errors = Errors::new().add("password", "Wrong.");
        let place = Place { form: "in", errors: &errors };
        let field = Field::password("password", "Password").value("hunter2").draw(&place);
        let page = field.into_string();
        assert!(!page.contains("hunter2"));
        assert!(page.contains("aria-describedby=\"in-password-error\" aria-invalid=\"true\""));
        assert!(page.contains("autocomplete=\"current-password\""), "{page}");
    }

    #[test]
    fn one_begins_where_something_is_wrong() {
        let errors = Errors::new().add("b", "Wrong.").add("c", "Wrong.");
        let place = Place { form: "f", errors: &errors };
        let begins = |name: &str, focus: bool| {
            let field = Field::text(name, name);
            let field = if focus { field.focus() } else { field };
            field.draw(&place).into_string().contains("autofocus")
        };
        assert!(!begins("a", true) && begins("b", false) && !begins("c", false));
    }

    #[test]
    fn keeps_the_first_line_feed_of_an_area() {
        let errors = Errors::new();
        let place = Place { form: "f", errors: &errors };
        let page = Field::area("a", "A", 1).value("\nx</textarea>").draw(&place).into_string();
        assert!(page.contains(">\n\nx&lt;/textarea&gt;</textarea>"), "{page}");
    }
}
