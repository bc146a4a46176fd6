//! Numbers, cases, tables.

use maud::{Markup, html};
use ward_kernel::Rung;

use super::before;
use crate::ui::map::{Heard, Legend, Look, Map, Rise, Spot, Trouble};
use crate::ui::{
    Act, Call, Card, Clock, Col, Course, Disclosure, Empty, Facts, HourStrip, Href, Ladder, Meter,
    Order, Pager, Region, RungBadge, Section, Spark, Stat, State, Stats, Table, Tag, cell, grouped,
    mono, none, soft,
};

pub(super) fn numbers(clock: &Clock) -> Markup {
    let ladder = Ladder::new()
        .on(
            Rung::Scan,
            8_204,
            "93 sources, 104,703 records",
            Href::at("/cases").query("rung", "scan"),
        )
        .on(Rung::Attempt, 13, "106 sources, 8,730 records", Href::at("/cases"))
        .on(Rung::Access, 3, "3 sources, 93 records", Href::at("/cases"))
        .on(Rung::Effect, 0, "0 sources, 0 records", Href::at("/cases"))
        .explained();
    let stats = Stats::new()
        .with(
            Stat::new("Sensors heard", "114")
                .unit("of 116")
                .state(State::Warn)
                .note("2 silent for more than a minute")
                .link(Href::at("/sensors")),
        )
        .with(Stat::new("Records today", "104,703,112").note("1,420 a second now"))
        .with(
            Stat::new("From record to case", "0.4")
                .unit("s")
                .state(State::Good)
                .note("99 of 100 within 0.8 s"),
        )
        .with(Stat::new("Last backup", "31").unit("h ago").state(State::Bad).note("Due every 24 h"))
        .with(
            Stat::new("Clock of the desk", "–").state(State::Silent).note("No time server answers"),
        );
    let mut strip = HourStrip::new(
        "Attempts",
        "Few by day; the most at 02:00, when one source guessed passwords for 40 minutes.",
        "Records",
    )
    .accent();
    for hour in 0..48_u64 {
        let value = if hour == 26 { 4_120 } else { (hour * 37) % 61 * 9 };
        strip = strip.hour(format!("{} Nov {:02}:00", 2 + hour / 24, hour % 24), value);
    }
    html! {
        (Section::new("ladder", "The ladder").body(html! { (Region::new("ladder", html! { (ladder) })) }))
        (Section::new("numbers", "Numbers").tally("today").body(html! {
            (stats)
            div.pair {
                (Meter::new("Disk of the desk", "212 of 500 GB", 212, 500))
                (Meter::new("Spool at Adair County", "1.9 of 2 GB", 19, 20))
            }
        }))
        (Section::new("hours", "Hour by hour").body(html! {
            (strip)
            (HourStrip::new("Records in", "Nothing came between 04:00 and 05:00.", "Records")
                .hour("3 Nov 03:00", 800).hour("3 Nov 04:00", 0).hour("3 Nov 05:00", 12_000))
            p { "The last hour began at " (clock.short(before(38))) "." }
        }))
    }
}

pub(super) fn cases(clock: &Clock) -> Markup {
    let facts = Facts::new()
        .row("Who", mono("198.51.100.47"))
        .row("When", html! { (clock.short(before(28))) " – 19:38 CST, 28 min" })
        .row(
            "Where",
            html! { (mono("203.0.113.59")) " port 443 " (soft("Voter lookup, Adair County")) },
        )
        .row("Records", cell("57"));
    let evidence = Disclosure::new(
        "Evidence: 2 records",
        html! { pre { code { "2026-11-04T01:10:07Z adair-fw-1 accept 198.51.100.47 443 <script>alert(1)</script>" } } },
    );
    html! {
        (Section::new("cases", "Someone got in").tally("3 cases").body(html! {
            (Card::new("198.51.100.47 calls 203.0.113.59 port 443 every 30 s")
                .link(Href::at("/cases").join("W-0ba64c8d46"))
                .rung(Rung::Access).kind("beacon").mark("W-0ba64c8d46")
                .body(html! {
                    ul {
                        li { "57 calls about every 30 s, regular to 100 in 100 in time and 100 in size" }
                        li { "no other machine of ours, or one at most, calls that address" }
                    }
                    (facts) (evidence)
                }))
            (Card::new("Records of 412 voters were changed by an account that was taken over")
                .rung(Rung::Effect).kind("roll.change").mark("W-77aa01cd02")
                .body(html! { p { "The night's seal and the morning's roll differ in 412 places." } }))
            (Card::new("Guessed at 32 accounts").rung(Rung::Attempt).kind("login.spray")
                .body(html! { p { "4,120 failed sign-ins from one network within 40 minutes." } }))
            (Card::new("Looked at 1,204 ports").rung(Rung::Scan).kind("scan.vertical"))
        }))
    }
}

/// A row about a sensor whose last record came so many minutes ago.
fn sensor(
    clock: &Clock,
    name: &str,
    place: &str,
    state: Tag,
    minutes: i64,
    values: &[u64],
) -> [Markup; 7] {
    let records = values.iter().sum::<u64>().saturating_mul(120_421);
    let act = Href::at("/sensors").join(name).join("end");
    [
        mono(name),
        cell(place),
        cell(state),
        cell(clock.ago(before(minutes), before(0))),
        cell(grouped(records)),
        cell(Spark::new(format!("Records of {name}, hour by hour"), values.to_vec())),
        cell(Act::new(format!("end-{name}"), act, "Retire").about(name)),
    ]
}

pub(super) fn tables(clock: &Clock) -> Markup {
    let sorted = |order| (Href::at("/sensors").query("order", "records"), order);
    let (href, order) = sorted(Order::Falling);
    let sensors = Table::new(
        "Sensors by number of records",
        [
            Col::head("Sensor"),
            Col::text("Jurisdiction")
                .sort(Href::at("/sensors").query("order", "place"), Order::None),
            Col::text("State"),
            Col::when("Last record"),
            Col::number("Records").sort(href, order),
            Col::text("24 hours"),
            Col::acts("What one can do"),
        ],
    );
    let sensors = sensors
        .row(sensor(
            clock,
            "adair-fw-1",
            "Adair County",
            Tag::good("Running"),
            0,
            &[3, 4, 9, 4, 3, 8, 12, 4],
        ))
        .row(sensor(
            clock,
            "boone-web-2",
            "Boone County",
            Tag::warn("Late by 4 min"),
            4,
            &[9, 9, 8, 8, 2, 1, 1, 1],
        ))
        .row(sensor(
            clock,
            "kc-board-ids",
            "Kansas City Board of Election Commissioners",
            Tag::silent("Silent"),
            190,
            &[4, 5, 6, 5, 0, 0, 0, 0],
        ))
        .row(sensor(
            clock,
            "worth-mail",
            "Worth County",
            Tag::bad("Refused"),
            60 * 30,
            &[0, 1, 0, 0, 0, 0, 0, 0],
        ))
        .note("104 more are running. What is shown is what you may see.");
    html! {
        (Section::new("sensors", "Sensors").tally("116").body(html! {
            (sensors)
            (Pager::new("sensors", "1 to 4 of 116").newer(Some(Href::at("/sensors"))).older(Some(Href::at("/sensors"))))
        }))
    }
}

pub(super) fn more_tables(clock: &Clock) -> Markup {
    let list = Table::new(
        "The newest cases",
        [Col::text("Rung"), Col::head("Case"), Col::raw("Source"), Col::when("Since")],
    )
    .quiet()
    .marked(
        Rung::Access,
        [
            cell(RungBadge(Rung::Access)),
            html! { a href="/cases/W-1" { "Guessed its way in as clerk07" } },
            mono("2001:db8:4:12::7f"),
            cell(clock.short(before(12))),
        ],
    )
    .marked(
        Rung::Scan,
        [
            cell(RungBadge(Rung::Scan)),
            cell("Looked at 1,204 ports"),
            none(),
            cell(clock.short(before(90))),
        ],
    );
    let mut matrix = Table::new(
        "What a role may do",
        [
            Col::head("Act"),
            Col::text("Administrator"),
            Col::text("Analyst"),
            Col::text("Lead"),
            Col::text("Local clerk"),
            Col::text("Local IT"),
            Col::text("Partner"),
            Col::text("Auditor"),
        ],
    )
    .wide();
    for act in ["See a case", "Close a case", "Enrol a sensor", "Search the audit"] {
        let yes = || cell(Tag::good("yes"));
        matrix =
            matrix.row([cell(act), yes(), yes(), yes(), cell("own"), cell("own"), none(), yes()]);
    }
    let nothing = Table::new("Tokens", [Col::head("Token"), Col::when("Since")]).none(
        Empty::new("No tokens yet", "A token lets a program ask what you may ask.")
            .action("Make a token", Href::at("/account").join("tokens")),
    );
    html! {
        (Section::new("newest", "The newest cases").body(html! { (list) }))
        (Section::new("roles", "Roles").body(html! { (matrix) }))
        (Section::new("tokens", "Tokens").body(html! { (nothing) }))
    }
}

pub(super) fn pictures(clock: &Clock) -> Markup {
    let looks = [
        ("Adair County", "nothing open", Look::default()),
        ("Boone County", "an attempt", Look { rung: Some(Rung::Attempt), ..Look::default() }),
        ("Cole County", "an access", Look { rung: Some(Rung::Access), ..Look::default() }),
        ("Dade County", "an effect", Look { rung: Some(Rung::Effect), ..Look::default() }),
        ("Iron County", "no sensor", Look { heard: Heard::Unseen, ..Look::default() }),
        ("Knox County", "a sensor is silent", Look { heard: Heard::Silent, ..Look::default() }),
        ("Linn County", "far above usual", Look { rise: Rise::Far, ..Look::default() }),
        ("Ozark County", "voting stopped", Look { trouble: Trouble::Stopped, ..Look::default() }),
    ];
    let spots = looks.into_iter().map(|(name, words, look)| {
        let href = Href::at("/situation").join(name);
        Spot::new(name, vec![name.to_owned()], href, words, look)
    });
    let (from, to) = (before(60), before(0));
    let axis = (clock.full(from), clock.full(to));
    let says = "From the first guess to the first access it took 32 minutes.";
    let course = Course::new("The course of a case", says, (from, to), axis)
        .rungs("Judgement", vec![(from, Rung::Attempt), (before(28), Rung::Access)])
        .band("Records", (from, before(20)), vec![before(28)])
        .marks("People", vec![before(12)])
        .row(clock.full(before(28)), "Judgement", cell("Reached access"));
    html! {
        (Section::new("map", "The map").body(html! {
            figure.map-figure { (Map::new("Eight jurisdictions", spots.collect())) (Legend) }
        }))
        (Section::new("course", "A course").body(html! { (course) }))
        (Section::new("call", "Whom to call").body(html! {
            (Facts::new().row("Telephone", cell(Call::new("573-555-0142"))))
        }))
    }
}
