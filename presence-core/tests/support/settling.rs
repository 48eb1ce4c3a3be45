//! Settling and deciding once more, written from the description and not from the code: loops over lists, nothing else.

use std::cmp::Reverse;

use presence_core::calendar::ShowAs;
use presence_core::{
    Activity, Availability, Band, Call, Condition, Decision, Device, DiversionKind, Effect, Facet, FacetSet, PlaceKind,
    Reach, RuleId, RuleSet, Situation, SourceId, Step, Target, Telephone, Telephones, Truth,
};

// Where the engine does something else than the description says: this is to be false, and then to go.

/// Who gives way looks no further than to the first that does not.
const LOOKS_NO_FURTHER: bool = false;

/// What somebody says on a facet, as it is read now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Val {
    Absence(Option<(Availability, Activity)>),
    Reply(bool),
    Calendar(ShowAs),
    Call(Call),
    Device(Device),
    Diversion(DiversionKind),
    Disturb(bool),
    Hours(bool),
    Manual(Option<(Availability, Activity)>),
    Note(bool),
    Reach(Reach),
    Rich(Availability, Activity),
    Roaming(bool),
}

impl Val {
    pub(crate) const fn facet(self) -> Facet {
        match self {
            Self::Absence(_) => Facet::Absence,
            Self::Reply(_) => Facet::AutomaticReply,
            Self::Calendar(_) => Facet::Calendar,
            Self::Call(_) => Facet::Call,
            Self::Device(_) => Facet::Device,
            Self::Diversion(_) => Facet::Diversion,
            Self::Disturb(_) => Facet::DoNotDisturb,
            Self::Hours(_) => Facet::Hours,
            Self::Manual(_) => Facet::Manual,
            Self::Note(_) => Facet::Note,
            Self::Reach(_) => Facet::Reach,
            Self::Rich(..) => Facet::Rich,
            Self::Roaming(_) => Facet::Roaming,
        }
    }

    /// Whether it says anything at all.
    pub(crate) fn speaks(self) -> bool {
        match self {
            Self::Absence(Some((number, _))) | Self::Manual(Some((number, _))) | Self::Rich(number, _) => {
                number.get() >= 3_000
            }
            Self::Calendar(word) => word != ShowAs::NoData,
            _ => true,
        }
    }

    pub(crate) fn band(self) -> Option<Band> {
        match self {
            Self::Absence(state) | Self::Manual(state) => state.map(|(number, _)| number.band()),
            Self::Rich(number, _) => Some(number.band()),
            _ => None,
        }
    }

    const fn is_active(self) -> bool {
        matches!(self, Self::Absence(Some(_)) | Self::Manual(Some(_)) | Self::Note(true))
    }
}

/// Somebody who says something now, and how it is taken.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// In the order of listing.
    pub(crate) place: usize,
    pub(crate) source: SourceId,
    pub(crate) val: Val,
    pub(crate) step: Step,
    pub(crate) began: u32,
    /// In the row of precedence that holds, if it is named there.
    pub(crate) position: Option<u16>,
    pub(crate) yields: bool,
}

impl Heard {
    fn rank(&self) -> u16 {
        self.position.unwrap_or(u16::MAX)
    }

    /// Where no precedence tells two apart: stricter calendars and absences come first.
    fn strictness(&self) -> (Reverse<u16>, Reverse<u32>) {
        match self.val {
            Val::Calendar(word) => (Reverse(u16::from(word.code())), Reverse(0)),
            Val::Absence(Some((number, _))) => (Reverse(number.get()), Reverse(self.began)),
            _ => (Reverse(0), Reverse(0)),
        }
    }
}

/// A place of a person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) kind: PlaceKind,
    pub(crate) expected: FacetSet,
}

/// What is known of one telephone.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    mobile: bool,
    expected: FacetSet,
    call: Option<Call>,
    disturb: Option<bool>,
    diversion: Option<DiversionKind>,
    reach: Option<Reach>,
}

impl Phone {
    /// Idle, or off and nothing known of calls.
    fn call_or_off(&self) -> Option<Call> {
        self.call.or_else(|| self.reach.filter(|reach| *reach != Reach::Reachable).map(|_| Call::Idle))
    }
}

/// What everything amounts to.
#[derive(Clone, Debug)]
pub(crate) struct Sit {
    pub(crate) rich: Option<(Availability, Activity)>,
    pub(crate) manual: Option<Option<(Availability, Activity)>>,
    pub(crate) absence: Option<Option<(Availability, Activity)>>,
    pub(crate) calendar: Option<ShowAs>,
    pub(crate) device: Option<Device>,
    pub(crate) reply: Option<bool>,
    pub(crate) hours: Option<bool>,
    pub(crate) roaming: Option<bool>,
    pub(crate) note: Option<bool>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) expected: FacetSet,
    pub(crate) has_desk: bool,
}

pub(crate) fn settle(places: &[Place], has_desk: bool, heard: &[Heard]) -> Sit {
    let speakers = |facet: Facet| -> Vec<&Heard> {
        let here = |place| heard.iter().filter(move |one| one.place == place && one.val.facet() == facet);
        (0..places.len()).filter_map(|place| at_one_place(here(place).collect())).collect()
    };
    let complete = |facet: Facet, known: &[&Heard]| {
        let missing = |(number, place): (usize, &Place)| {
            place.expected.contains(facet) && known.iter().all(|one| one.place != number)
        };
        !known.is_empty() && !places.iter().enumerate().any(missing)
    };
    let any = |facet: Facet, binds: fn(Val) -> bool| {
        let known = speakers(facet);
        if known.iter().any(|one| binds(one.val)) { Some(true) } else { complete(facet, &known).then_some(false) }
    };
    let calendar = speakers(Facet::Calendar);
    let strictest = calendar.iter().map(|one| word(one.val)).max();
    let absences = speakers(Facet::Absence);
    let manuals = speakers(Facet::Manual);
    Sit {
        rich: rich(speakers(Facet::Rich)),
        manual: active_or_none(first_of(manuals.clone(), false))
            .or_else(|| complete(Facet::Manual, &manuals).then_some(None)),
        absence: active_or_none(first_of(absences.clone(), true))
            .or_else(|| complete(Facet::Absence, &absences).then_some(None)),
        calendar: strictest.filter(|word| *word >= ShowAs::Busy || complete(Facet::Calendar, &calendar)),
        device: first_of(speakers(Facet::Device), false).and_then(|val| match val {
            Val::Device(device) => Some(device),
            _ => None,
        }),
        reply: any(Facet::AutomaticReply, |val| val == Val::Reply(true)),
        hours: any(Facet::Hours, |val| val == Val::Hours(true)),
        roaming: any(Facet::Roaming, |val| val == Val::Roaming(true)),
        note: any(Facet::Note, |val| val == Val::Note(true)),
        phones: phones(places, &speakers),
        expected: places.iter().fold(FacetSet::NONE, |set, place| set.union(place.expected)),
        has_desk,
    }
}

fn word(val: Val) -> ShowAs {
    if let Val::Calendar(word) = val { word } else { ShowAs::NoData }
}

fn active_or_none(first: Option<Val>) -> Option<Option<(Availability, Activity)>> {
    match first {
        Some(Val::Absence(state @ Some(_)) | Val::Manual(state @ Some(_))) => Some(state),
        _ => None,
    }
}

/// Who speaks of several at one place.
fn at_one_place(mut all: Vec<&Heard>) -> Option<&Heard> {
    active_first(&mut all);
    all.sort_by_key(|one| (one.step, one.rank(), one.strictness(), Reverse(one.began), one.source.clone()));
    giving_way(&all)
}

/// The first, unless it gives way to one that does not and that is as fresh.
fn giving_way<'a>(sorted: &[&'a Heard]) -> Option<&'a Heard> {
    let first = sorted.first()?;
    let other = sorted.iter().find(|one| !one.yields && (LOOKS_NO_FURTHER || one.step <= first.step));
    let other = other.filter(|one| one.step <= first.step);
    Some(if first.yields { other.unwrap_or(first) } else { first })
}

fn active_first(all: &mut Vec<&Heard>) {
    if all.iter().any(|one| one.val.is_active()) {
        all.retain(|one| one.val.is_active());
    }
}

/// Who speaks of several places, where one speaks alone.
fn first_of(mut all: Vec<&Heard>, absences: bool) -> Option<Val> {
    active_first(&mut all);
    all.sort_by_key(|one| {
        let strictness = if absences { one.strictness() } else { (Reverse(0), Reverse(0)) };
        (one.step, one.rank(), strictness, Reverse(one.began), one.source.clone(), one.place)
    });
    all.first().map(|one| one.val)
}

fn rich(mut all: Vec<&Heard>) -> Option<(Availability, Activity)> {
    let order =
        [Band::DoNotDisturb, Band::Busy, Band::IdleBusy, Band::Online, Band::IdleOnline, Band::BeRightBack, Band::Away];
    let weight = |one: &Heard| order.iter().position(|band| Some(*band) == one.val.band()).unwrap_or(order.len());
    all.sort_by_key(|one| (one.rank(), weight(one), one.step, Reverse(one.began), one.place));
    giving_way(&all).and_then(|one| match one.val {
        Val::Rich(availability, activity) => Some((availability, activity)),
        _ => None,
    })
}

fn phones<'a>(places: &[Place], speakers: &impl Fn(Facet) -> Vec<&'a Heard>) -> Vec<Phone> {
    let telephony = FacetSet::of(&[Facet::Call, Facet::DoNotDisturb, Facet::Diversion, Facet::Reach]);
    let mut phones: Vec<Phone> = places
        .iter()
        .map(|place| Phone {
            mobile: place.kind == PlaceKind::Mobile,
            expected: place.expected.intersection(telephony),
            call: None,
            disturb: None,
            diversion: None,
            reach: None,
        })
        .collect();
    for one in telephony.iter().flat_map(speakers) {
        let phone = &mut phones[one.place];
        match one.val {
            Val::Call(call) => phone.call = Some(call),
            Val::Disturb(on) => phone.disturb = Some(on),
            Val::Diversion(kind) => phone.diversion = Some(kind),
            Val::Reach(reach) => phone.reach = Some(reach),
            _ => {}
        }
    }
    phones
}

/// The telephones of one kind, and what may be asked of them.
struct Group<'a>(Vec<&'a Phone>);

impl Group<'_> {
    /// Every telephone where one of these is expected is known in this way, and any is.
    fn complete(&self, facets: FacetSet, known: impl Fn(&Phone) -> bool) -> bool {
        let missing = |phone: &&&Phone| !phone.expected.intersection(facets).is_empty() && !known(phone);
        self.0.iter().find(missing).is_none() && self.0.iter().any(|phone| known(phone))
    }

    fn lamp(&self) -> Option<Call> {
        self.0.iter().filter_map(|phone| phone.call).max()
    }

    fn disturb(&self) -> Option<bool> {
        if self.0.iter().any(|phone| phone.disturb == Some(true)) {
            return Some(true);
        }
        self.complete(FacetSet::of(&[Facet::DoNotDisturb]), |phone| phone.disturb.is_some()).then_some(false)
    }

    fn diversion(&self) -> Option<DiversionKind> {
        match self.0.iter().find(|phone| phone.expected.contains(Facet::Diversion)) {
            Some(first) => first.diversion,
            None => self.0.iter().find_map(|phone| phone.diversion),
        }
    }

    fn diverted_to(&self, target: Target) -> Truth {
        let wanted = match target {
            Target::Voicemail => DiversionKind::Voicemail,
            Target::Number => DiversionKind::Number,
        };
        Truth::maybe(self.diversion().map(|kind| kind == wanted))
    }

    fn reach(&self) -> Option<Reach> {
        self.0.iter().filter_map(|phone| phone.reach).max()
    }

    fn call_is(&self, call: Call) -> Truth {
        let known: Vec<Call> = self.0.iter().filter_map(|phone| phone.call_or_off()).collect();
        let complete = self.complete(FacetSet::of(&[Facet::Call]), |phone| phone.call_or_off().is_some());
        if call == Call::Idle {
            if known.iter().any(|other| *other != Call::Idle) {
                return Truth::False;
            }
            return if complete { Truth::True } else { Truth::Unknown };
        }
        match (known.contains(&call), complete) {
            (true, _) => Truth::True,
            (false, true) => Truth::False,
            (false, false) => Truth::Unknown,
        }
    }

    fn reach_is(&self, reach: Reach) -> Truth {
        let known: Vec<Reach> = self.0.iter().filter_map(|phone| phone.reach).collect();
        let complete = self.complete(FacetSet::of(&[Facet::Call, Facet::Reach]), |phone| phone.reach.is_some());
        let (any, all) = (known.contains(&reach), known.iter().all(|other| *other == reach));
        if reach == Reach::Reachable {
            return if any { Truth::True } else { Truth::maybe(complete.then_some(false)) };
        }
        if !all { Truth::False } else { Truth::maybe(complete.then_some(true)) }
    }
}

impl Sit {
    fn telephones(&self, which: Telephone, literal: bool) -> Group<'_> {
        let as_desk = !literal && !self.has_desk;
        let wanted = |phone: &&Phone| match which {
            Telephone::Desk => !phone.mobile || as_desk,
            Telephone::Mobile => phone.mobile,
            Telephone::Either => true,
        };
        Group(self.phones.iter().filter(wanted).collect())
    }

    fn knows(&self, facet: Facet) -> bool {
        match facet {
            Facet::Absence => self.absence.is_some(),
            Facet::AutomaticReply => self.reply.is_some(),
            Facet::Calendar => self.calendar.is_some(),
            Facet::Call => self.phones.iter().any(|phone| phone.call.is_some()),
            Facet::Device => self.device.is_some(),
            Facet::Diversion => self.phones.iter().any(|phone| phone.diversion.is_some()),
            Facet::DoNotDisturb => self.phones.iter().any(|phone| phone.disturb.is_some()),
            Facet::Hours => self.hours.is_some(),
            Facet::Manual => self.manual.is_some(),
            Facet::Note => self.note.is_some(),
            Facet::Reach => self.phones.iter().any(|phone| phone.reach.is_some()),
            Facet::Rich => self.rich.is_some(),
            Facet::Roaming => self.roaming.is_some(),
            _ => false,
        }
    }

    pub(crate) fn truth(&self, condition: &Condition, literal: bool) -> Truth {
        let telephones = |which: &Telephone| self.telephones(*which, literal);
        match condition {
            Condition::Always => Truth::True,
            Condition::Known(facet) => Truth::known(self.knows(*facet)),
            Condition::LineKnown(which) => {
                Truth::known(telephones(which).0.iter().any(|phone| phone.call.is_some() || phone.reach.is_some()))
            }
            Condition::Expected(facet) => Truth::known(self.expected.contains(*facet)),
            Condition::RichIs(ranges) => Truth::maybe(self.rich.map(|(number, _)| ranges.contains(number))),
            Condition::ActivityIs(activity) => Truth::maybe(self.rich.map(|(_, other)| other == *activity)),
            Condition::CalendarIs(word) => Truth::maybe(self.calendar.map(|other| other == *word)),
            Condition::AutomaticReply => Truth::maybe(self.reply),
            Condition::DeviceIs(device) => Truth::maybe(self.device.map(|other| other == *device)),
            Condition::WithinHours => Truth::maybe(self.hours),
            Condition::ManualIs(ranges) => {
                Truth::maybe(self.manual.map(|state| state.is_some_and(|(number, _)| ranges.contains(number))))
            }
            Condition::AbsenceIs(ranges) => {
                Truth::maybe(self.absence.map(|state| state.is_some_and(|(number, _)| ranges.contains(number))))
            }
            Condition::CallIs(which, call) => telephones(which).call_is(*call),
            Condition::DoNotDisturb(which) => Truth::maybe(telephones(which).disturb()),
            Condition::DivertedTo(which, target) => telephones(which).diverted_to(*target),
            Condition::ReachIs(which, reach) => telephones(which).reach_is(*reach),
            Condition::Roaming => Truth::maybe(self.roaming),
            Condition::All(parts) => parts.iter().map(|part| self.truth(part, literal)).min().unwrap_or(Truth::True),
            Condition::Any(parts) => parts.iter().map(|part| self.truth(part, literal)).max().unwrap_or(Truth::False),
            Condition::Not(part) => match self.truth(part, literal) {
                Truth::True => Truth::False,
                Truth::Unknown => Truth::Unknown,
                Truth::False => Truth::True,
            },
            other => panic!("a condition that is not known here: {other:?}"),
        }
    }

    /// What the first rule that holds shows, and what was tried for it.
    pub(crate) fn decide(&self, rules: &RuleSet) -> (Shown, Vec<(RuleId, Truth)>) {
        let mut tried = Vec::new();
        for rule in &rules.rules {
            let truth = self.truth(&rule.when, rule.literal);
            tried.push((rule.id.clone(), truth));
            if truth == Truth::True {
                let (availability, activity) = match rule.then {
                    Effect::Show { availability, activity } => (availability, activity),
                    Effect::AsPublished => self.rich.unwrap(),
                    Effect::AsSet => self.manual.flatten().unwrap(),
                    Effect::AsAbsence => self.absence.flatten().unwrap(),
                    other => panic!("an effect that is not known here: {other:?}"),
                };
                return (Shown { availability, activity, because: Some(rule.id.clone()) }, tried);
            }
        }
        (Shown { availability: Availability::NONE, activity: Activity::None, because: None }, tried)
    }

    /// The first thing that differs from what the engine makes of it.
    pub(crate) fn differs(&self, other: &Situation) -> Option<String> {
        let [desk, mobile] = [Telephone::Desk, Telephone::Mobile].map(|which| self.telephones(which, true));
        let mut differing = Vec::new();
        macro_rules! compare {
            ($what:literal, $ours:expr, $theirs:expr) => {
                let (ours, theirs) = ($ours, $theirs);
                if ours != theirs {
                    differing.push(format!("{}: {ours:?} here, {theirs:?} there", $what));
                }
            };
        }
        compare!("rich", self.rich, other.rich());
        compare!("manual", self.manual, other.manual());
        compare!("absence", self.absence, other.absence());
        compare!("calendar", self.calendar, other.calendar());
        compare!("device", self.device, other.device());
        compare!("automatic reply", self.reply, other.automatic_reply());
        compare!("hours", self.hours, other.within_hours());
        compare!("roaming", self.roaming, other.roaming());
        compare!("note", self.note, other.note());
        compare!("desk", lamps(&desk), lamps_of(other.desk()));
        compare!("mobile", lamps(&mobile), lamps_of(other.mobile()));
        compare!("expected", self.expected, other.expected());
        (!differing.is_empty()).then(|| differing.join("; "))
    }
}

type Lamps = (Option<Call>, Option<bool>, Option<DiversionKind>, Option<Reach>);

fn lamps(telephones: &Group<'_>) -> Lamps {
    (telephones.lamp(), telephones.disturb(), telephones.diversion(), telephones.reach())
}

fn lamps_of(telephones: Telephones) -> Lamps {
    (telephones.call(), telephones.do_not_disturb(), telephones.diversion(), telephones.reach())
}

/// What is shown, and by which rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) availability: Availability,
    pub(crate) activity: Activity,
    pub(crate) because: Option<RuleId>,
}

impl Shown {
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        (self.availability, self.activity) == (other.availability, other.activity)
    }
}

impl PartialEq<Decision> for Shown {
    fn eq(&self, other: &Decision) -> bool {
        (self.availability, self.activity, &self.because) == (other.availability, other.activity, &other.because)
    }
}
