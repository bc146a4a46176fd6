//! Forms: what is asked, where it is sent, what is wrong with it.

use maud::{Markup, Render, html};

use super::Href;
use super::control::{Control, Errors, Hidden, Place, Prose};

/// A form. It is sent by POST unless it says [`Form::get`].
///
/// It carries no token: the sign-in's cookie is `SameSite=Strict`, and every unsafe method is
/// refused unless it comes from a page of this site. Who opened its page is put into it by the page.
pub struct Form {
    id: String,
    action: Href,
    submit: String,
    get: bool,
    multipart: bool,
    inline: bool,
    danger: bool,
    controls: Vec<Box<dyn Control>>,
    errors: Errors,
    cancel: Option<(String, Href)>,
    also: Vec<(String, String, String)>,
    kept: Option<String>,
}

impl Form {
    /// A form: its `id` on the page, where it is sent, and the words on its button, which say what
    /// will happen ("Save the office", never "Submit").
    #[must_use]
    pub fn new(id: impl Into<String>, action: Href, submit: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            action,
            submit: submit.into(),
            get: false,
            multipart: false,
            inline: false,
            danger: false,
            controls: Vec::new(),
            errors: Errors::new(),
            cancel: None,
            also: Vec::new(),
            kept: None,
        }
    }

    /// Only asks: the values become the address's query. Never for secrets or personal data.
    #[must_use]
    pub fn get(mut self) -> Self {
        self.get = true;
        self
    }

    /// Sends files.
    #[must_use]
    pub fn multipart(mut self) -> Self {
        self.multipart = true;
        self
    }

    /// Its fields stand in a row, as above a table that they filter.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    /// What it does cannot be undone.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// One control more.
    #[must_use]
    pub fn field(mut self, control: impl Control + 'static) -> Self {
        self.controls.push(Box::new(control));
        self
    }

    /// Text between the controls.
    #[must_use]
    pub fn prose(self, text: Markup) -> Self {
        self.field(Prose(text))
    }

    /// What is wrong with what was sent: told above the form and at each field.
    #[must_use]
    pub fn errors(mut self, errors: &Errors) -> Self {
        self.errors = errors.clone();
        self
    }

    /// A way out beside the button.
    #[must_use]
    pub fn cancel(mut self, label: impl Into<String>, href: Href) -> Self {
        self.cancel = Some((label.into(), href));
        self
    }

    /// A second button, which sends `name=value` with the rest.
    #[must_use]
    pub fn also(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        self.also.push((name.into(), value.into(), label.into()));
        self
    }

    /// What is written into it is kept on the device of whoever writes while the network is away;
    /// `what` says what it is, such as "Report of an incident". It needs a hidden field `key` that
    /// makes what is sent twice one entry, and the page needs [`super::Page::keeps`].
    #[must_use]
    pub fn kept(mut self, what: impl Into<String>) -> Self {
        self.kept = Some(what.into());
        self
    }

    /// What is wrong, in the order of the form.
    fn wrong(&self) -> Errors {
        let mut errors = self.errors.clone();
        let place = |name: &str| self.controls.iter().position(|one| one.called(name).is_some());
        errors.fields.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
        errors
    }

    fn summary(&self, place: &Place<'_>) -> Markup {
        let title = format!("{}-wrong", self.id);
        html! {
            @if !place.errors.is_empty() {
                div.notice.bad role="alert" aria-labelledby=(title) {
                    p.title id=(title) { (super::svg::bad()) "This could not be taken" }
                    ul {
                        @for sentence in &place.errors.whole { li { (sentence) } }
                        @for (name, sentence) in &place.errors.fields {
                            li {
                                @match self.controls.iter().find_map(|one| one.called(name)) {
                                    Some(called) => a href=(Href::on_page(&place.id(name))) {
                                        strong { (called) } " " (sentence)
                                    },
                                    None => (sentence)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Form {
    fn render(&self) -> Markup {
        let errors = self.wrong();
        let place = Place { form: &self.id, errors: &errors };
        let method = if self.get { "get" } else { "post" };
        let encoding = self.multipart.then_some("multipart/form-data");
        // The server's sentences say more than the browser's bubbles and are read aloud.
        html! {
            form id=(self.id) .form .inline[self.inline] method=(method) action=(self.action)
                enctype=[encoding] novalidate[!self.get] data-kept=[self.kept.as_ref()]
                // Its words come back by their person's key: the browser would show them to anybody.
                autocomplete=[self.kept.as_ref().map(|_| "off")] {
                (self.summary(&place))
                @for control in &self.controls { (control.draw(&place)) }
                div.buttons {
                    button .danger[self.danger] type="submit" { (self.submit) }
                    @for (name, value, label) in &self.also {
                        button.second type="submit" name=(name) value=(value) { (label) }
                    }
                    @if let Some((label, href)) = &self.cancel { a.way-out href=(href) { (label) } }
                }
            }
        }
    }
}

/// A form of one button, such as one that ends a session in a row of a table.
#[derive(Clone, Debug)]
pub struct Act {
    id: String,
    action: Href,
    label: String,
    about: Option<String>,
    values: Vec<Hidden>,
    danger: bool,
}

impl Act {
    /// A button: its `id` on the page, where it is sent by POST, its words.
    #[must_use]
    pub fn new(id: impl Into<String>, action: Href, label: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            action,
            label: label.into(),
            about: None,
            values: Vec::new(),
            danger: false,
        }
    }

    /// What it acts on, for whoever hears the button without seeing its row.
    #[must_use]
    pub fn about(mut self, what: impl Into<String>) -> Self {
        self.about = Some(what.into());
        self
    }

    /// A value that it sends.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.push(Hidden::new(name, value));
        self
    }

    /// What it does cannot be undone. Where it also cannot be repaired, use [`super::Confirm`].
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

impl Render for Act {
    fn render(&self) -> Markup {
        let errors = Errors::new();
        let place = Place { form: &self.id, errors: &errors };
        html! {
            form.act id=(self.id) method="post" action=(self.action) {
                @for value in &self.values { (value.draw(&place)) }
                button.second .danger[self.danger] type="submit" {
                    (self.label)
                    @if let Some(about) = &self.about { span.unseen { ": " (about) } }
                }
            }
        }
    }
}

/// A link that looks like a button, for the one thing that a page leads to.
#[derive(Clone, Debug)]
pub struct Go {
    label: String,
    href: Href,
    second: bool,
}

impl Go {
    /// The words and where they lead.
    #[must_use]
    pub fn new(label: impl Into<String>, href: Href) -> Self {
        Self { label: label.into(), href, second: false }
    }

    /// Of lesser weight.
    #[must_use]
    pub fn second(mut self) -> Self {
        self.second = true;
        self
    }
}

impl Render for Go {
    fn render(&self) -> Markup {
        html! { a.button .second[self.second] href=(self.href) { (self.label) } }
    }
}
