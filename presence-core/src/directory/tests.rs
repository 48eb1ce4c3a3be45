use super::*;

fn id(text: &str) -> PersonId {
    PersonId::new(text).unwrap()
}

fn source(text: &str) -> SourceId {
    SourceId::new(text).unwrap()
}

fn sip(text: &str) -> Address {
    Address::sip(text).unwrap()
}

fn company() -> DirectoryBuilder {
    let mut builder = Directory::builder();
    builder.source(SourceSpec::new(source("pbx"), &[Facet::Call, Facet::Reach]));
    builder.source(SourceSpec::new(source("teams"), &[Facet::Rich]));
    builder
}

fn desk(extension: &str, uri: &str) -> PlaceSpec {
    PlaceSpec::new(PlaceKind::Desk)
        .address(Address::extension("hq", extension).unwrap(), &[source("pbx")])
        .address(sip(uri), &[source("pbx")])
}

/// S2.17: the same line seen by two paths is one place. S2.19: telephony presence goes by the first extension.
#[test]
fn two_addresses_of_one_place_mean_the_same_line() {
    let mut builder = company();
    builder.person(PersonSpec::new(id("anna")).place(desk("4711", "4711@pbx")));
    let directory = builder.build().unwrap();
    let by_extension = directory.subject(&Address::extension("hq", "4711").unwrap()).unwrap();
    let by_uri = directory.subject(&sip("4711@pbx")).unwrap();
    assert_ne!(by_extension, by_uri);
    assert_eq!(directory.binding(by_extension), directory.binding(by_uri));
    let anna = directory.person(&id("anna")).unwrap();
    let first = directory.card(anna).unwrap().first_extension();
    assert_eq!(first, Some(Address::extension("hq", "4711").unwrap()));
}

/// S2.21, S2.24: who has no SIP URI has no account; that is no error.
#[test]
fn a_missing_account_is_no_error() {
    let mut builder = company();
    builder.person(PersonSpec::new(id("anna")).place(desk("4711", "4711@pbx")));
    let directory = builder.build().unwrap();
    let card = directory.card(directory.person(&id("anna")).unwrap()).unwrap();
    assert_eq!(card.first_account(), None);
}

/// S2.7: an external contact is an ordinary person with another trust class.
#[test]
fn external_contacts_are_people_too() {
    let mut builder = company();
    let mut partner = PersonSpec::new(id("partner")).named("Pat Partner");
    partner.trust = Trust::External;
    builder.person(partner).person(PersonSpec::new(id("anna")));
    let directory = builder.build().unwrap();
    let trust = |name| directory.card(directory.person(&id(name)).unwrap()).unwrap().trust();
    assert_eq!((trust("partner"), trust("anna")), (Trust::External, Trust::Colleague));
}

#[test]
fn handles_keep_their_meaning_and_place_numbers_are_not_used_again() {
    let mut builder = company();
    builder.person(PersonSpec::new(id("anna")).place(desk("1", "1@pbx")).place(desk("2", "2@pbx")));
    builder.person(PersonSpec::new(id("bo")).named("Bo"));
    let old = builder.build().unwrap();
    let (anna, bo) = (old.person(&id("anna")).unwrap(), old.person(&id("bo")).unwrap());
    let second = old.subject(&sip("2@pbx")).unwrap();

    let mut builder = old.rebuild();
    builder.remove(&id("bo"));
    builder.person(PersonSpec::new(id("anna")).place(desk("3", "3@pbx")).place(desk("2", "2@pbx")));
    builder.person(PersonSpec::new(id("cia")));
    let new = builder.build().unwrap();
    assert_eq!(new.person(&id("anna")), Some(anna));
    assert_eq!(new.binding(second), old.binding(second), "an unchanged place keeps its number");
    assert_eq!(new.subject(&sip("1@pbx")), None, "an address that nobody has is unknown");
    let third = new.subject(&sip("3@pbx")).unwrap();
    assert_eq!(new.binding(third).unwrap().1, 3, "numbers 1 and 2 were used before");
    assert_eq!((new.person(&id("bo")), new.person_id(bo)), (None, Some(id("bo"))));
    assert_ne!(new.person(&id("cia")), Some(bo), "a handle is not given out twice");

    let mut builder = new.rebuild();
    builder.person(PersonSpec::new(id("bo")));
    assert_eq!(builder.build().unwrap().person(&id("bo")), Some(bo), "who comes back has the old handle");
}

#[test]
fn contradictions_are_named() {
    let mut builder = company();
    builder.person(PersonSpec::new(id("anna")).place(desk("1", "1@pbx")));
    builder.person(PersonSpec::new(id("bo")).place(desk("2", "1@pbx")));
    let problem = builder.build().unwrap_err();
    assert_eq!(
        problem.to_string(),
        "address `sip:1@pbx` is given to `anna` and again to `bo`: an address belongs to one place"
    );
    let mut builder = company();
    builder.person(PersonSpec::new(id("anna"))).person(PersonSpec::new(id("anna")));
    assert_eq!(builder.build().unwrap_err(), DirectoryError::PersonTwice(id("anna")));
    let mut builder = company();
    let place = PlaceSpec::new(PlaceKind::Desk).address(sip("1@pbx"), &[source("elsewhere")]);
    builder.person(PersonSpec::new(id("anna")).place(place));
    let problem = builder.build().unwrap_err();
    assert_eq!(problem, DirectoryError::UnknownSource { person: id("anna"), source_id: source("elsewhere") });
    let mut builder = company();
    builder.source(SourceSpec::new(source("pbx"), &[]));
    assert_eq!(builder.build().unwrap_err(), DirectoryError::SourceTwice(source("pbx")));
    let mut builder = company();
    builder.source(SourceSpec::new(source(TYPED), &[]));
    assert_eq!(builder.build().unwrap_err(), DirectoryError::Reserved);
}

/// S2.82, S2.84: a pilot and the person's own number at the voicemail are both voicemail.
#[test]
fn voicemail_is_known_by_pilot_and_by_own_number() {
    let mut builder = company();
    let mut anna = PersonSpec::new(id("anna"));
    anna.voicemail = Some(Address::tel("+46850521").unwrap());
    let own = anna.voicemail.clone().unwrap();
    builder.person(anna).person(PersonSpec::new(id("bo")));
    let pilot = Address::extension("hq", "9000").unwrap();
    builder.voicemail_pilot(pilot.clone());
    let directory = builder.build().unwrap();
    let (anna, bo) = (directory.person(&id("anna")).unwrap(), directory.person(&id("bo")).unwrap());
    assert!(directory.is_voicemail(anna, &pilot) && directory.is_voicemail(bo, &pilot));
    assert!(directory.is_voicemail(anna, &own) && !directory.is_voicemail(bo, &own));
    assert_eq!(directory.subject(&own), None, "a voicemail number is nobody's telephone");
}

#[test]
fn a_person_can_be_read_back() {
    let mut builder = company();
    let mut anna = PersonSpec::new(id("anna")).named("Anna Berg").in_department("Sales").place(desk("1", "1@pbx"));
    anna.skills = vec!["fi".to_owned(), "sv".to_owned()];
    builder.person(anna.clone());
    let directory = builder.build().unwrap();
    assert_eq!(directory.person_spec(directory.person(&id("anna")).unwrap()), Some(anna));
}

#[test]
fn partitions_are_fixed_for_good() {
    let part = |text| partition(&id(text));
    // FNV-1a (64 bit) of the bytes, modulo 4096, worked out apart from this code.
    assert_eq!((part("a"), part("foobar")), (0xc8c, 0x7e8));
}

#[test]
fn names_and_addresses_stay_out_of_debug() {
    let mut builder = company();
    builder.person(PersonSpec::new(id("anna")).named("Anna Berg").place(desk("1", "1@pbx")));
    let directory = builder.build().unwrap();
    let card = directory.card(directory.person(&id("anna")).unwrap()).unwrap();
    let text = format!("{directory:?} {card:?}");
    assert!(!text.contains("Berg") && !text.contains("1@pbx"), "{text}");
}
