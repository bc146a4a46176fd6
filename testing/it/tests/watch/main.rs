//! `ward watch` from outside: the built binary, real files, what it prints and how it ends.

mod common;
mod days;
mod exits;
mod formats;
mod hostile;
mod html;
mod invariance;
mod outputs;
mod proof;
mod real;
mod recording;
mod schema;
mod trouble;
