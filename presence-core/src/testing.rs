//! For tests: of this library, of adapters, and of the rules of an installation.

mod clock;
#[cfg(feature = "hub")]
mod contract;
pub mod http;
pub mod scenario;
mod source;

pub use clock::ManualClock;
#[cfg(feature = "hub")]
pub use contract::{Contract, ContractBroken};
pub use source::{ScriptedSource, Seen, Step};
