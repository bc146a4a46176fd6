//! What tests need that is no part of Ward.

mod postgres;

pub use postgres::Postgres;
