//! A sensor against a desk that is a real HTTP server and behaves as badly as a network can.

mod desk;
mod exactly_once;
mod killed;
mod limits;
mod tls;
