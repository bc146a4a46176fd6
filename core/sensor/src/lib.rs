//! What a sensor and the desk say to each other: batches, sequences, enrolment, silence.
