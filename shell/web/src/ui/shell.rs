//! What stands around every page: the masthead, who is signed in, the ways through the house.

use maud::{Markup, Render, html};

use super::Href;
use super::text::grouped;

/// The main ways through the house; the one that leads to the current page says so.
#[derive(Clone, Debug)]
pub struct Nav {
    current: String,
    items: Vec<(String, Href, Option<u64>)>,
    rare: Vec<(String, Href)>,
}

impl Nav {
    /// Ways as seen from the page at `current`.
    #[must_use]
    pub fn new(current: &Href) -> Self {
        Self { current: current.path().to_owned(), items: Vec::new(), rare: Vec::new() }
    }

    /// A way.
    #[must_use]
    pub fn item(mut self, label: impl Into<String>, href: Href) -> Self {
        self.items.push((label.into(), href, None));
        self
    }

    /// A way with the number of things that wait there; none is not shown.
    #[must_use]
    pub fn counted(mut self, label: impl Into<String>, href: Href, waiting: u64) -> Self {
        self.items.push((label.into(), href, (waiting > 0).then_some(waiting)));
        self
    }

    /// A way that is needed less often: such stand together behind one word.
    #[must_use]
    pub fn rare(mut self, label: impl Into<String>, href: Href) -> Self {
        self.rare.push((label.into(), href));
        self
    }

    /// `page` for the page itself, `true` for a room that the page is in.
    fn current(&self, href: &Href) -> Option<&'static str> {
        if href.path() == self.current {
            return Some("page");
        }
        let within = self.current.strip_prefix(href.path());
        (href.path() != "/" && within.is_some_and(|rest| rest.starts_with('/'))).then_some("true")
    }
}

impl Render for Nav {
    /// On a narrow screen the list opens from a button, by the browser's own popover.
    fn render(&self) -> Markup {
        html! {
            nav #rooms .rooms popover aria-label="Rooms" {
                button.second.shut type="button" popovertarget="rooms"
                    popovertargetaction="hide" { "Close" }
                ul.wrap {
                    @for (label, href, waiting) in &self.items {
                        li {
                            a href=(href) aria-current=[self.current(href)] {
                                (label)
                                @if let Some(n) = waiting {
                                    " " span.waiting { (grouped(*n)) span.unseen { " waiting" } }
                                }
                            }
                        }
                    }
                    (self.more())
                }
            }
        }
    }
}

impl Nav {
    /// The rarer ways, which open from one word.
    fn more(&self) -> Markup {
        if self.rare.is_empty() {
            return html! {};
        }
        let here = self.rare.iter().find(|(_, href)| self.current(href).is_some());
        html! {
            li.more {
                details {
                    summary data-here[here.is_some()] {
                        "More" @if let Some((label, _)) = here { ": " (label) }
                    }
                    ul {
                        @for (label, href) in &self.rare {
                            li { a href=(href) aria-current=[self.current(href)] { (label) } }
                        }
                    }
                }
            }
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Who {
    name: String,
    role: String,
    place: Option<String>,
    account: Href,
    leave: Href,
}

impl Who {
    /// A person and her role, where her account is, and where signing out is sent (by POST).
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        role: impl Into<String>,
        account: Href,
        sign_out: Href,
    ) -> Self {
        Self { name: name.into(), role: role.into(), place: None, account, leave: sign_out }
    }

    /// The jurisdiction for which she acts.
    #[must_use]
    pub fn place(mut self, name: impl Into<String>) -> Self {
        self.place = Some(name.into());
        self
    }
}

impl Render for Who {
    fn render(&self) -> Markup {
        html! {
            div.who {
                a href=(self.account) {
                    span.unseen { "Your account: " }
                    (self.name)
                    span.role {
                        (self.role) @if let Some(place) = &self.place { ", " (place) }
                    }
                }
                form method="post" action=(self.leave) {
                    button.quiet type="submit" { "Sign out" }
                }
            }
        }
    }
}

/// The head of every page.
pub(super) fn top(
    office: Option<&str>,
    nav: Option<&Nav>,
    who: Option<&Who>,
    looks: bool,
) -> Markup {
    html! {
        header.top {
            div.masthead.wrap {
                a.brand href="/" { "Ward" }
                @if let Some(office) = office { p.office { (office) } }
                @if nav.is_some() {
                    @if looks { a.to-look href="/look" { "Look up" } }
                    button.menu type="button" popovertarget="rooms" { "Menu" }
                }
                @if looks { (look()) }
                @if let Some(who) = who { (who) }
            }
        }
        @if let Some(nav) = nav { (nav) }
    }
}

/// The field that leads from every page to what is known of something. What is written there may
/// name a person: it is sent in the body and stands in no address. A narrow screen has the link.
fn look() -> Markup {
    html! {
        form.look role="search" method="post" action="/look" {
            label.unseen for="look-up" { "Address, account, name, place or case" }
            input #look-up type="search" name="q" required maxlength="200" autocomplete="off"
                spellcheck="false" placeholder="Address, account, place, case";
            button.second type="submit" { "Look up" }
        }
    }
}

/// The head of a page for a wall: whose it is, and nothing that can be pressed.
pub(super) fn bare(office: Option<&str>) -> Markup {
    html! {
        header.top {
            div.masthead.wrap {
                p.brand { "Ward" }
                @if let Some(office) = office { p.office { (office) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_one_is() {
        let nav = |at| {
            let nav = Nav::new(&at).item("Home", Href::at("/"));
            nav.counted("Cases", Href::at("/cases"), 3).item("Ca", Href::at("/ca")).render()
        };
        let page = nav(Href::at("/cases").query("q", "x")).into_string();
        assert_eq!(page.matches("aria-current").count(), 1);
        assert!(page.contains("href=\"/cases\" aria-current=\"page\""), "{page}");
        let page = nav(Href::at("/cases").join("W-1")).into_string();
        assert_eq!(page.matches("aria-current").count(), 1);
        assert!(page.contains("href=\"/cases\" aria-current=\"true\""), "{page}");
    }
}
