//! CalDAV and files on the web, against answers that were prepared: as servers give them, and as nobody should.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests; what is wrong has to stop them")]

#[path = "caldav/discovery.rs"]
mod discovery;
#[path = "caldav/hostile.rs"]
mod hostile;
#[path = "caldav/read.rs"]
mod read;
#[path = "caldav/sync.rs"]
mod sync;
#[path = "caldav/talk.rs"]
mod talk;
#[path = "caldav/web.rs"]
mod web;
