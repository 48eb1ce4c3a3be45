//! The configuration file: who there is, which sources, which rules.
