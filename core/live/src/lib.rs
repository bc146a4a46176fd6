//! Records as they arrive: streams read on, engines fed, cases that change.
