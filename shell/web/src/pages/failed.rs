//! What was sent and could not be taken: the form that sent it shows it again.

use maud::Markup;

use super::parts::not_done;
use crate::fields::Fields;
use crate::ui::{Errors, Form, Select};

/// What was sent and could not be taken, and why; nothing where nothing was.
#[derive(Default)]
pub(super) struct Failed {
    pub(super) fields: Fields,
    /// What is wrong with single values.
    errors: Errors,
    /// Why it cannot follow now: its form may not stand there any more.
    why: Vec<String>,
}

impl Failed {
    pub(super) fn new(fields: Fields, errors: Errors) -> Self {
        let (why, errors) = errors.apart();
        Self { fields, errors, why }
    }

    pub(super) fn is_any(&self) -> bool {
        !self.errors.is_empty() || !self.why.is_empty()
    }

    /// Whether it was sent by the form of this act.
    pub(super) fn is(&self, act: &str) -> bool {
        self.is_any() && self.fields.text("act") == act
    }

    /// What was typed into a field of this form.
    pub(super) fn typed(&self, act: &str, name: &str) -> &str {
        if self.is(act) { self.fields.text(name) } else { "" }
    }

    /// A list of this form, with what was chosen.
    pub(super) fn chosen(&self, list: Select, act: &str, name: &str) -> Select {
        match self.typed(act, name) {
            "" => list,
            typed => list.picked(typed),
        }
    }

    /// A form, with what is wrong with its values when it is the one that was sent.
    pub(super) fn marked(&self, form: Form, is_sent: bool) -> Form {
        if is_sent { form.errors(&self.errors) } else { form }
    }

    /// What no form of the page can say; when the form does not stand there any more, what is wrong
    /// with its values as well.
    pub(super) fn notice(&self, stands: bool) -> Markup {
        let mut why = self.why.clone();
        if !stands && !self.errors.is_empty() {
            why.push(self.errors.sentences());
        }
        not_done(&why, &self.fields)
    }
}
