//! For tests: of this library, of adapters, and of the rules of an installation.

pub mod scenario;
