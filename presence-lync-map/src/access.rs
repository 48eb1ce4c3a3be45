//! Who may know what of somebody's presence: containers as a privacy policy.
//!
//! 1. [`Containers`] say in which container a [`Watcher`] is, and by which of its members: a [`Standing`].
//! 2. [`AccessRules`] say what a [`Relationship`] is told, one [`Field`] at a time.
//! 3. [`AccessRules::shown`] leaves out of a state what is not told; [`AccessRules::viewer`] makes a class of viewers of
//!    it, for whoever asks the engine.
//!
//! ```
//! use presence_core::Address;
//! use presence_lync_map::access::{AccessRules, Containers, Field, Member, Network, Relationship, Told, Watcher};
//!
//! let mut containers = Containers::standard();
//! containers.add(Relationship::Workgroup, Member::User(Address::sip("bo@example.com")?))?;
//!
//! let bo = Watcher::new(Address::sip("Bo@Example.com")?).network(Network::SameEnterprise);
//! let standing = containers.standing(&bo);
//! assert_eq!(standing.relationship, Relationship::Workgroup, "the largest number wins");
//!
//! let rules = AccessRules::default();
//! assert_eq!(rules.told(Field::MeetingSubject, Relationship::Workgroup), Told::Yes);
//! assert_eq!(rules.told(Field::MeetingSubject, Relationship::Colleagues), Told::No);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod containers;
mod domain;
mod face;
mod field;
mod member;
mod policy;
mod relationship;
mod rules;
mod watcher;

pub use containers::{Containers, Membership, Standing, TooManyMembers};
pub use domain::{Domain, InvalidDomain};
pub use face::Face;
pub use field::{Field, Told};
pub use member::{InvalidMember, Member};
pub use relationship::{Relationship, SiteContainer};
pub use rules::{AccessRules, BlockedNames, ExternalActivity, ExternalNotes};
pub use watcher::{Network, Watcher};
