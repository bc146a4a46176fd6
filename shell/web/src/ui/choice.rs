//! Controls with which one chooses.

use maud::{Markup, html};

use super::control::{Control, Place, Words, labelled};

/// One of several values, from a list that opens.
#[derive(Clone, Debug)]
pub struct Select {
    name: String,
    label: String,
    hint: Option<String>,
    groups: Vec<Options>,
    picked: Option<String>,
    optional: bool,
}

/// Options under the name of their group, if they have one.
#[derive(Clone, Debug)]
struct Options {
    name: Option<String>,
    /// Values and the words for them.
    options: Vec<(String, String)>,
}

impl Select {
    /// A list with its label. It begins with an empty line unless something is picked.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: None,
            groups: Vec::new(),
            picked: None,
            optional: false,
        }
    }

    /// A value and the words for it.
    #[must_use]
    pub fn option(mut self, value: impl Into<String>, words: impl Into<String>) -> Self {
        let option = (value.into(), words.into());
        match self.groups.last_mut() {
            Some(group) => group.options.push(option),
            None => self.groups.push(Options { name: None, options: vec![option] }),
        }
        self
    }

    /// The options after this stand under a name.
    #[must_use]
    pub fn group(mut self, name: impl Into<String>) -> Self {
        self.groups.push(Options { name: Some(name.into()), options: Vec::new() });
        self
    }

    /// The value that is chosen at first.
    #[must_use]
    pub fn picked(mut self, value: impl Into<String>) -> Self {
        self.picked = Some(value.into());
        self
    }

    /// A sentence that helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// It may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn options(&self, options: &[(String, String)]) -> Markup {
        html! {
            @for (value, words) in options {
                option value=(value) selected[self.picked.as_ref() == Some(value)] { (words) }
            }
        }
    }
}

impl Select {
    /// Whether what is picked is among the options: where it is gone, nothing else is picked in its
    /// place by the browser.
    fn has_picked(&self) -> bool {
        let mut options = self.groups.iter().flat_map(|group| &group.options);
        self.picked.as_ref().is_some_and(|picked| options.any(|(value, _)| value == picked))
    }
}

impl Control for Select {
    fn draw(&self, place: &Place<'_>) -> Markup {
        let id = place.id(&self.name);
        let words = Words::new(&id, self.hint.as_deref(), place.error(&self.name));
        let list = html! {
            select id=(id) name=(self.name) required[!self.optional]
                aria-describedby=[words.ids()] aria-invalid=[words.invalid()] {
                @if self.optional {
                    option value="" { "None" }
                } @else if !self.has_picked() {
                    option value="" { "Choose one" }
                }
                @for group in &self.groups {
                    @if let Some(name) = &group.name {
                        optgroup label=(name) { (self.options(&group.options)) }
                    } @else {
                        (self.options(&group.options))
                    }
                }
            }
        };
        labelled(&id, (&self.label, self.optional), &words, &list)
    }

    fn called(&self, name: &str) -> Option<&str> {
        (self.name == name).then_some(self.label.as_str())
    }
}

/// One or several of a few values, all of them in sight, under a legend.
#[derive(Clone, Debug)]
pub struct Choice {
    kind: &'static str,
    name: String,
    legend: String,
    hint: Option<String>,
    options: Vec<(String, String, Option<String>)>,
    picked: Vec<String>,
    optional: bool,
}

impl Choice {
    fn new(kind: &'static str, name: impl Into<String>, legend: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            legend: legend.into(),
            hint: None,
            options: Vec::new(),
            picked: Vec::new(),
            optional: false,
        }
    }

    /// Exactly one of the options.
    #[must_use]
    pub fn one(name: impl Into<String>, legend: impl Into<String>) -> Self {
        Self::new("radio", name, legend)
    }

    /// Any number of the options, each sent by the same name.
    #[must_use]
    pub fn many(name: impl Into<String>, legend: impl Into<String>) -> Self {
        Self::new("checkbox", name, legend).optional()
    }

    /// A value and the words for it.
    #[must_use]
    pub fn option(mut self, value: impl Into<String>, label: impl Into<String>) -> Self {
        self.options.push((value.into(), label.into(), None));
        self
    }

    /// A value, the words for it, and what it means.
    #[must_use]
    pub fn hinted(
        mut self,
        value: impl Into<String>,
        label: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        self.options.push((value.into(), label.into(), Some(hint.into())));
        self
    }

    /// A value that is chosen at first.
    #[must_use]
    pub fn picked(mut self, value: impl Into<String>) -> Self {
        self.picked.push(value.into());
        self
    }

    /// A sentence below the legend.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Nothing need be chosen.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Control for Choice {
    fn draw(&self, place: &Place<'_>) -> Markup {
        let id = place.id(&self.name);
        let words = Words::new(&id, self.hint.as_deref(), place.error(&self.name));
        html! {
            fieldset.choice aria-describedby=[words.ids()] data-invalid[words.invalid().is_some()] {
                legend { (self.legend) }
                (words.draw())
                @for (i, (value, label, hint)) in self.options.iter().enumerate() {
                    // The first option carries the name's own id: there an error leads.
                    @let own = if i == 0 { id.clone() } else { format!("{id}-{}", i.saturating_add(1)) };
                    @let about = hint.as_ref().map(|_| format!("{own}-about"));
                    div.option {
                        input type=(self.kind) id=(own) name=(self.name) value=(value)
                            checked[self.picked.contains(value)]
                            required[self.kind == "radio" && !self.optional]
                            aria-describedby=[about.as_ref()];
                        label for=(own) { (label) }
                        @if let (Some(hint), Some(about)) = (hint, &about) {
                            p.hint id=(about) { (hint) }
                        }
                    }
                }
            }
        }
    }

    fn called(&self, name: &str) -> Option<&str> {
        (self.name == name).then_some(self.legend.as_str())
    }
}

/// A single box: sends `yes` when it is ticked, nothing when it is not.
#[derive(Clone, Debug)]
pub struct Check {
    name: String,
    label: String,
    hint: Option<String>,
    on: bool,
    required: bool,
}

impl Check {
    /// A box with its label.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), hint: None, on: false, required: false }
    }

    /// Whether it is ticked at first.
    #[must_use]
    pub fn on(mut self, on: bool) -> Self {
        self.on = on;
        self
    }

    /// It has to be ticked before the form can be sent.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// A sentence that helps.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Control for Check {
    fn draw(&self, place: &Place<'_>) -> Markup {
        let id = place.id(&self.name);
        let words = Words::new(&id, self.hint.as_deref(), place.error(&self.name));
        html! {
            div.option.alone {
                input type="checkbox" id=(id) name=(self.name) value="yes" checked[self.on]
                    required[self.required] aria-describedby=[words.ids()]
                    aria-invalid=[words.invalid()];
                label for=(id) { (self.label) }
                (words.draw())
            }
        }
    }

    fn called(&self, name: &str) -> Option<&str> {
        (self.name == name).then_some(self.label.as_str())
    }
}
