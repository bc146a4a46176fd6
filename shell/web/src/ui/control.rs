//! What every control of a form has in common: its place, its error, its group.

use maud::{Markup, html};

/// Something that a [`super::Form`] can hold.
pub trait Control: Send + Sync {
    /// The control in its form, which gives it its `id` and tells it its error.
    fn draw(&self, place: &Place<'_>) -> Markup;

    /// What it is called on the page, when it sends a value by this name: an error of that value is
    /// told with it and leads there.
    fn called(&self, name: &str) -> Option<&str>;
}

/// Where a control stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The form's `id`; it begins every `id` within.
    pub form: &'a str,
    /// What is wrong with what was sent.
    pub errors: &'a Errors,
}

impl Place<'_> {
    /// The `id` of the control that sends `name`.
    #[must_use]
    pub fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.form)
    }

    /// What is wrong with the value of `name`.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        let mut all = self.errors.fields.iter();
        all.find(|(field, _)| field == name).map(|(_, sentence)| sentence.as_str())
    }
}

/// What is wrong with what was sent, in sentences that say what to do.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Errors {
    pub(super) whole: Vec<String>,
    pub(super) fields: Vec<(String, String)>,
}

impl Errors {
    /// Nothing is wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Something is wrong with the value that is sent by this name.
    #[must_use]
    pub fn add(mut self, name: impl Into<String>, sentence: impl Into<String>) -> Self {
        self.fields.push((name.into(), sentence.into()));
        self
    }

    /// Something is wrong that belongs to no single value.
    #[must_use]
    pub fn whole(mut self, sentence: impl Into<String>) -> Self {
        self.whole.push(sentence.into());
        self
    }

    /// What belongs to no single value, apart from the rest: for a page that has to say it even
    /// where it does not show the form any more.
    pub(crate) fn apart(mut self) -> (Vec<String>, Self) {
        (std::mem::take(&mut self.whole), self)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.fields.is_empty()
    }

    /// What is wrong, in one text, each sentence with the name of its value before it: for programs,
    /// which have no form to show it in.
    pub(crate) fn sentences(&self) -> String {
        let whole = self.whole.iter().cloned();
        let fields = self.fields.iter().map(|(name, sentence)| format!("{name}: {sentence}"));
        whole.chain(fields).collect::<Vec<_>>().join(" ")
    }
}

/// The words of a control: its hint and its error, and the list of their `id`s.
pub(super) struct Words<'a> {
    id: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
}

impl<'a> Words<'a> {
    pub(super) const fn new(id: &'a str, hint: Option<&'a str>, error: Option<&'a str>) -> Self {
        Self { id, hint, error }
    }

    /// For `aria-describedby`.
    pub(super) fn ids(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.id));
        let error = self.error.map(|_| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// For `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    pub(super) fn draw(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint { p.hint id={ (self.id) "-hint" } { (hint) } }
            @if let Some(error) = self.error {
                p.error id={ (self.id) "-error" } { span.unseen { "Error: " } (error) }
            }
        }
    }
}

/// A control under its label, with its words between them.
pub(super) fn labelled(
    id: &str,
    (label, optional): (&str, bool),
    words: &Words<'_>,
    control: &Markup,
) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) @if optional { " " span.soft { "(optional)" } } }
            (words.draw())
            (control)
        }
    }
}

/// A value that is sent without being shown. It holds no secret: whoever sees the page reads it.
#[derive(Clone, Debug)]
pub struct Hidden {
    name: String,
    value: String,
}

impl Hidden {
    /// A name and its value.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

impl Control for Hidden {
    fn draw(&self, _place: &Place<'_>) -> Markup {
        html! { input type="hidden" name=(self.name) value=(self.value); }
    }

    fn called(&self, _name: &str) -> Option<&str> {
        None
    }
}

/// Text within a form.
pub(super) struct Prose(pub(super) Markup);

impl Control for Prose {
    fn draw(&self, _place: &Place<'_>) -> Markup {
        html! { div.prose { (self.0) } }
    }

    fn called(&self, _name: &str) -> Option<&str> {
        None
    }
}

/// Controls that belong together, under a legend.
pub struct Group {
    legend: String,
    hint: Option<String>,
    controls: Vec<Box<dyn Control>>,
}

impl Group {
    /// A group under this legend.
    #[must_use]
    pub fn new(legend: impl Into<String>) -> Self {
        Self { legend: legend.into(), hint: None, controls: Vec::new() }
    }

    /// A sentence below the legend.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// One control more.
    #[must_use]
    pub fn field(mut self, control: impl Control + 'static) -> Self {
        self.controls.push(Box::new(control));
        self
    }
}

impl Control for Group {
    fn draw(&self, place: &Place<'_>) -> Markup {
        html! {
            fieldset.group {
                legend { (self.legend) }
                @if let Some(hint) = &self.hint { p.hint { (hint) } }
                @for control in &self.controls { (control.draw(place)) }
            }
        }
    }

    fn called(&self, name: &str) -> Option<&str> {
        self.controls.iter().find_map(|control| control.called(name))
    }
}
