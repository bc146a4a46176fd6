//! The collector: follows files, the journal, syslog and flow exports; spools and sends.
