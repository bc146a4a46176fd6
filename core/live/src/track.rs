//! One stream: how far it was read, and where its records go.

use ward_kernel::Time;
use ward_records::Hints;
use ward_watch::{Origin, Witness};

use crate::content::{Content, HEAD};
use crate::fan::Fan;
use crate::scope::Scope;
use crate::sightings::Sightings;
use crate::{StreamInfo, Taken};

/// A stream and how far it was read.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) info: StreamInfo,
    pub(crate) content: Content,
    /// Where the next block should begin; `None` before the first.
    next: Option<u64>,
    /// Where the bytes of [`Content::Unknown`] begin.
    began: u64,
    /// Whether it was said that the content is not recognised.
    said: bool,
    numbers: Numbers,
}

/// A stream's numbers: in the state's engine, in the jurisdiction's, in the sightings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub(crate) in_state: u32,
    pub(crate) in_local: u32,
    pub(crate) sensor: u32,
}

/// Where the records of a stream go.
pub(crate) struct Ways<'a> {
    pub(crate) state: &'a mut Scope,
    pub(crate) local: Option<&'a mut Scope>,
    pub(crate) sightings: &'a mut Sightings,
}

impl Stream {
    pub(crate) const fn new(info: StreamInfo, content: Content, numbers: Numbers) -> Self {
        Self { info, content, next: None, began: 0, said: false, numbers }
    }

    /// The part of a block that is new, and where it stands; `None` when nothing is.
    pub(crate) fn follow<'b>(
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
            let way = self.way();
            self.content.torn(&mut fan(way, received, to, taken));
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

    /// Reads what stands at `at`; recognises it first where that is not done yet.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        at: u64,
        hints: &Hints,
        to: &mut Ways<'_>,
        taken: &mut Taken,
    ) {
        let way = self.way();
        let Content::Unknown(seen) = &mut self.content else {
            let mut fan = fan(way, hints.newest, to, taken);
            self.content.read(bytes, at, hints, &mut fan);
            return;
        };
        seen.extend_from_slice(bytes);
        let seen = std::mem::take(seen);
        if let Some(content) = Content::recognise(None, &seen, hints) {
            self.content = content;
            let format = self.content.format();
            to.state.recognised(self.numbers.in_state, format);
            if let Some(local) = &mut to.local {
                local.recognised(self.numbers.in_local, format);
            }
            let way = self.way();
            let mut fan = fan(way, hints.newest, to, taken);
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

    /// The stream is over.
    pub(crate) fn finish(&mut self, received: Time, to: &mut Ways<'_>, taken: &mut Taken) {
        let way = self.way();
        self.content.finish(&mut fan(way, received, to, taken));
    }

    fn way(&self) -> Way {
        let witness = Witness::of(self.content.format());
        Way {
            state: Origin { file: self.numbers.in_state, witness },
            local: Origin { file: self.numbers.in_local, witness },
            sensor: self.numbers.sensor,
        }
    }
}

/// What a stream's records are to those who take them.
#[derive(Clone, Copy)]
struct Way {
    state: Origin,
    local: Origin,
    sensor: u32,
}

fn fan<'a>(way: Way, received: Time, to: &'a mut Ways<'_>, taken: &'a mut Taken) -> Fan<'a> {
    Fan {
        state: (&mut to.state.engine, way.state),
        local: to.local.as_deref_mut().map(|local| (&mut local.engine, way.local)),
        sightings: to.sightings,
        sensor: way.sensor,
        received,
        taken,
    }
}
