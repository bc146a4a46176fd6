//! One stream: how far it was read, and where its records go.

use ward_kernel::Time;
use ward_records::Hints;
use ward_watch::{Origin, Witness};

use crate::content::{Content, HEAD};
use crate::fan::Fan;
use crate::scope::Scope;
use crate::sightings::Sightings;
use crate::{Problem, StreamInfo, Taken};

/// A stream and how far it was read.
#[derive(Debug)]
struct Stream {
    info: StreamInfo,
    content: Content,
    /// Where the next block should begin; `None` before the first.
    next: Option<u64>,
    /// Where the bytes of [`Content::Unknown`] begin.
    began: u64,
    /// Whether it was said that the content is not recognised.
    said: bool,
    in_state: u32,
    in_local: u32,
    sensor: u32,
}

/// Where the records of a stream go.
struct Ways<'a> {
    state: &'a mut Scope,
    local: Option<&'a mut Scope>,
    sightings: &'a mut Sightings,
}

impl Stream {
    /// The part of a block that is new, and where it stands; `None` when nothing is.
    fn follow<'b>(
        &mut self,
        bytes: &'b [u8],
        base: u64,
        received: Time,
        to: &mut Ways<'_>,
        taken: &mut Taken,
    ) -> Option<(&'b [u8], u64)> {
        let id = self.info.id;
        let Some(next) = self.next else {
            if base > 0 {
                self.content.learn(&self.info.head);
            }
            self.info.head = Vec::new();
            self.next = Some(base.saturating_add(bytes.len() as u64));
            self.began = base;
            return Some((bytes, base));
        };
        let end = base.saturating_add(bytes.len() as u64);
        self.next = Some(next.max(end));
        if base > next {
            let what = format!("{} bytes are missing before this block", base - next);
            taken.trouble(id, base, what);
            self.content.torn(&mut fan(self.numbers(), received, to, taken));
            if let Content::Unknown(seen) = &mut self.content {
                seen.clear();
                self.began = base;
            }
            return Some((bytes, base));
        }
        let known = usize::try_from(next - base).unwrap_or(usize::MAX);
        if known > 0 {
            taken.trouble(id, base, "a part of this block came before and is passed over");
        }
        bytes.get(known..).filter(|rest| !rest.is_empty()).map(|rest| (rest, next))
    }

    fn read(&mut self, bytes: &[u8], at: u64, hints: &Hints, to: &mut Ways<'_>, taken: &mut Taken) {
        let numbers = self.numbers();
        let Content::Unknown(seen) = &mut self.content else {
            let mut fan = fan(numbers, hints.newest, to, taken);
            self.content.read(bytes, at, hints, &mut fan);
            return;
        };
        seen.extend_from_slice(bytes);
        let seen = std::mem::take(seen);
        if let Some(content) = Content::recognise(None, &seen, hints) {
            self.content = content;
            let format = self.content.format();
            to.state.recognised(self.in_state, format);
            if let Some(local) = &mut to.local {
                local.recognised(self.in_local, format);
            }
            let numbers = self.numbers();
            let mut fan = fan(numbers, hints.newest, to, taken);
            self.content.read(&seen, self.began, hints, &mut fan);
            return;
        }
        if !std::mem::replace(&mut self.said, true) {
            let what = "its content is no format that is read: name the format where the sensor \
                        is set up, or take it out; the bytes are kept unread";
            taken.trouble(self.info.id, at, what);
        }
        self.content = if seen.len() < HEAD { Content::Unknown(seen) } else { Content::Foreign };
    }

    fn finish(&mut self, received: Time, to: &mut Ways<'_>, taken: &mut Taken) {
        let numbers = self.numbers();
        self.content.finish(&mut fan(numbers, received, to, taken));
    }

    fn numbers(&self) -> Numbers {
        let witness = Witness::of(self.content.format());
        Numbers {
            state: Origin { file: self.in_state, witness },
            local: Origin { file: self.in_local, witness },
            sensor: self.sensor,
        }
    }
}

/// A stream's numbers: in the state's engine, in the jurisdiction's, in the sightings.
#[derive(Clone, Copy)]
struct Numbers {
    state: Origin,
    local: Origin,
    sensor: u32,
}

fn fan<'a>(
    numbers: Numbers,
    received: Time,
    to: &'a mut Ways<'_>,
    taken: &'a mut Taken,
) -> Fan<'a> {
    Fan {
        state: (&mut to.state.engine, numbers.state),
        local: to.local.as_deref_mut().map(|local| (&mut local.engine, numbers.local)),
        sightings: to.sightings,
        sensor: numbers.sensor,
        received,
        taken,
    }
}

impl Taken {
    fn trouble(&mut self, stream: u32, offset: u64, what: impl Into<String>) {
        self.problems.push(Problem { stream, offset, what: what.into() });
    }
}

