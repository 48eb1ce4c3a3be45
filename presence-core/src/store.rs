//! What people typed survives a restart.
