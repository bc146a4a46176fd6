//! The desk in a browser and over REST: pages, sessions, tokens; no SQL, no outbound calls.
