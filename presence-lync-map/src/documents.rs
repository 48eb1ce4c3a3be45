//! The documents of enhanced presence: read leniently, written in one way only.
//!
//! A server tells of people in *categories*, and is told in *publications*: the same documents (state, note, calendar,
//! contact card) in two envelopes.
//!
//! | document | read | written |
//! |---|---|---|
//! | [`Categories`], the body of a notification | yes | yes |
//! | [`Publications`], the body of a publication | yes | yes |
//! | [`VersionConflict`], the answer to one that was out of date | yes | yes |
//! | [`BatchSubscription`], the body of a subscription to many | yes | yes |
//! | [`ContainerList`], who is in which container, and a change of it | yes | yes |
//!
//! Reading forgives what the wire is known for: elements in any order, unknown elements and extensions anywhere, times
//! with or without a zone, an encoding that is declared wrongly, namespaces with `https`. One broken category costs that
//! category and a [`Warning`], not its neighbours. What is no XML, has a document type or is too large is refused.
//!
//! Nothing that a person typed can get into `Debug` or an error from here. What is told of single meetings, their
//! subject and place, is not even kept unless [`ReadRules::meeting_texts`] says so: these documents do not say whether a
//! meeting is private.
//!
//! ```
//! use presence_lync_map::documents::{Categories, Content, ReadRules};
//!
//! let body = br#"<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:bob@example.com">
//!   <category name="state" instance="1" publishTime="2026-03-05T09:15:02.117">
//!     <state xmlns="http://schemas.microsoft.com/2006/09/sip/state" xsi:type="aggregateState"
//!            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
//!       <availability>7500</availability>
//!       <activity token="in-a-meeting" minAvailability="6500" maxAvailability="8999"/>
//!     </state>
//!   </category>
//! </categories>"#;
//! let read = Categories::read(body, &ReadRules::default())?;
//! assert!(read.warnings.is_empty());
//! let Content::State(state) = &read.categories[0].content else { return Err("no state".into()) };
//! assert_eq!(state.availability.map(|number| number.get()), Some(7_500));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod calendar_data;
mod categories;
mod category;
mod contact;
mod contact_card;
mod containers;
mod error;
mod facts;
mod fault;
mod free_busy;
mod note;
mod publications;
mod publisher;
mod rules;
mod state;
mod time;
mod working_hours;

pub use batch::{BatchAction, BatchSubscription};
pub use calendar_data::CalendarData;
pub use categories::Categories;
pub use category::{Category, CategoryName, Content};
pub use contact::{Contact, Taken};
pub use contact_card::{ContactCard, PhoneKind, PhoneNumber};
pub use containers::{ContainerList, ContainerMembers, MemberAction};
pub use error::{DocumentError, DocumentProblem, Warning, WarningProblem};
pub use facts::FactRules;
pub use fault::{VersionConflict, VersionOf};
pub use free_busy::{BitOrder, FreeBusy, InvalidFreeBusy};
pub use note::{NoteDocument, NoteKind};
pub use publications::{Publication, Publications};
pub use publisher::{Answered, Publisher};
pub use rules::{MeetingTexts, ReadRules};
pub use state::{StateDocument, StateType};
pub use working_hours::{Transition, Weekdays, WorkingHours, WorkingPeriod};
