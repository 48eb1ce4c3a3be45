//! The rules that come with the library.

use super::{Condition, Effect, Rule, RuleSet, Target, Telephone};
use crate::activity::Activity;
use crate::availability::{Availability, AvailabilityRanges, Band};
use crate::calendar::ShowAs;
use crate::fact::Facet;
use crate::identity::RuleId;
use crate::line::{Call, Reach};

impl RuleSet {
    /// The default rules. `docs/rules.md` tells each one's reason.
    #[must_use]
    pub fn standard() -> Self {
        let rules = [
            manual_set(),
            absence_active(),
            line_do_not_disturb(),
            rich_do_not_disturb(),
            line_forwarded_voicemail(),
            line_forwarded_number(),
            line_in_call(),
            mobile_in_call(),
            line_ringing(),
            line_dialling(),
            rich_in_call(),
            manual_available(),
            calendar_out_of_office(),
            calendar_automatic_reply(),
            calendar_busy_idle(),
            calendar_busy(),
            rich_as_published(),
            absence_available(),
            line_unregistered(),
            calendar_tentative(),
            mobile_off(),
            line_idle(),
        ];
        Self::new(rules.into_iter().flatten().collect())
    }

    /// The traditional reading, for migration: a person's status is that of the extension, or the absence.
    #[must_use]
    pub fn line_only() -> Self {
        let rules = [
            absence_active(),
            line_do_not_disturb(),
            line_forwarded_voicemail(),
            line_forwarded_number(),
            line_in_call(),
            mobile_in_call(),
            line_ringing(),
            line_dialling(),
            absence_available(),
            line_unregistered(),
            line_idle(),
        ];
        Self::new(rules.into_iter().flatten().collect()).with_idle_line_alone()
    }

    /// An idle desk telephone alone makes a person free, whatever else should be known and is not.
    ///
    /// The default says no: a free extension does not prove a free person.
    #[must_use]
    pub fn with_idle_line_alone(mut self) -> Self {
        for rule in self.rules.iter_mut().filter(|rule| rule.id.as_str() == LINE_IDLE) {
            rule.when = Condition::CallIs(Telephone::Desk, Call::Idle);
        }
        self
    }
}

const LINE_IDLE: &str = "line.idle";

/// What somebody set by hand counts before everything, unless it makes free.
fn manual_set() -> Option<Rule> {
    rule("manual.set", Condition::ManualIs(ranges(Band::Busy, Band::Offline)), Effect::AsSet)
}

/// An absence counts as its reason does.
fn absence_active() -> Option<Rule> {
    rule("absence.active", Condition::AbsenceIs(ranges(Band::Busy, Band::Offline)), Effect::AsAbsence)
}

/// Do-not-disturb overrides a diversion.
fn line_do_not_disturb() -> Option<Rule> {
    let then = show(Availability::DO_NOT_DISTURB, Activity::DoNotDisturb);
    rule("line.do-not-disturb", Condition::DoNotDisturb(Telephone::Either), then)
}

fn rich_do_not_disturb() -> Option<Rule> {
    let when = Condition::RichIs(ranges(Band::DoNotDisturb, Band::DoNotDisturb));
    rule("rich.do-not-disturb", when, Effect::AsPublished)
}

/// A diverted telephone is always forwarded, free or busy.
fn line_forwarded_voicemail() -> Option<Rule> {
    let when = Condition::DivertedTo(Telephone::Desk, Target::Voicemail);
    rule("line.forwarded-voicemail", when, show(Availability::AWAY, Activity::ForwardedToVoicemail))
}

fn line_forwarded_number() -> Option<Rule> {
    let when = Condition::DivertedTo(Telephone::Desk, Target::Number);
    rule("line.forwarded-number", when, show(Availability::AWAY, Activity::ForwardedToNumber))
}

fn line_in_call() -> Option<Rule> {
    rule("line.in-call", in_call(Telephone::Desk), show(Availability::BUSY, Activity::InCall))
}

fn mobile_in_call() -> Option<Rule> {
    rule("mobile.in-call", in_call(Telephone::Mobile), show(Availability::BUSY, Activity::InCall))
}

fn line_ringing() -> Option<Rule> {
    let when = Condition::CallIs(Telephone::Either, Call::Ringing);
    rule("line.ringing", when, show(Availability::BUSY, Activity::Ringing))
}

fn line_dialling() -> Option<Rule> {
    let when = Condition::CallIs(Telephone::Either, Call::Dialling);
    rule("line.dialling", when, show(Availability::BUSY, Activity::Dialling))
}

fn rich_in_call() -> Option<Rule> {
    let calls = [Activity::InCall, Activity::InConference].map(Condition::ActivityIs);
    let when = vec![Condition::RichIs(ranges(Band::Busy, Band::IdleBusy)), Condition::Any(calls.into())];
    rule("rich.in-call", Condition::All(when), Effect::AsPublished)
}

/// A person may overrule the own calendar, not a call in progress.
fn manual_available() -> Option<Rule> {
    rule("manual.available", Condition::ManualIs(ranges(Band::Online, Band::IdleOnline)), Effect::AsSet)
}

fn calendar_out_of_office() -> Option<Rule> {
    let when = Condition::CalendarIs(ShowAs::OutOfOffice);
    rule("calendar.out-of-office", when, show(Availability::AWAY, Activity::OutOfOffice))
}

/// An automatic reply does not hide somebody who is seen at work.
fn calendar_automatic_reply() -> Option<Rule> {
    let silent = Condition::negated(Condition::Known(Facet::Rich));
    let gone = Condition::Any(vec![silent, Condition::RichIs(ranges(Band::Offline, Band::Offline))]);
    let when = Condition::All(vec![Condition::AutomaticReply, gone]);
    rule("calendar.automatic-reply", when, show(Availability::AWAY, Activity::OutOfOffice))
}

/// Booked, and the computer idle: the idle twin is kept, not folded away.
fn calendar_busy_idle() -> Option<Rule> {
    let idle = AvailabilityRanges::from_bands(&[Band::IdleOnline, Band::IdleBusy]);
    let when = Condition::All(vec![Condition::CalendarIs(ShowAs::Busy), Condition::RichIs(idle)]);
    rule("calendar.busy-idle", when, show(Availability::IDLE_BUSY, Activity::InMeeting))
}

/// People who are booked are not disturbed.
fn calendar_busy() -> Option<Rule> {
    rule("calendar.busy", Condition::CalendarIs(ShowAs::Busy), show(Availability::BUSY, Activity::InMeeting))
}

fn rich_as_published() -> Option<Rule> {
    rule("rich.as-published", Condition::Known(Facet::Rich), Effect::AsPublished)
}

/// Working elsewhere and the like; rich presence would have spoken above.
fn absence_available() -> Option<Rule> {
    rule("absence.available", Condition::AbsenceIs(ranges(Band::Online, Band::IdleOnline)), Effect::AsAbsence)
}

fn line_unregistered() -> Option<Rule> {
    let when = Condition::negated(Condition::ReachIs(Telephone::Desk, Reach::Reachable));
    rule("line.unregistered", when, show(Availability::OFFLINE, Activity::Offline))
}

fn calendar_tentative() -> Option<Rule> {
    let when = vec![
        Condition::CalendarIs(ShowAs::Tentative),
        Condition::CallIs(Telephone::Desk, Call::Idle),
        Condition::negated(Condition::Expected(Facet::Rich)),
    ];
    rule("calendar.tentative", Condition::All(when), show(Availability::ONLINE, Activity::Tentative))
}

/// A mobile that is off says nothing about a desk telephone.
fn mobile_off() -> Option<Rule> {
    let when = vec![
        Condition::ReachIs(Telephone::Mobile, Reach::Unreachable),
        Condition::negated(Condition::LineKnown(Telephone::Desk)),
    ];
    let rule = rule("mobile.off", Condition::All(when), show(Availability::OFFLINE, Activity::Offline))?;
    Some(Rule { literal: true, ..rule })
}

/// Where nobody else is expected to know, the extension is the status; a silent calendar or client leaves it unknown.
fn line_idle() -> Option<Rule> {
    let calendar = [ShowAs::Free, ShowAs::WorkingElsewhere].map(Condition::CalendarIs);
    let mut free = Vec::from(calendar);
    free.push(Condition::negated(Condition::Expected(Facet::Calendar)));
    let when = vec![
        Condition::CallIs(Telephone::Desk, Call::Idle),
        Condition::negated(Condition::Expected(Facet::Rich)),
        Condition::Any(free),
    ];
    rule(LINE_IDLE, Condition::All(when), show(Availability::ONLINE, Activity::Available))
}

fn in_call(telephone: Telephone) -> Condition {
    Condition::Any([Call::InCall, Call::Held].map(|call| Condition::CallIs(telephone, call)).into())
}

const fn show(availability: Availability, activity: Activity) -> Effect {
    Effect::Show { availability, activity }
}

fn ranges(first: Band, last: Band) -> AvailabilityRanges {
    let bands = Band::ALL.into_iter().filter(|band| (first..=last).contains(band)).collect::<Vec<_>>();
    AvailabilityRanges::from_bands(&bands)
}

/// `None` only for an id that is no name; a test counts the rules.
fn rule(id: &str, when: Condition, then: Effect) -> Option<Rule> {
    RuleId::new(id).ok().map(|id| Rule::new(id, when, then))
}
