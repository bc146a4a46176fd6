//! What must hold of a history as a whole.

mod crash;
mod damage;
mod hunts;
mod laws;
mod model;
