//! The course of something: what happened when, side by side in lanes, and the same as a table.

use maud::{Markup, Render, html};
use ward_kernel::{Rung, Time};

use super::chart::number;
use super::text::slug;
use super::{Col, Table, When, cell};

/// Lanes over one stretch of time, and the same as a table that opens.
#[derive(Clone, Debug)]
pub struct Course {
    title: String,
    description: String,
    stretch: (Time, Time),
    axis: (When, When),
    lanes: Vec<Lane>,
    rows: Vec<(When, String, Markup)>,
}

#[derive(Clone, Debug)]
struct Lane {
    label: String,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// A rung from each moment on.
    Stair(Vec<(Time, Rung)>),
    /// A band with marks on it.
    Band((Time, Time), Vec<Time>),
    /// Marks alone.
    Marks(Vec<Time>),
}

impl Course {
    /// A title that differs from others on the page, what matters of it in a sentence, where it
    /// begins and ends, and the same for people.
    #[must_use]
    pub fn new(
        title: impl Into<String>,
        description: impl Into<String>,
        stretch: (Time, Time),
        axis: (When, When),
    ) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            stretch,
            axis,
            lanes: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// A lane with the rung that held from each moment on.
    #[must_use]
    pub fn rungs(self, label: impl Into<String>, steps: Vec<(Time, Rung)>) -> Self {
        self.lane(label, Shape::Stair(steps))
    }

    /// A lane with something that lasted, and marks on it.
    #[must_use]
    pub fn band(self, label: impl Into<String>, lasted: (Time, Time), marks: Vec<Time>) -> Self {
        self.lane(label, Shape::Band(lasted, marks))
    }

    /// A lane with moments.
    #[must_use]
    pub fn marks(self, label: impl Into<String>, marks: Vec<Time>) -> Self {
        self.lane(label, Shape::Marks(marks))
    }

    /// A line of the table: when, in which lane, what.
    #[must_use]
    pub fn row(mut self, when: When, lane: impl Into<String>, what: Markup) -> Self {
        self.rows.push((when, lane.into(), what));
        self
    }

    fn lane(mut self, label: impl Into<String>, shape: Shape) -> Self {
        self.lanes.push(Lane { label: label.into(), shape });
        self
    }

    /// Where a moment lies between 0 and 1,000.
    fn x(&self, at: Time) -> f64 {
        let (from, to) = self.stretch;
        let whole = to.since(from).max(1) as f64;
        (at.since(from) as f64 / whole * 1000.0).clamp(0.0, 1000.0)
    }

    fn draw(&self, shape: &Shape) -> Markup {
        match shape {
            Shape::Stair(steps) => self.stair(steps),
            Shape::Band((from, to), marks) => html! {
                (bar("band", (self.x(*from), self.x(*to)), (30.0, 40.0)))
                (self.ticks(marks))
            },
            Shape::Marks(marks) => self.ticks(marks),
        }
    }

    fn stair(&self, steps: &[(Time, Rung)]) -> Markup {
        let ends = steps.iter().skip(1).map(|(at, _)| self.x(*at)).chain([1000.0]);
        html! {
            @for ((at, rung), end) in steps.iter().zip(ends) {
                @let height = f64::from(*rung as u8 + 1) * 25.0;
                (bar(rung.name(), (self.x(*at), end), (100.0 - height, height)))
            }
        }
    }

    fn ticks(&self, marks: &[Time]) -> Markup {
        html! {
            @for at in marks {
                @let x = self.x(*at).min(1000.0 - TICK);
                (bar("tick", (x, x + TICK), (0.0, 100.0)))
            }
        }
    }
}

/// The width of a mark, in thousandths.
const TICK: f64 = 4.0;

fn bar(class: &str, (from, to): (f64, f64), (y, height): (f64, f64)) -> Markup {
    // What lasted a moment is seen as well.
    let wide = (to - from).max(TICK);
    let from = from.min(1000.0 - wide);
    html! {
        rect class=(class) x=(number(from)) y=(number(y)) width=(number(wide))
            height=(number(height)) {}
    }
}

impl Render for Course {
    fn render(&self) -> Markup {
        let id = format!("course-{}", slug(&self.title));
        let mut table = Table::new(
            format!("{}, line by line", self.title),
            [Col::when("When"), Col::text("Of what"), Col::head("What")],
        )
        .quiet();
        for (when, lane, what) in &self.rows {
            table = table.row([cell(when), cell(lane), what.clone()]);
        }
        html! {
            figure.chart.course {
                figcaption id={ (id) "-t" } { (self.title) }
                div role="img" aria-labelledby={ (id) "-t " (id) "-d" } {
                    @for lane in &self.lanes {
                        div.lane {
                            span.name { (lane.label) }
                            svg .stair[matches!(lane.shape, Shape::Stair(_))] viewBox="0 0 1000 100"
                                preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                                (self.draw(&lane.shape))
                            }
                        }
                    }
                }
                p.axis { span { (self.axis.0) } span { (self.axis.1) } }
                p.says id={ (id) "-d" } { (self.description) }
                details { summary { "The same as a table" } (table) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Clock;

    fn course(from: i64, to: i64) -> Course {
        let clock = Clock::named("America/Chicago").unwrap();
        let at = Time::from_secs;
        let axis = (clock.exact(at(from)), clock.exact(at(to)));
        Course::new("The course", "Quick.", (at(from), at(to)), axis)
            .rungs("Judgement", vec![(at(0), Rung::Scan), (at(50), Rung::Access)])
            .band("Records", (at(10), at(10)), vec![at(10), at(1_000)])
            .marks("People", vec![at(100), at(-7)])
            .row(clock.exact(at(0)), "Judgement", cell("opened <b>"))
    }

    #[test]
    fn what_lasted_a_moment_is_seen_and_nothing_lies_outside() {
        for (from, to) in [(0, 100), (0, 0), (i64::MIN / 4_000_000, i64::MAX / 4_000_000)] {
            let page = course(from, to).render().into_string();
            assert_eq!(page.matches("<rect").count(), 7, "{page}");
            for part in page.split("<rect").skip(1) {
                let number = |name: &str| -> f64 {
                    let text = part.split(&format!("{name}=\"")).nth(1).unwrap();
                    text.split('"').next().unwrap().parse().unwrap()
                };
                let (x, wide) = (number(" x"), number(" width"));
                assert!(x >= 0.0 && wide >= TICK && x + wide <= 1000.01, "{part}");
            }
        }
        let page = course(0, 100).render().into_string();
        assert!(page.contains("class=\"access\" x=\"500\" y=\"25\" width=\"500\" height=\"75\""));
        assert!(page.contains("<caption") && page.contains("opened &lt;b&gt;"));
    }
}
