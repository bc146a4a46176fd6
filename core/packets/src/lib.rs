//! Packet captures and flow exports, assembled into the same events that flow logs give.
//!
//! [`Capture`] reads pcap and pcapng files, [`Export`] reads NetFlow v5, v9 and IPFIX messages,
//! either as they arrive or from a file of them. Both deliver [`ward_records::Event`]s to a
//! [`ward_records::Sink`], the place of an event being the byte offset of the packet (or message)
//! that began it.
//!
//! What this crate promises of hostile input: it never panics, every table has a limit, and what
//! a limit or a damaged record costs is said to the sink. Times come from the packets alone, so
//! the same bytes give the same events, however they are cut into blocks.

mod bytes;
mod capture;
mod decode;
mod export;
mod export_file;
mod flow;
mod flows;
mod half;
mod http;
mod link;
mod pair;
mod pcap;
mod pcapng;
mod slots;
mod tcp;
mod web;

pub use capture::Capture;
pub use export::Export;
