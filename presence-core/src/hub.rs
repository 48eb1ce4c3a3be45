//! The running half: one writer, many readers, supervised sources.
