//! The design system: typed parts that cannot be written without their label or caption.
//!
//! Every part implements [`maud::Render`], so it stands in `html! { (part) }` as it is. Words come
//! first and are required by the constructor; looks are chosen by name, never by class. There is no
//! way to write a style or a script here, and none is wanted: one stylesheet and one script serve
//! every page ([`assets`]).
//!
//! ```
//! use maud::html;
//! use ward_web::ui::{Col, Field, Form, Href, Nav, Page, Tag, Table, Who, Width, cell, mono};
//!
//! let nav = Nav::new(&Href::at("/sensors"))
//!     .item("Cases", Href::at("/cases"))
//!     .item("Sensors", Href::at("/sensors"));
//! let table = Table::new("Sensors", [Col::head("Sensor"), Col::text("State"), Col::number("Records")])
//!     .row([mono("adair-fw-1"), cell(Tag::good("Running")), cell("12,042")]);
//! let form = Form::new("find", Href::at("/sensors"), "Find").get()
//!     .field(Field::search("q", "Name of a sensor").width(Width::Medium));
//! let page = Page::new("Sensors")
//!     .office("Office of Example State")
//!     .nav(nav)
//!     .who(Who::new("Desk analyst", "analyst", Href::at("/account"), Href::at("/sign-out")))
//!     .render(&html! { (form) (table) });
//! assert!(page.as_str().contains("<h1>Sensors</h1>"));
//! ```
//!
//! # What there is
//!
//! **Addresses**: [`Href`]: `at("/cases")`, `.join(id)` (a segment, encoded), `.query(name, value)`,
//! `.hash(id)`; `Href::on_page(id)`; `Href::parse(untrusted) -> Option<Href>` for "back to" fields.
//!
//! **The page**: [`Page`]: `new(title)`, `.heading(h1)`, `.lead(text)`, `.office(name)`, `.nav(Nav)`,
//! `.who(Who)`, `.crumb(label, href)`, `.actions(markup)`, `.notice(Notice)`, `.banner(text)`,
//! `.live(href)`, `.as_of(&When)`, `.narrow()`, `.looks_up()`, `.keeps(Keeping)`, `.world(World)`,
//! `.wall()`, `.render(&markup) -> Html`. [`Html`] is an axum response. [`Nav`]:
//! `new(&current).item(label, href)`, `.counted(label, href, n)`, `.rare(label, href)`.
//! [`Who`]: `new(name, role, account, sign_out)`, `.place(name)`. [`Section`]: `new(id, heading)`,
//! `.tally(text)`, `.actions(markup)`, `.body(markup)`. [`Region`]: `new(name, markup)`,
//! `.hears(names)`: what the live script swaps.
//!
//! **Forms**: [`Form`]: `new(id, action, submit)`, `.get()`, `.multipart()`, `.inline()`,
//! `.danger()`, `.field(control)`, `.prose(markup)`, `.errors(&Errors)`, `.cancel(label, href)`,
//! `.also(name, value, label)`, `.kept(what)`. Controls: [`Field`] (`text`, `password`, `new_password`, `email`,
//! `number`, `search`, `date`, `moment`, `code`, `area`, `file`; then `.value`, `.hint`,
//! `.optional`, `.auto`, `.max`, `.width`, `.mono`, `.focus`), [`Select`] (`new(name, label)`,
//! `.option`, `.group`, `.picked`, `.hint`), [`Choice`] (`one`, `many`; `.option(value, label)`,
//! `.hinted(value, label, hint)`, `.picked`), [`Check`] (`new(name, label)`, `.on(bool)`),
//! [`Hidden`], [`Group`] (`new(legend)`, `.field`). [`Errors`]: `new()`, `.add(name, sentence)`,
//! `.whole(sentence)`. [`Act`]: a form of one button, `new(id, action, label)`, `.about(what)`,
//! `.with(name, value)`, `.danger()`. [`Confirm`]: a page's form for a risky act. [`Go`]: a link
//! that looks like a button.
//!
//! **Data**: [`Table`]`<N>`: `new(caption, [Col; N])`, `.row([Markup; N])`, `.marked(Rung, [..])`,
//! `.keyed(id, rung, [..])`,
//! `.quiet()`, `.wide()`, `.none(Empty)`, `.note(text)`; [`Col`]: `head`, `text`, `number`, `when`,
//! `raw`, `acts`; `.sort(href, order)`. [`Facts`]: `new().row(term, markup)`. [`Timeline`]:
//! `new(label).at(&When, title).what(markup)`. [`Ladder`], [`Stats`] of [`Stat`]s, [`Meter`],
//! [`Spark`], [`HourStrip`], [`Course`], [`map::Map`], [`Call`], [`CodeBlock`], [`Qr`]. [`Clock`]
//! makes [`When`]s.
//!
//! **Words with a state**: [`Tag`] (`plain`, `good`, `warn`, `bad`, `silent`), [`RungBadge`],
//! [`Notice`] (`info`, `good`, `warn`, `bad`), [`Empty`], [`Steps`], [`Tabs`], [`Pager`],
//! [`Card`], [`Disclosure`].
//!
//! **Text**: [`cell`], [`mono`], [`none`], [`link`], [`soft`], [`grouped`], [`count`].
//!
//! Characters that could reorder or hide text are made visible on the whole page by
//! [`Page::render`], so a part may be handed whatever a log managed to say.

pub mod assets;
mod badge;
mod call;
mod chart;
mod choice;
mod confirm;
mod control;
mod course;
mod facts;
mod field;
mod form;
mod gallery;
mod href;
pub mod map;
mod notice;
mod page;
mod parts;
mod qr;
mod shell;
mod stat;
mod svg;
mod table;
mod text;
mod when;

#[cfg(test)]
pub(crate) mod check;
#[cfg(test)]
mod contrast;

pub use badge::{RungBadge, State, Tag};
pub use call::Call;
pub use chart::{HourStrip, Spark};
pub use choice::{Check, Choice, Select};
pub use confirm::Confirm;
pub use control::{Control, Errors, Group, Hidden, Place};
pub use course::Course;
pub use facts::{Facts, Timeline};
pub use field::{Field, Width};
pub use form::{Act, Form, Go};
pub use gallery::gallery;
pub use href::Href;
pub use notice::{Empty, Notice};
pub(crate) use page::says_exercise;
pub use page::{Html, Keeping, OPENED_BY, Page};
pub use parts::{Card, CodeBlock, Disclosure, Pager, Region, Section, Steps, Tabs};
pub use qr::Qr;
pub use shell::{Nav, Who};
pub use stat::{Ladder, Meter, Stat, Stats};
pub use table::{Col, Order, Table};
pub use text::{cell, count, grouped, link, mono, none, soft};
pub use when::{Clock, When, length};
