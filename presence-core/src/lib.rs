//! Presence, decided: what to show about a person, **why**, and **until when**.
//!
//! Many sources know something about a person: calendars, telephones, presence servers, mobile operators, the person.
//! This crate keeps what they say, settles it, decides by rules what to show, and can always tell why. Its heart, the
//! [`Engine`], has no I/O and no clock: reports go in with the time, changes come out. What a private meeting tells never
//! gets in. The [`hub`] makes a running thing of it.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use chrono::{DateTime, Utc};
//! use presence_core::calendar::Sensitivity;
//! use presence_core::{
//!     Activity, Address, Agenda, Directory, Engine, EngineConfig, Fact, Facet, Input, Meeting, MeetingDraft, PersonId,
//!     PersonSpec, Phase, PlaceKind, PlaceSpec, Report, SourceId, SourceSpec, Span, Viewer, ViewerId,
//! };
//!
//! let now: DateTime<Utc> = "2026-11-20T10:20:00Z".parse()?;
//! let (exchange, anna) = (SourceId::new("exchange")?, PersonId::new("anna")?);
//! let mail = Address::smtp("anna@example.com")?;
//!
//! let mut company = Directory::builder();
//! company.source(SourceSpec::new(exchange.clone(), &[Facet::Calendar]));
//! let mailbox = PlaceSpec::new(PlaceKind::Mailbox).address(mail.clone(), &[exchange.clone()]);
//! company.person(PersonSpec::new(anna.clone()).named("Anna Berg").place(mailbox));
//! let directory = Arc::new(company.build()?);
//!
//! let mut engine = Engine::new(EngineConfig::new(directory.clone(), now));
//! let origin = directory.origin(&exchange).ok_or("no such source")?;
//! engine.handle(now, Input::Session { origin, number: 1, phase: Phase::Begin });
//!
//! // The calendar: a day that is known, and a private meeting in it. Its subject gets no further than this line.
//! let day = Span::new("2026-11-20T00:00:00Z".parse()?, "2026-11-21T00:00:00Z".parse()?)?;
//! let hour = Span::new("2026-11-20T10:00:00Z".parse()?, "2026-11-20T11:00:00Z".parse()?)?;
//! let dentist = MeetingDraft::new("uid-1", hour).subject("Dentist").sensitivity(Sensitivity::Private);
//! let agenda = Fact::Agenda(Arc::new(Agenda::new(day, vec![Meeting::new(dentist)])));
//! let mailbox = directory.subject(&mail).ok_or("no such mailbox")?;
//! engine.report(now, &mut vec![Report::new(origin, mailbox, agenda, now)]);
//!
//! // What may an operator say to a caller, why, and until when?
//! let operator = Viewer::new(ViewerId::new("operator")?);
//! let person = directory.person(&anna).ok_or("no such person")?;
//! let card = engine.card(person, &operator).ok_or("nothing to show")?;
//! assert_eq!(card.row.activity, Activity::InMeeting);
//! assert_eq!(card.until, Some("2026-11-20T11:00:00Z".parse()?));
//! assert_eq!(card.meeting.and_then(|meeting| meeting.title).as_deref(), Some("***"));
//! println!("{}", engine.explain(person, &operator).ok_or("nothing to tell")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The way of a report
//!
//! ```text
//! Report ──▶ Engine: keep claims ──▶ see ──▶ settle ──▶ decide ──▶ Row, Card, Explanation
//!            per source, place,      what    who        the first  made for a class
//!            facet                   the     speaks     rule that  of viewers
//!                                    viewer             holds
//!                                    may know
//! ```
//!
//! * A [`Fact`] is what is the case on one [`Facet`]; a [`Report`] is who says it of whom and when.
//! * The [`Directory`] says who there is, at which *places* (telephones, mailboxes, accounts), and by which addresses.
//! * The [`Engine`] keeps a [`Claim`] per source, place and facet. Nothing is overwritten but by the same source, so when
//!   a stronger claim ends, the weaker one is simply there again.
//! * A [`Viewer`] is a class of people who look; its [`Sight`] of a person says what it may know. Seeing comes first:
//!   what may not be known is left out before anything is concluded from it.
//! * [`settle`] turns claims into a [`Situation`], [`decide`] turns that into a [`Decision`] by a [`RuleSet`].
//! * An [`Explanation`] is the same two calls with somebody listening, so it can never tell another story.
//!
//! # The running half
//!
//! What speaks to the world is a [`source::Source`]; the [`hub`] runs it, owns the engine, and shows what comes of it.
//! Ports to the world are [`http::HttpService`], [`store::Store`] and [`clock::Clock`]; each has an implementation behind
//! a feature, and you can bring your own.
//!
//! # What goes out
//!
//! Only [`Row`], [`Card`], [`MeetingView`] and [`Explanation`] can be serialised, and only a viewer gets them. Whatever a
//! person typed is [`Confidential`]: it prints as `***`, and has no way into a log.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `hub` | on | the module [`hub`]: runs an engine with sources, boards and watches; brings tokio |
//! | `config` | off | the module `config`: the configuration file; brings toml |
//! | `reqwest` | off | `http::ReqwestService`, HTTP with TLS; brings reqwest and rustls |
//! | `store` | off | `store::FileStore`, a file for what people typed; brings redb |
//! | `testing` | off | the module `testing`: scenarios as data, a clock to move, scripted sources, the contract of sources |
//!
//! Without features the crate depends on async-trait, chrono (without its clock), serde, thiserror and hashbrown.
#![forbid(unsafe_code)]

pub mod absence;
mod activity;
mod aside;
mod availability;
pub mod calendar;
mod check;
mod claim;
pub mod clock;
mod confidential;
#[cfg(feature = "config")]
pub mod config;
mod decide;
mod device;
mod diagnostics;
mod directory;
pub mod endpoints;
mod engine;
mod explanation;
mod fact;
mod hash;
pub mod http;
#[cfg(feature = "hub")]
pub mod hub;
mod identity;
mod keeping;
mod line;
mod manual;
mod note;
pub mod poll;
mod presence;
mod privacy;
mod recording;
mod rich;
mod rules;
mod second;
mod see;
mod settle;
mod shape;
pub mod sink;
mod situation;
pub mod source;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod view;

pub use absence::{Absence, AbsenceReason, EndBeforeStart};
pub use activity::{Activity, Lcid, LocalTexts};
pub use availability::{
    Availability, AvailabilityOutOfRange, AvailabilityRanges, Band, InvalidAvailabilityRanges, RangeProblem,
};
pub use calendar::{Agenda, Hours, Meeting, MeetingDraft, ShowAs, Span};
pub use check::{Because, Checked, RuleSetError, Warning};
pub use claim::{Claim, Step, Tables, Value};
pub use confidential::{Confidential, MASK};
pub use decide::{Decision, decide};
pub use device::Device;
pub use diagnostics::{
    ConnectorStatus, Counts, Diagnostics, Mode, PresenceKind, SourceErrorKind, SourceHealth, SubjectStatus,
};
pub use directory::{
    AddressSpec, Directory, DirectoryBuilder, DirectoryCard, DirectoryError, Interest, PARTITIONS, PersonSpec,
    PlaceKind, PlaceSpec, SourceSpec, TYPED, Trust, partition,
};
pub use engine::{Demand, Engine, EngineConfig, Input, Output, Phase};
pub use explanation::{Entry, Expects, Explanation, Outcome, Said, Transcript, Tried};
pub use fact::{Facet, FacetSet, Fact, Lifetime, Report};
pub use identity::{
    Address, InvalidAddress, InvalidName, Origin, Person, PersonId, RuleId, Scheme, SourceId, Subject, ViewerId,
    WatcherId,
};
pub use keeping::{AfterDecay, Graces, Keeping, Ladder, Lives};
pub use line::{Call, CallTable, Diversion, DiversionKind, Reach};
pub use manual::Manual;
pub use note::{Audience, Note};
pub use presence::{Difference, Presence};
pub use privacy::{Access, CalendarPolicy, Denial, Disclosure, PrivacyPolicy, Sight, Viewer};
pub use recording::{Recorder, RecordingEntry, Replay, ReplayError};
pub use rich::RichState;
pub use rules::{Condition, Effect, MOST_RULES, Precedence, Rule, RuleSet, Scope, Target, Telephone, Truth};
pub use second::Second;
pub use settle::{Settled, settle};
pub use shape::Shape;
pub use situation::{Situation, Telephones};
pub use trace::{Heard, Trace, Why};
pub use view::{AbsenceView, Card, DayView, Lamp, Mask, MeetingView, NoteView, Row};

/// The first page of the project: its example is compiled with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
