//! The relying party against a provider of our own making, which can be told to misbehave, and
//! against bytes that mean nothing. A real provider is asked in `tests/real.rs`.

mod answers;
mod fake;
mod hostile;
mod outside;
mod rotation;
mod signer;
mod tokens;
mod vectors;
