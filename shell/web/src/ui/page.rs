//! The page: one heading, landmarks, and a place for everything that surrounds what it is about.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use ward_kernel::World;

use super::text::made_visible;
use super::{Href, Nav, Notice, When, Who, assets, shell};
use crate::bell::RUNG;

/// What stands above every page of an exercise, in view however far one reads.
const EXERCISE: &str = "Nothing on this page is real.";

/// The name by which every form that changes something says who opened its page: in one browser
/// somebody else may sign in before it is sent.
pub const OPENED_BY: &str = "opened-by";

/// The page, with who opened it in every form that is not only asked with, before all else that it
/// sends.
fn opened_by(page: &str, owner: &str) -> String {
    let field = html! { input type="hidden" name=(OPENED_BY) value=(owner); }.into_string();
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    // Text and values are escaped: what reads like a tag is one.
    while let Some((before, form)) = rest.split_once("<form ") {
        let (tag, inside) = form.split_once('>').unwrap_or((form, ""));
        let field = if tag.contains(r#"method="post""#) { field.as_str() } else { "" };
        for part in [before, "<form ", tag, ">", field] {
            out.push_str(part);
        }
        rest = inside;
    }
    out.push_str(rest);
    out
}

/// Whether a page's source says that it is of an exercise.
pub(crate) fn says_exercise(source: &[u8]) -> bool {
    let head = source.get(..4096).unwrap_or(source);
    [r#"<html lang="en" data-world="exercise">"#, EXERCISE, "<title>EXERCISE: "]
        .iter()
        .all(|mark| head.windows(mark.len()).any(|part| part == mark.as_bytes()))
}

/// A finished page. As an axum response it is `text/html` in UTF-8.
#[derive(Clone, Debug)]
pub struct Html {
    source: String,
    worker: bool,
}

impl Html {
    /// The page's source.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }
}

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        let mut response = ([(header::CONTENT_TYPE, kind)], self.source).into_response();
        if self.worker {
            response.extensions_mut().insert(assets::Worker);
        }
        response
    }
}

/// What a page needs to keep words on its person's device while the network is away.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// The name under which they lie there; it says nothing to anybody else.
    pub owner: String,
    /// The key under which they are sealed: 32 bytes in Base64.
    pub seal: String,
    /// For how long the page may keep the key at most, in milliseconds.
    pub lasts: i64,
}

impl Keeping {
    /// The same in whole minutes begun: a page that says something else at each moment is never
    /// the one that a browser has.
    fn minutes(&self) -> u64 {
        const MINUTE: u64 = 60_000;
        self.lasts.max(0).unsigned_abs().div_ceil(MINUTE).saturating_mul(MINUTE)
    }
}

/// A page: everything about it but its content, which [`Page::render`] takes.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    world: World,
    heading: Option<String>,
    lead: Option<String>,
    office: Option<String>,
    banner: Option<String>,
    nav: Option<Nav>,
    who: Option<Who>,
    crumbs: Vec<(String, Href)>,
    actions: Option<Markup>,
    notices: Vec<Notice>,
    live: Option<Href>,
    rung: u64,
    as_of: Option<(When, Href)>,
    failed: bool,
    narrow: bool,
    wall: bool,
    looks: bool,
    keeping: Option<Keeping>,
    worker: Option<Href>,
    shell: bool,
}

impl Page {
    /// A page with this title, which is also its heading. Titles differ from page to page.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            world: World::Real,
            heading: None,
            lead: None,
            office: None,
            banner: None,
            nav: None,
            who: None,
            crumbs: Vec::new(),
            actions: None,
            notices: Vec::new(),
            live: None,
            rung: 0,
            as_of: None,
            failed: false,
            narrow: false,
            wall: false,
            looks: false,
            keeping: None,
            worker: None,
            shell: false,
        }
    }

    /// The world that it is of. A page of an exercise that does not say so is never sent.
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// A heading that is longer than the title, such as a whole sentence.
    #[must_use]
    pub fn heading(mut self, heading: impl Into<String>) -> Self {
        self.heading = Some(heading.into());
        self
    }

    /// A sentence or two below the heading: what the page is for.
    #[must_use]
    pub fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead = Some(text.into());
        self
    }

    /// The office's name, in the masthead and the title.
    #[must_use]
    pub fn office(mut self, name: impl Into<String>) -> Self {
        self.office = Some(name.into());
        self
    }

    /// A line above every page, such as that this is a demonstration.
    #[must_use]
    pub fn banner(mut self, text: impl Into<String>) -> Self {
        self.banner = Some(text.into());
        self
    }

    /// The ways through the house.
    #[must_use]
    pub fn nav(mut self, nav: Nav) -> Self {
        self.nav = Some(nav);
        self
    }

    /// Who is signed in.
    #[must_use]
    pub fn who(mut self, who: Who) -> Self {
        self.who = Some(who);
        self
    }

    /// A step of the way from the house's door to this page, outermost first.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: Href) -> Self {
        self.crumbs.push((label.into(), href));
        self
    }

    /// What one does with the page as a whole; stands beside the heading.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// News about what was done, above the content.
    #[must_use]
    pub fn notice(mut self, notice: Notice) -> Self {
        self.notices.push(notice);
        self
    }

    /// Where the script listens for names of [`super::Region`]s that have news.
    #[must_use]
    pub fn live(mut self, bell: Href) -> Self {
        self.live = Some(bell);
        self
    }

    /// How often the bell had rung before anything of the page was read: what rings while the page
    /// is on its way is not missed.
    #[must_use]
    pub fn rung(mut self, rung: u64) -> Self {
        self.rung = rung;
        self
    }

    /// The moment for which the page speaks, and its own address for "Refresh".
    #[must_use]
    pub fn as_of(mut self, when: When, here: Href) -> Self {
        self.as_of = Some((when, here));
        self
    }

    /// Whether the page answers a form that could not be taken: its title begins with "Error".
    #[must_use]
    pub fn failed(mut self, failed: bool) -> Self {
        self.failed = failed;
        self
    }

    /// A column as wide as a line of text: for forms and sentences.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// With a field in its head by which something is looked up.
    #[must_use]
    pub fn looks_up(mut self) -> Self {
        self.looks = true;
        self
    }

    /// Words that cannot be sent are kept on the device of whoever is signed in.
    #[must_use]
    pub fn keeps(mut self, keeping: Keeping) -> Self {
        self.keeping = Some(keeping);
        self
    }

    /// The form of this page, at `place`, is there without a network as well: a worker keeps the
    /// empty form that the desk makes at `place/offline`.
    #[must_use]
    pub fn without_network(mut self, place: Href) -> Self {
        self.worker = Some(place);
        self
    }

    /// This page is the empty form that a worker keeps: nobody's name stands on it.
    #[must_use]
    pub fn is_kept_form(mut self) -> Self {
        self.shell = true;
        self
    }

    /// A page for a wall: always dark, as large as the screen, with nothing that can be pressed.
    #[must_use]
    pub fn wall(mut self) -> Self {
        self.wall = true;
        self
    }

    /// The whole page about `main`.
    #[must_use]
    pub fn render(&self, main: &Markup) -> Html {
        let live = self.live.clone().map(|bell| bell.query(RUNG, &self.rung.to_string()));
        let live = live.as_ref().map(Href::as_str);
        let worker = self.worker.as_ref().map(Href::as_str);
        let keeping = self.keeping.as_ref();
        let exercise = self.world.is_exercise();
        let page = html! {
            (DOCTYPE)
            html lang="en" data-world=[exercise.then_some(self.world.as_str())] {
                (self.head())
                body .wall[self.wall] data-live=[live] data-owner=[keeping.map(|one| &one.owner)]
                    data-seal=[keeping.map(|one| &one.seal)]
                    data-lasts=[keeping.map(Keeping::minutes)] data-worker=[worker]
                    data-shell[self.shell] {
                    a.skip href="#main" { "Skip to the content" }
                    @if exercise {
                        aside.world aria-label="Exercise" {
                            p.wrap { strong { "EXERCISE" } " " span { (EXERCISE) } }
                        }
                    }
                    (self.top())
                    @if let Some(banner) = &self.banner {
                        aside.banner aria-label="About this desk" { p.wrap { (banner) } }
                    }
                    main #main .wrap .narrow[self.narrow] tabindex="-1" {
                        (self.opening())
                        @if self.uses_device() { div #kept role="status" hidden {} }
                        (main)
                    }
                    (self.foot())
                    p #news .unseen role="status" {}
                }
            }
        };
        let source = made_visible(page).into_string();
        let source = match keeping {
            Some(keeping) => opened_by(&source, &keeping.owner),
            None => source,
        };
        Html { source, worker: worker.is_some() }
    }

    /// Whether something is kept on the reader's device, or may have been.
    fn uses_device(&self) -> bool {
        self.keeping.is_some() || self.shell
    }

    fn top(&self) -> Markup {
        if self.wall {
            return shell::bare(self.office.as_deref());
        }
        let (office, nav, who) = (self.office.as_deref(), self.nav.as_ref(), self.who.as_ref());
        shell::top(office, nav, who, self.looks)
    }

    fn head(&self) -> Markup {
        let title = [Some(self.title.as_str()), self.office.as_deref(), Some("Ward")];
        let title = title.into_iter().flatten().collect::<Vec<_>>().join(" – ");
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (self.world.prefix()) @if self.failed { "Error: " } (title) }
                link rel="icon" type="image/svg+xml" href=(assets::favicon(self.world));
                link rel="stylesheet" href=(assets::stylesheet());
                script src=(assets::script()) defer {}
                @if self.uses_device() { script src=(assets::device_script()) defer {} }
            }
        }
    }

    fn opening(&self) -> Markup {
        html! {
            @if !self.crumbs.is_empty() {
                nav.crumbs aria-label="You are here" {
                    ol {
                        @for (label, href) in &self.crumbs { li { a href=(href) { (label) } } }
                    }
                }
            }
            div.opening {
                div.titles {
                    h1 { (self.heading.as_ref().unwrap_or(&self.title)) }
                    @if let Some(lead) = &self.lead { p.lead { (lead) } }
                }
                @if let Some((when, here)) = &self.as_of {
                    p.as-of data-as-of {
                        "As of " (when) "."
                        @if !self.wall { " " a href=(here) { "Refresh" } }
                    }
                }
                @if let Some(actions) = &self.actions { div.actions { (actions) } }
            }
            @for notice in &self.notices { (notice) }
        }
    }

    fn foot(&self) -> Markup {
        html! {
            footer.foot {
                div.wrap {
                    p { (self.world.prefix()) "Ward " (env!("CARGO_PKG_VERSION")) }
                    @if self.nav.is_some() && !self.wall {
                        p { "The rung says how far somebody got. A scan is someone who looked. An \
                             attempt is a real effort to get access. Access and effect are said \
                             only on evidence." }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::check;

    #[test]
    fn is_sound_with_nothing_but_a_title() {
        let page = Page::new("Sign in").narrow().render(&html! {});
        check::page(page.as_str()).unwrap();
        assert!(page.as_str().contains("<title>Sign in – Ward</title>"), "{}", page.as_str());
        assert!(page.as_str().contains("<h1>Sign in</h1>"));
    }

    #[test]
    fn every_form_that_changes_something_says_who_opened_it() {
        let form = |get: bool| {
            let form = crate::ui::Form::new(if get { "a" } else { "b" }, Href::at("/"), "Go on");
            if get { form.get() } else { form }
        };
        let keeping = Keeping { owner: "abc".into(), seal: "x".into(), lasts: 1 };
        let hostile = r#"<form method="post">"#;
        let page = Page::new("Forms").looks_up().keeps(keeping).nav(Nav::new(&Href::at("/")));
        let page =
            page.render(&html! { p title=(hostile) { (hostile) } (form(true)) (form(false)) });
        check::page(page.as_str()).unwrap();
        let field = r#"><input type="hidden" name="opened-by" value="abc">"#;
        assert_eq!(page.as_str().matches(field).count(), 2, "the look-up and the second form");
    }

    #[test]
    fn shows_hostile_text_as_text() {
        let hostile = "<script>alert(1)</script>\u{202e}\"'";
        let nav = Nav::new(&Href::at("/")).item(hostile, Href::at("/"));
        let page = Page::new(hostile).heading(hostile).lead(hostile).office(hostile).nav(nav);
        let page = page.banner(hostile).crumb(hostile, Href::at("/")).failed(true);
        let page = page.render(&html! { p title=(hostile) { (hostile) } });
        check::page(page.as_str()).unwrap();
        assert!(!page.as_str().contains('\u{202e}'));
        assert!(page.as_str().contains("<title>Error: &lt;script&gt;"));
    }

    #[test]
    fn a_page_of_an_exercise_says_so_and_no_other_does() {
        let page = Page::new("Cases").failed(true).world(World::Exercise).render(&html! {});
        check::page(page.as_str()).unwrap();
        assert!(says_exercise(page.as_str().as_bytes()), "{}", page.as_str());
        assert!(page.as_str().contains("<title>EXERCISE: Error: Cases"), "{}", page.as_str());
        assert_eq!(page.as_str().matches("EXERCISE").count(), 3, "title, band, foot");
        let page = Page::new("Cases").render(&html! { p { "EXERCISE" (EXERCISE) } });
        assert!(!says_exercise(page.as_str().as_bytes()), "{}", page.as_str());
        assert!(!page.as_str().contains("data-world"));
    }
}
