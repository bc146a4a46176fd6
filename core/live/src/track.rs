//! One stream: how far it was read, and where its records go.

use ward_kernel::Time;
use ward_records::Hints;
use ward_watch::{Origin, Witness};

use crate::content::{Content, HEAD};
use crate::extent::Extent;
use crate::fan::Fan;
use crate::scope::Scope;
use crate::sightings::Sightings;
use crate::{StreamInfo, Taken};

/// A stream and how far it was read.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) info: StreamInfo,
    pub(crate) content: Content,
    /// What was read of it; `None` before the first block.
    extent: Option<Extent>,
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
        Self { info, content, extent: None, began: 0, said: false, numbers }
    }

    /// Reads what is new of a block; whether anything is.
    pub(crate) fn take(
        &mut self,
        bytes: &[u8],
        base: u64,
        hints: &Hints,
        to: &mut Ways<'_>,
        taken: &mut Taken,
    ) -> bool {
        let id = self.info.id;
        if self.extent.is_none() {
            if base > 0 {
                self.content.learn(&self.info.head);
            }
            self.info.head = Vec::new();
            self.began = base;
        }
        let extent = self.extent.get_or_insert(Extent::from(base));
        let news = extent.take(base, base.saturating_add(bytes.len() as u64));
        if news.missing > 0 {
            taken.trouble(
                id,
                base,
                format!("{} bytes are missing before this block", news.missing),
            );
        }
        if news.known > 0 {
            taken.trouble(id, base, "a part of this block came before and is passed over");
        }
        for &part in &news.parts {
            if !self.extent.as_mut().is_some_and(|extent| extent.follows(part)) {
                self.torn(part.0, hints.newest, to, taken);
            }
            let within = |at: u64| usize::try_from(at.saturating_sub(base)).unwrap_or(usize::MAX);
            if let Some(new) = bytes.get(within(part.0)..within(part.1)) {
                self.read(new, part.0, hints, to, taken);
            }
        }
        !news.parts.is_empty()
    }

    /// What comes next stands elsewhere, at `at`: what waits is read as it is.
    fn torn(&mut self, at: u64, received: Time, to: &mut Ways<'_>, taken: &mut Taken) {
        let way = self.way();
        self.content.torn(&mut fan(way, received, to, taken));
        if let Content::Unknown(seen) = &mut self.content {
            seen.clear();
            self.began = at;
        }
    }

    /// Reads what stands at `at`; recognises it first where that is not done yet.
    fn read(&mut self, bytes: &[u8], at: u64, hints: &Hints, to: &mut Ways<'_>, taken: &mut Taken) {
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

    /// There is no more room to wait in: what is held of the stream is read as it is.
    pub(crate) fn hurry(&mut self, received: Time, to: &mut Ways<'_>, taken: &mut Taken) {
        let way = self.way();
        self.content.hurry(&mut fan(way, received, to, taken));
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
