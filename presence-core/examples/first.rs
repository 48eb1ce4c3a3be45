use chrono::{DateTime, Utc};
use presence_core::*;
use std::sync::Arc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now: DateTime<Utc> = "2026-11-20T10:20:00Z".parse()?;
    let (exchange, anna) = (SourceId::new("exchange")?, PersonId::new("anna")?);
    let mail = Address::smtp("anna@example.com")?;

    let mut company = Directory::builder();
    company.source(SourceSpec::new(exchange.clone(), &[Facet::Calendar]));
    let mailbox = PlaceSpec::new(PlaceKind::Mailbox).address(mail.clone(), &[exchange.clone()]);
    company.person(PersonSpec::new(anna.clone()).named("Anna Berg").place(mailbox));
    let directory = Arc::new(company.build()?);

    let mut engine = Engine::new(EngineConfig::new(directory.clone(), now));
    let origin = directory.origin(&exchange).ok_or("no such source")?;
    engine.handle(now, Input::Session { origin, number: 1, phase: Phase::Begin });

    // The calendar: a day that is known, and a private meeting in it. Its subject gets no further than this line.
    let day = Span::new("2026-11-20T00:00:00Z".parse()?, "2026-11-21T00:00:00Z".parse()?)?;
    let hour = Span::new("2026-11-20T10:00:00Z".parse()?, "2026-11-20T11:00:00Z".parse()?)?;
    let dentist = MeetingDraft::new("uid-1", hour).subject("Dentist").sensitivity(calendar::Sensitivity::Private);
    let agenda = Fact::Agenda(Arc::new(Agenda::new(day, vec![Meeting::new(dentist)])));
    let mailbox = directory.subject(&mail).ok_or("no such mailbox")?;
    engine.report(now, &mut vec![Report::new(origin, mailbox, agenda, now)]);

    // What may an operator say to a caller, why, and until when?
    let operator = Viewer::new(ViewerId::new("operator")?);
    let person = directory.person(&anna).ok_or("no such person")?;
    let card = engine.card(person, &operator).ok_or("nothing to show")?;
    assert_eq!(card.row.activity, Activity::InMeeting);
    assert_eq!(card.until, Some("2026-11-20T11:00:00Z".parse()?));
    assert_eq!(card.meeting.and_then(|meeting| meeting.title).as_deref(), Some("***"));
    println!("{}", engine.explain(person, &operator).ok_or("nothing to tell")?);
    Ok(())
}
