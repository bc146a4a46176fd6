//! The last page before something that cannot be undone.

use maud::{Markup, Render, html};

use super::control::{Control, Errors};
use super::{Field, Form, Href, Width};

/// A form that says what will happen before it happens.
pub struct Confirm {
    form: Form,
    happens: Vec<String>,
}

impl Confirm {
    /// The words on the button, where it is sent, and where one goes instead.
    #[must_use]
    pub fn new(submit: impl Into<String>, action: Href, back: Href) -> Self {
        let form = Form::new("confirm", action, submit).danger();
        Self { form: form.cancel("Leave it as it is", back), happens: Vec::new() }
    }

    /// One thing that will happen, as a sentence.
    #[must_use]
    pub fn happens(mut self, sentence: impl Into<String>) -> Self {
        self.happens.push(sentence.into());
        self
    }

    /// The name has to be typed, as `confirm`, so that it is not the wrong one.
    #[must_use]
    pub fn typed(self, name: &str) -> Self {
        let field = Field::text("confirm", format!("Type {name} to go on"));
        self.field(field.mono().width(Width::Medium).auto("off"))
    }

    /// Something else that is asked, such as the reason or the password.
    #[must_use]
    pub fn field(mut self, control: impl Control + 'static) -> Self {
        self.form = self.form.field(control);
        self
    }

    /// What is wrong with what was sent.
    #[must_use]
    pub fn errors(mut self, errors: &Errors) -> Self {
        self.form = self.form.errors(errors);
        self
    }
}

impl Render for Confirm {
    fn render(&self) -> Markup {
        html! {
            div.confirm {
                @if !self.happens.is_empty() {
                    p.title { "What will happen" }
                    ul { @for sentence in &self.happens { li { (sentence) } } }
                }
                (self.form)
            }
        }
    }
}
