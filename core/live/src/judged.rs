//! What one scope's engine says at one moment.

use ward_kernel::Time;
use ward_watch::Report;
use ward_watch::report::Case;

/// A judgement of one scope.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// [`crate::STATE`], or the id of a jurisdiction.
    pub scope: String,
    /// The cases: all of them when `complete`, otherwise those of sources that were touched since
    /// the last look. `jurisdictions` also names those whose engines hold one of the sources.
    pub cases: Vec<Case>,
    /// Whether these are all cases of the scope: what is not among them is no case any more.
    pub complete: bool,
    /// Where the judged window begins; `None` when everything was judged. A case that began before
    /// it was judged on more than this judgement saw.
    pub since: Option<Time>,
    /// Whether sources had to be folded to stay within the memory, or more scan than are listed: a
    /// case that is missing may be one of theirs.
    pub folded: bool,
    /// The whole report of a complete judgement; its `cases` are moved out to the field above.
    pub report: Option<Report>,
}
