//! TODO.

use crate::reader::{Hints, ReadFormat, Sink};

/// TODO
#[derive(Clone, Debug)]
pub(crate) struct ZeekTsv;

impl ReadFormat for ZeekTsv {
    fn recognise(_head: &[u8], _hints: &Hints) -> Option<Self> { None }
    fn forced(_hints: &Hints) -> Self { Self }
    fn read<S: Sink>(&mut self, _block: &[u8], _base: u64, _sink: &mut S) {}
}
