//! A calendar file, as an operator may see it.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use presence_calendar::ics::Calendar;
use presence_core::{
    Address, DayView, Directory, Engine, EngineConfig, Facet, Fact, Input, PersonId, PersonSpec, Phase, PlaceKind,
    PlaceSpec, Report, SourceId, SourceSpec, Span, Viewer, ViewerId,
};

/// A file with some of everything.
pub const BUILT_IN: &[u8] = include_bytes!("../calendar_day/calendar.ics");

/// A day, as an operator may see it: an engine says so, for what may be seen is its business.
///
/// # Errors
///
/// If the date lies outside of what can be counted.
pub fn day(calendar: &Calendar, date: NaiveDate, zone: Tz) -> Result<DayView, Box<dyn Error>> {
    let (file, owner) = (SourceId::new("file")?, PersonId::new("owner")?);
    let mail = Address::smtp("owner@example.com")?;
    let mut people = Directory::builder();
    people.source(SourceSpec::new(file.clone(), &[Facet::Calendar]));
    let mailbox = PlaceSpec::new(PlaceKind::Mailbox).address(mail.clone(), std::slice::from_ref(&file));
    people.person(PersonSpec::new(owner.clone()).place(mailbox));
    let directory = Arc::new(people.build()?);
    let now = midnight(date);
    let mut engine = Engine::new(EngineConfig::new(Arc::clone(&directory), now));
    let origin = directory.origin(&file).ok_or("no source")?;
    let subject = directory.subject(&mail).ok_or("no mailbox")?;
    engine.handle(now, Input::Session { origin, number: 1, phase: Phase::Begin });
    // A day more on each side, for days are those of the zone.
    let (before, after) = (date.pred_opt().unwrap_or(date), date.succ_opt().and_then(|next| next.succ_opt()));
    let around = Span::new(midnight(before), midnight(after.unwrap_or(date)));
    let around = around.map_err(|_| format!("`{date}` lies too far away: the years are 1970 to 2105"))?;
    let (agenda, _) = calendar.agenda(around);
    engine.report(now, &mut vec![Report::new(origin, subject, Fact::Agenda(Arc::new(agenda)), now)]);
    let person = directory.person(&owner).ok_or("nobody")?;
    Ok(engine.day(person, &Viewer::new(ViewerId::new("operator")?), date, &zone).unwrap_or_default())
}

fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}
