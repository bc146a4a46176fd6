//! The script of the night: who does what when, and what therefore must stand at its end. Drawn
//! from a seed and from nothing else.

use ward_lab::rng::Rng;

/// Seconds of the night.
pub(crate) const NIGHT: f64 = 12.0 * 3_600.0;
/// Local authorities.
pub(crate) const PLACES: usize = 116;
/// Machines whose logs a sensor follows: of the first so many places.
pub(crate) const MACHINES: usize = 12;
/// Sensors that fall silent, when, and until when (hours); the last one stays silent.
const SILENT: [(usize, f64, Option<f64>); 3] =
    [(1, 2.0, Some(7.0)), (5, 4.0, Some(9.5)), (9, 10.5, None)];
/// The machine whose site a crowd visits, and the one that is flooded.
pub(crate) const CROWDED: usize = 4;
pub(crate) const FLOODED: usize = 7;
/// Positions of the room.
pub(crate) const POSTS: [&str; 5] = ["lead", "cases", "local", "partners", "public"];

const INCIDENTS: u64 = 140;
/// As many as the queue shows a line each; of more it tells by what they have in common.
const ATTEMPTS: u64 = 30;
const BREAK_INS: u64 = 4;
const RUMORS: u64 = 30;
/// Points of the clerks' checklist that are ticked in the night, and by how many of them.
pub(crate) const POINTS: [&str; 3] = ["contacts-confirmed", "deputies-named", "media-numbered"];
const TICKED: usize = 40;
/// Of so many local authorities one has a program that reports incidents.
pub(crate) const PROGRAM_EACH: usize = 4;
/// Once in so many, something is sent twice, as by an impatient finger.
const TWICE: u64 = 8;
/// Authorities that do not answer a communications check.
const MUTE: usize = 5;

/// What tells an event from all others wherever it is shown: `q00042q`.
pub(crate) fn mark(number: u64) -> String {
    format!("q{number:05}q")
}

/// By which way an incident comes in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// A clerk's page.
    Page,
    /// A program of the local authority, by REST, with a token for it alone.
    Program,
    /// An analyst keys it in for somebody on the telephone.
    Telephone,
}

/// What happens.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// An incident is reported, maybe sent twice.
    Report { incident: u64, place: usize, way: Way, twice: bool },
    /// An analyst takes it.
    Take { incident: u64 },
    /// A lead makes sure of it: it is an event, with a mark of its own.
    Verify { incident: u64, event: u64 },
    /// A lead finds that it is not so.
    Refute { incident: u64 },
    /// The clerk says that it is over.
    Solve { incident: u64 },
    /// An analyst closes it.
    Close { incident: u64 },
    /// A clerk puts down a rumor about their own jurisdiction.
    Hear { rumor: u64, place: usize },
    /// An analyst finds out.
    Find { rumor: u64 },
    /// A lead puts the election into the calendar.
    Election,
    /// A clerk ticks a point of the checklist, with a note that has a mark.
    Tick { place: usize, point: usize, note: u64 },
    /// An analyst takes the case of an attack.
    TakeCase { attack: u64 },
    /// A lead closes it.
    CloseCase { attack: u64 },
    /// The room asks all local authorities.
    Ask { check: u64 },
    /// One of them answers.
    Answer { check: u64, place: usize },
    /// Somebody takes a position.
    Begin { post: usize },
    /// Whoever has it writes what the next has to know.
    HandOver { post: usize, note: u64 },
    /// The next signs it.
    Sign { post: usize },
    /// An attempt at a machine.
    Attempt { attack: u64, machine: usize },
    /// Guesses that find a password.
    BreakIn { attack: u64, machine: usize },
    /// Many people read the results.
    Crowd,
    /// Many machines ask for one page.
    Flood { attack: u64 },
    /// A sensor falls silent.
    Silence { machine: usize },
    /// It is back.
    Back { machine: usize },
}

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Seconds since the night began.
    pub(crate) at: f64,
    pub(crate) what: What,
}

/// The night.
pub(crate) struct Script {
    /// In the order of time.
    pub(crate) steps: Vec<Step>,
}

struct Drawing {
    rng: Rng,
    steps: Vec<Step>,
    next: u64,
}

impl Script {
    /// Draws a night.
    pub(crate) fn draw(seed: u64) -> Self {
        let mut drawing = Drawing { rng: Rng::new(seed), steps: Vec::new(), next: 1 };
        drawing.room();
        for _ in 0..INCIDENTS {
            drawing.incident();
        }
        for _ in 0..RUMORS {
            drawing.rumor();
        }
        drawing.checklists();
        drawing.attacks();
        drawing.sensors();
        let mut steps = drawing.steps;
        steps.sort_by(|a, b| a.at.total_cmp(&b.at));
        Self { steps }
    }
}

impl Drawing {
    fn at(&mut self, hours: f64, what: What) {
        self.steps.push(Step { at: (hours * 3_600.0).min(NIGHT * 0.97), what });
    }

    fn number(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        number
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.rng.below(n) == 0
    }

    fn room(&mut self) {
        for post in 0..POSTS.len() {
            let (begin, hand_over) = (self.rng.between(0.05, 0.4), self.rng.between(5.8, 6.2));
            let note = self.number();
            self.at(begin, What::Begin { post });
            self.at(hand_over, What::HandOver { post, note });
            self.at(hand_over + 0.3, What::Sign { post });
        }
        for begun in [0.5, 8.0] {
            let check = self.number();
            self.at(begun, What::Ask { check });
            let mute = self.rng.count(0, PLACES - MUTE);
            for place in (0..PLACES).filter(|place| !(mute..mute + MUTE).contains(place)) {
                let after = self.rng.between(0.2, 1.5);
                self.at(begun + after, What::Answer { check, place });
            }
        }
    }

    fn incident(&mut self) {
        let (incident, place) = (self.number(), self.rng.count(0, PLACES));
        let way = match self.rng.below(10) {
            0..=6 => Way::Page,
            7 | 8 => Way::Program,
            _ => Way::Telephone,
        };
        let place = if way == Way::Program { place - place % PROGRAM_EACH } else { place };
        let twice = self.one_in(TWICE);
        let mut at = self.rng.between(0.5, 10.0);
        self.at(at, What::Report { incident, place, way, twice });
        // What follows takes its time, so that nothing overtakes what it stands on.
        if self.rng.below(10) < 8 {
            at += self.rng.between(0.3, 0.6);
            self.at(at, What::Take { incident });
            at += self.rng.between(0.3, 0.6);
            match self.rng.below(10) {
                0..=5 => {
                    let event = self.number();
                    self.at(at, What::Verify { incident, event });
                }
                6 => self.at(at, What::Refute { incident }),
                _ => {}
            }
            if self.rng.below(10) < 6 {
                at += self.rng.between(0.3, 0.6);
                self.at(at, What::Solve { incident });
                if self.rng.below(10) < 7 {
                    at += self.rng.between(0.3, 0.6);
                    self.at(at, What::Close { incident });
                }
            }
        }
    }

    fn rumor(&mut self) {
        let (rumor, place) = (self.number(), self.rng.count(0, PLACES));
        let at = self.rng.between(0.5, 10.0);
        self.at(at, What::Hear { rumor, place });
        if self.rng.below(3) > 0 {
            self.at(at + 0.5, What::Find { rumor });
        }
    }

    fn checklists(&mut self) {
        self.at(0.02, What::Election);
        for point in 0..POINTS.len() {
            for _ in 0..TICKED {
                let place = self.rng.count(0, PLACES);
                let at = self.rng.between(1.0, 11.0);
                let is_it = |step: &Step| matches!(step.what, What::Tick { place: p, point: q, .. } if (p, q) == (place, point));
                if !self.steps.iter().any(is_it) {
                    let note = self.number();
                    self.at(at, What::Tick { place, point, note });
                }
            }
        }
    }

    fn attacks(&mut self) {
        for _ in 0..ATTEMPTS {
            let (attack, machine) = (self.number(), self.attacked());
            let at = self.rng.between(0.3, 10.0);
            self.at(at, What::Attempt { attack, machine });
            if self.one_in(2) {
                self.at(at + 0.6, What::TakeCase { attack });
                if self.one_in(2) {
                    self.at(at + 1.1, What::CloseCase { attack });
                }
            }
        }
        for _ in 0..BREAK_INS {
            let (attack, machine) = (self.number(), self.attacked());
            let at = self.rng.between(1.0, 11.0);
            self.at(at, What::BreakIn { attack, machine });
        }
        let attack = self.number();
        self.at(6.5, What::Crowd);
        self.at(9.0, What::Flood { attack });
    }

    /// A machine whose sensor is heard all night: of another, an attack shows when it is back.
    fn attacked(&mut self) -> usize {
        loop {
            let machine = self.rng.count(0, MACHINES);
            if SILENT.iter().all(|(silent, ..)| *silent != machine) {
                return machine;
            }
        }
    }

    fn sensors(&mut self) {
        for (machine, from, until) in SILENT {
            self.at(from, What::Silence { machine });
            if let Some(until) = until {
                self.at(until, What::Back { machine });
            }
        }
    }
}
