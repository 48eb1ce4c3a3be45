//! A small world: three people, five sources, three sets of rules.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{
    Access, Activity, Address, AfterDecay, Availability, Band, CalendarPolicy, Condition, Denial, Directory,
    Disclosure, Effect, Engine, EngineConfig, Facet, Interest, Keeping, Ladder, Person, PersonId, PersonSpec,
    PlaceKind, PlaceSpec, Precedence, PrivacyPolicy, Rule, RuleId, RuleSet, SourceId, SourceSpec, Viewer, ViewerId,
};

pub(crate) const START: u32 = 1_800_000_000;
pub(crate) const PEOPLE: [&str; 3] = ["anna", "bo", "cecilia"];
pub(crate) const SOURCES: [&str; 5] = ["typed", "gsm", "mail", "pbx", "teams"];

pub(crate) fn time(second: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(second), 0).unwrap()
}

pub(crate) fn source(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

pub(crate) fn person_id(id: &str) -> PersonId {
    PersonId::new(id).unwrap()
}

pub(crate) fn person(engine: &Engine, name: &str) -> Option<Person> {
    engine.directory().person(&person_id(name))
}

/// The addresses of a person, in the order of `spec`.
pub(crate) fn addresses(number: u8) -> [Address; 6] {
    let name = PEOPLE[usize::from(number)];
    [
        Address::sip(&format!("{name}@example.com")),
        Address::extension("hq", &format!("47{number}")),
        Address::sip(&format!("{name}@pbx.example.com")),
        Address::tel(&format!("+46701000{number}")),
        Address::smtp(&format!("{name}@example.com")),
        Address::smtp(&format!("{name}@other.example.com")),
    ]
    .map(Result::unwrap)
}

pub(crate) fn spec(number: u8) -> PersonSpec {
    let [account, extension, phone, mobile, mail, other] = addresses(number);
    let [pbx, teams, gsm, mailer] = ["pbx", "teams", "gsm", "mail"].map(source);
    let at = |kind, address, sources: &[&SourceId]| {
        let sources: Vec<SourceId> = sources.iter().copied().cloned().collect();
        PlaceSpec::new(kind).address(address, &sources)
    };
    let mut spec = PersonSpec::new(person_id(PEOPLE[usize::from(number)])).in_department("sales");
    spec.voicemail = Some(Address::tel("+46890000").unwrap());
    spec.place(at(PlaceKind::Account, account, &[&teams, &mailer]))
        .place(at(PlaceKind::Desk, extension, &[&pbx]).address(phone, &[pbx.clone(), teams.clone()]))
        .place(at(PlaceKind::Mobile, mobile, &[&gsm, &pbx]))
        .place(at(PlaceKind::Mailbox, mail, &[&mailer, &teams]))
        .place(at(PlaceKind::Mailbox, other, &[&mailer]))
}

fn directory() -> Arc<Directory> {
    let mut builder = Directory::builder();
    let mut gsm = SourceSpec::new(source("gsm"), &[Facet::Call, Facet::Reach, Facet::Roaming]);
    gsm.interest = Interest::OnDemand { linger: 300 };
    let mail = [Facet::Calendar, Facet::AutomaticReply, Facet::Hours, Facet::Rich];
    let teams = [Facet::Rich, Facet::Device, Facet::Calendar, Facet::Note, Facet::Absence, Facet::Call];
    let pbx = [Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach];
    builder.source(gsm);
    builder.source(SourceSpec::new(source("mail"), &mail).on_demand());
    builder.source(SourceSpec::new(source("pbx"), &pbx));
    builder.source(SourceSpec::new(source("teams"), &teams).leaving_private_out());
    for number in 0..3 {
        builder.person(spec(number));
    }
    builder.voicemail_pilot(Address::tel("+46899999").unwrap());
    Arc::new(builder.build().unwrap())
}

pub(crate) fn viewers() -> [Viewer; 3] {
    let viewer = |id: &str| Viewer::new(ViewerId::new(id).unwrap());
    let busy = CalendarPolicy::new(Disclosure::Busy, Disclosure::Nothing);
    let mut policy = PrivacyPolicy::default();
    policy.facets = policy.facets.without(Facet::Note).without(Facet::Rich);
    let colleague = Viewer::with_policy(ViewerId::new("colleague").unwrap(), policy)
        .calendar(addresses(0)[5].clone(), busy)
        .except(person_id("bo"), Access::Denied);
    let mut hidden = PrivacyPolicy::default();
    hidden.calendar.private = Disclosure::Nothing;
    let mut guest =
        Viewer::with_policy(ViewerId::new("guest").unwrap(), hidden).except(person_id("anna"), Access::Denied);
    guest.denial = Denial::IsTold;
    [viewer("operator"), colleague, guest]
}

fn keeping() -> Keeping {
    let mut keeping = Keeping::default();
    keeping.ladder = Ladder::new(40, 30, AfterDecay::Offline);
    keeping.ladders.insert(source("mail"), Ladder::new(15, 10, AfterDecay::Unknown));
    for facet in [Facet::Call, Facet::Diversion, Facet::Rich] {
        keeping.holds.insert(facet, 10);
    }
    keeping.graces.telephone = 20;
    keeping.graces.calendar = 50;
    keeping
}

pub(crate) fn rules(number: u8) -> Arc<RuleSet> {
    let show = |availability, activity| Effect::Show { availability, activity };
    let known = |id: &str, facet, then| Rule::new(RuleId::new(id).unwrap(), Condition::Known(facet), then);
    let teams_first = Precedence::new(Facet::Rich, vec![source("teams"), source("mail")]).yielding(vec![Band::Online]);
    Arc::new(match number {
        0 => RuleSet::standard(),
        1 => RuleSet::standard().believing(teams_first),
        2 => RuleSet::new(vec![
            known("a", Facet::Note, show(Availability::BUSY, Activity::InMeeting)),
            known("b", Facet::Call, Effect::AsPublished),
        ]),
        _ => RuleSet::new(vec![known("a", Facet::Note, show(Availability::AWAY, Activity::Lunch))]),
    })
}

pub(crate) fn engine() -> Engine {
    let config = EngineConfig::new(directory(), time(START)).keeping(keeping());
    Engine::new(viewers().into_iter().fold(config, |config, viewer| config.viewer(Arc::new(viewer))))
}
