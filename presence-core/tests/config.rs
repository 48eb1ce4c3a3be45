//! The configuration file: what is read, what is refused and in which words, what is only worth a look.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; what is missing has to stop them")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use presence_core::config::{Config, ConfigProblem, ConfigWarning, Factories, Factory, Secret, SourceTable};
use presence_core::http::{HttpError, HttpRequest, HttpService, HttpStream};
use presence_core::source::{Link, Source, SourceError, SourceSetup};
use presence_core::{
    Access, Address, AfterDecay, CalendarPolicy, Denial, Directory, Disclosure, Facet, Interest, Keeping, Ladder,
    Person, PersonId, PlaceKind, RuleSet, Scope, SourceId, SubjectStatus, Trust, Viewer,
};
use proptest::prelude::*;

const EVERYTHING: &str = include_str!("configs/everything.toml");
const FAULTY: &str = include_str!("configs/faulty.toml");
/// What is told of it, one problem a line.
const FAULTY_TOLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/configs/faulty.txt");

/// A kind of source that does nothing.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    aliases: &'static [&'static str],
    facets: &'static [Facet],
    keys: &'static [&'static str],
    places: &'static [PlaceKind],
    interest: Interest,
}

impl Kind {
    const fn new(name: &'static str, facets: &'static [Facet], keys: &'static [&'static str]) -> Self {
        let places = &[PlaceKind::Account, PlaceKind::Desk, PlaceKind::Mailbox, PlaceKind::Mobile];
        Self { name, aliases: &[], facets, keys, places, interest: Interest::Everyone }
    }
}

#[derive(Debug)]
struct Idle {
    id: SourceId,
    facets: &'static [Facet],
}

#[async_trait]
impl Source for Idle {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        self.facets
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        link.next(None).await;
        Ok(())
    }
}

impl Factory for Kind {
    fn kind(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[&str] {
        self.aliases
    }

    fn facets(&self) -> &[Facet] {
        self.facets
    }

    fn keys(&self) -> &[&str] {
        self.keys
    }

    fn places(&self) -> &[PlaceKind] {
        self.places
    }

    fn interest(&self) -> Interest {
        self.interest
    }

    fn build(
        &self,
        id: SourceId,
        table: &SourceTable,
        _: &Arc<dyn HttpService>,
    ) -> Result<Arc<dyn Source>, ConfigProblem> {
        if self.keys.contains(&"server") {
            table.needed_text("server")?;
        }
        table.number("port", 1..=65_535)?;
        table.secret("password")?;
        Ok(Arc::new(Idle { id, facets: self.facets }))
    }
}

/// The service that nobody asks.
#[derive(Debug)]
struct NoHttp;

#[async_trait]
impl HttpService for NoHttp {
    async fn open(&self, _: HttpRequest) -> Result<HttpStream, HttpError> {
        panic!("nothing is connected while a configuration is read")
    }
}

fn factories() -> Factories {
    let calendar = &[Facet::Calendar, Facet::AutomaticReply, Facet::Hours];
    let line = &[Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach];
    let gsm = Kind {
        aliases: &["Telenor Tele Presence"],
        places: &[PlaceKind::Mobile],
        interest: Interest::OnDemand { linger: 120 },
        ..Kind::new("telenor", &[Facet::Call, Facet::Reach, Facet::Roaming], &["server", "token"])
    };
    Factories::new()
        .with(Kind::new("exchange", calendar, &["server", "port", "user", "password"]))
        .with(Kind::new("graph", &[Facet::Rich, Facet::Device], &["tenant", "client_secret"]))
        .with(Kind::new("sip-dialog", line, &["server", "port", "password", "tls"]))
        .with(gsm)
}

fn read(text: &str) -> Config {
    Config::from_toml(text).unwrap_or_else(|error| panic!("{error}"))
}

fn told(text: &str) -> String {
    Config::from_toml(text).unwrap_err().to_string()
}

fn directory(text: &str) -> Directory {
    read(text).directory(&factories(), None).unwrap()
}

fn setups(config: &Config) -> Vec<SourceSetup> {
    let http: Arc<dyn HttpService> = Arc::new(NoHttp);
    config.sources(&factories(), &http, &plain).unwrap()
}

/// Names of secrets stand for the secrets.
fn plain(secret: &Secret) -> Result<String, String> {
    match secret {
        Secret::Plain(text) | Secret::Env(text) | Secret::File(text) => Ok(text.clone()),
        _ => Err("unknown kind of secret".to_owned()),
    }
}

fn source(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

fn person(directory: &Directory, id: &str) -> Person {
    directory.person(&PersonId::new(id).unwrap()).unwrap()
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn covering(directory: &Directory, whose: &str, wanted: &str) -> Vec<String> {
    let spec = directory.person_spec(person(directory, whose)).unwrap();
    let mut addresses = spec.places.iter().flat_map(|place| &place.addresses);
    let found = addresses.find(|spec| spec.address == address(wanted)).unwrap();
    found.sources.iter().map(ToString::to_string).collect()
}

fn warned(text: &str) -> Vec<(&'static str, String)> {
    read(text).warnings(&factories()).iter().map(|warning| (warning.code, warning.to_string())).collect()
}

/// S2.10: an empty configuration is one with nobody in it, and everything else by default.
#[test]
fn nothing_is_a_configuration() {
    let config = read("");
    let directory = config.directory(&Factories::new(), None).unwrap();
    assert!(directory.is_empty());
    assert_eq!(*config.rules(), RuleSet::standard());
    assert_eq!(config.keeping(), Keeping::default());
    let viewers: Vec<Viewer> = config.viewers().iter().map(|viewer| Viewer::clone(viewer)).collect();
    assert_eq!(viewers, [Viewer::new("operator".parse().unwrap())]);
    assert_eq!((config.store(), config.rules_file(), config.host().len()), (None, None, 0));
    assert_eq!(config.warnings(&Factories::new()), []);
    assert_eq!(setups(&config).len(), 0);
}

/// S2.10, S2.49: a source without settings is there and says `Server not configured`.
#[test]
fn a_source_without_settings_has_a_server_that_is_not_configured() {
    let config = read("[sources.exchange]\n[sources.desk]\nkind = 'sip-dialog'\nplaces = 'desk'");
    let directory = config.directory(&factories(), None).unwrap();
    let states: Vec<(&str, bool)> =
        directory.sources().iter().map(|spec| (spec.id.as_str(), spec.configured)).collect();
    assert_eq!(states, [("typed", true), ("desk", false), ("exchange", false)]);
    for setup in setups(&config) {
        assert!(setup.enabled && setup.source.is_none(), "{setup:?}");
    }
}

/// S2.18: two steps, the people and the services; here both, and all the rest.
#[test]
fn everything_there_is_can_be_configured() {
    let config = read(EVERYTHING);
    let directory = config.directory(&factories(), None).unwrap();
    let anna = person(&directory, "anna");
    let card = directory.card(anna).unwrap();
    assert_eq!((card.name(), card.department(), card.trust()), ("Anna Berg", Some("sales"), Trust::Colleague));
    assert_eq!(card.skills().collect::<Vec<_>>(), ["fi", "sv"]);
    let kinds: Vec<PlaceKind> = directory.person_spec(anna).unwrap().places.iter().map(|place| place.kind).collect();
    assert_eq!(kinds, [PlaceKind::Desk, PlaceKind::Mobile, PlaceKind::Account, PlaceKind::Mailbox]);
    assert_eq!(card.first_extension(), Some(address("ext:hq/4711")));
    let pat = directory.card(person(&directory, "pat")).unwrap();
    assert_eq!((pat.trust(), pat.first_extension()), (Trust::External, Some(address("ext:hq/4712"))));

    // Who covers what: by the kind of place, or as it is said; never a source that is switched off.
    assert_eq!(covering(&directory, "anna", "ext:hq/4711"), ["pbx"]);
    assert_eq!(covering(&directory, "anna", "sip:4711@pbx.example.com"), ["pbx"]);
    assert_eq!(covering(&directory, "anna", "tel:+46701234567"), ["gsm", "pbx"]);
    assert_eq!(covering(&directory, "anna", "smtp:anna@example.com"), ["exchange"]);
    assert_eq!(covering(&directory, "anna", "sip:anna@example.com"), [""; 0]);
    assert_eq!(covering(&directory, "pat", "ext:hq/4712"), [""; 0]);
}

#[test]
fn sources_are_described_to_the_directory() {
    let directory = directory(EVERYTHING);
    let of = |id: &str| directory.sources().iter().find(|spec| spec.id == source(id)).unwrap();
    assert_eq!((of("exchange").interest, of("exchange").private_left_out), (Interest::OnDemand { linger: 300 }, true));
    assert_eq!((of("pbx").interest, of("pbx").private_left_out), (Interest::Everyone, false));
    assert_eq!(of("gsm").interest, Interest::OnDemand { linger: 120 }, "as its kind says");
    let configured: Vec<bool> = ["exchange", "gsm", "pbx", "teams"].iter().map(|id| of(id).configured).collect();
    assert_eq!(configured, [true, false, true, false]);
    let lingering = "[sources.telenor]\nlinger = 5\n[sources.exchange]\ninterest = 'on-demand'\n[sources.x]\nkind = \
                     'telenor'\ninterest = 'everyone'";
    let interests: Vec<Interest> =
        self::directory(lingering).sources().iter().skip(1).map(|spec| spec.interest).collect();
    assert_eq!(interests, [Interest::OnDemand { linger: 60 }, Interest::OnDemand { linger: 5 }, Interest::Everyone]);
}

/// S2.25: the configuration is a file or a table; both say the same, and who may know what is read from it.
#[test]
fn a_table_says_the_same_as_a_file() {
    let (text, table) = (read(EVERYTHING), Config::from_table(toml::from_str(EVERYTHING).unwrap()).unwrap());
    for config in [&text, &table] {
        let rules = config.rules();
        assert_eq!(rules.rules, RuleSet::line_only().with_idle_line_alone().rules);
        let scopes: Vec<&Scope> = rules.precedence.iter().map(|row| &row.scope).collect();
        assert_eq!(scopes, [&Scope::Group("sales".to_owned()), &Scope::Everybody]);
        let keeping = config.keeping();
        assert_eq!(keeping.ladder, Ladder::new(300, 600, AfterDecay::Unknown));
        assert_eq!(keeping.ladder_of(&source("teams")), Ladder::new(600, 600, AfterDecay::Offline));
        assert_eq!((keeping.lives.ringing, keeping.graces.telephone, keeping.hold(Facet::Call)), (60, 30, 5));
        assert_eq!(config.store(), Some("presence.redb"));
        assert_eq!(config.host().get("listen").and_then(toml::Value::as_str), Some("127.0.0.1:8080"));
    }
    assert_eq!(text.viewers(), table.viewers());
    let specs = |config: &Config| {
        let directory = config.directory(&factories(), None).unwrap();
        directory.people().map(|person| directory.person_spec(person).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(specs(&text), specs(&table));
}

#[test]
fn classes_of_viewers_are_read() {
    let viewers = read(EVERYTHING).viewers();
    let [colleague, guest, operator] = viewers.as_slice() else { panic!("{viewers:?}") };
    assert_eq!(**operator, Viewer::new("operator".parse().unwrap()));
    let Access::Allowed(policy) = colleague.access else { panic!("denied") };
    assert_eq!(policy.calendar, CalendarPolicy::new(Disclosure::Times, Disclosure::Times));
    assert!(policy.reasons && !policy.facets.contains(Facet::Note) && !policy.facets.contains(Facet::Device));
    assert!(policy.facets.contains(Facet::Call));
    assert_eq!(colleague.people.get("pat"), Some(&Access::Denied));
    let Some(Access::Allowed(anna)) = colleague.people.get("anna") else { panic!("denied") };
    assert_eq!(anna.calendar, CalendarPolicy::new(Disclosure::Everything, Disclosure::Times));
    assert!(anna.reasons, "what is not said is as for the others");
    let busy = CalendarPolicy::new(Disclosure::Busy, Disclosure::Nothing);
    assert_eq!(colleague.calendars.get(&address("smtp:anna@example.com")), Some(&busy));
    assert_eq!((colleague.denial, guest.denial), (Denial::IsTold, Denial::LooksOffline));
    assert_eq!(guest.access, Access::Denied);
}

#[test]
fn of_private_meetings_no_more_is_told_than_of_others_unless_it_is_said() {
    let viewers =
        read("[viewers.a]\ncalendar = 'busy'\n[viewers.b]\ncalendar = 'nothing'\nprivate = 'times'").viewers();
    let policies: Vec<CalendarPolicy> = viewers
        .iter()
        .map(|viewer| match viewer.access {
            Access::Allowed(policy) => policy.calendar,
            _ => panic!("denied"),
        })
        .collect();
    let expected = [
        CalendarPolicy::new(Disclosure::Busy, Disclosure::Busy),
        CalendarPolicy::new(Disclosure::Nothing, Disclosure::Times),
    ];
    assert_eq!(policies, expected);
}

#[test]
fn every_mistake_is_told_with_line_and_key() {
    let expected = std::fs::read_to_string(FAULTY_TOLD).unwrap();
    let told = told(FAULTY);
    for (told, expected) in told.lines().zip(expected.lines()) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.lines().count(), expected.lines().count(), "{told}");
    assert!(!told.contains("s3cret"));
    // The same of a table, without the lines.
    let table = Config::from_table(toml::from_str(FAULTY).unwrap()).unwrap_err();
    assert!(table.problems.iter().all(|problem| problem.line.is_none()));
    assert_eq!(table.problems.len(), expected.lines().count());
}

#[test]
fn text_that_is_no_toml_is_told_with_its_line() {
    let told = told("[store]\npath = \n\n[host\nx = 'y\n");
    let lines: Vec<&str> = told.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
    assert_eq!(lines, ["line 2", "line 4"], "{told}");
    assert_eq!(self::told("[store]\npath = 'a'\npath = 'b'"), "line 3: duplicate key");
}

/// S1.32: which kinds there are is a matter of the edition; another one is refused, and so is a key that it does not have.
#[test]
fn kinds_are_those_of_the_edition() {
    let text = "[sources.pbx]\nkind = 'sip-dialogue'\n[sources.crm]\nserver = 'x'\n[sources.exchange]\nserver = 'x'\nuesr \
                = 'y'\n[sources.graph]\nenabled = false\nport = 1\n";
    let config = read(text);
    let error = config.check(&factories()).unwrap_err();
    let expected = "\
line 2: `sources.pbx.kind`: unknown kind of source: did you mean `sip-dialog`?
line 3: `sources.crm.kind`: unknown kind of source: there are `exchange`, `graph`, `sip-dialog` and `telenor`
line 7: `sources.exchange.uesr`: unknown key: did you mean `user`?
line 10: `sources.graph.port`: unknown key: there are `tenant`, `client_secret`, `enabled`, `interest`, `kind`, `linger`, `places` and `private_left_out`";
    assert_eq!(error.to_string(), expected);
    assert_eq!(config.directory(&factories(), None).unwrap_err(), error);
    let http: Arc<dyn HttpService> = Arc::new(NoHttp);
    assert_eq!(config.sources(&factories(), &http, &plain).unwrap_err(), error);
    let none = read("[sources.exchange]").check(&Factories::new()).unwrap_err();
    assert_eq!(none.to_string(), "line 1: `sources.exchange.kind`: unknown kind of source: there is none");
}

/// S0.34: a kind is also known by the name it is sold by.
#[test]
fn a_kind_is_known_by_its_other_names_too() {
    for kind in ["telenor", "Telenor Tele Presence", "telenor tele presence", "TELENOR"] {
        let directory = directory(&format!("[sources.mobiles]\nkind = '{kind}'\nserver = 'x'"));
        let spec = directory.sources().last().unwrap();
        assert!(spec.configured && spec.facets.contains(Facet::Roaming), "{kind}");
    }
    let factories = factories().with(Kind::new("TELENOR", &[Facet::Call], &[]));
    assert_eq!(factories.kinds().collect::<Vec<_>>(), ["exchange", "graph", "sip-dialog", "TELENOR"]);
}

/// S2.26: a checkbox switches a source off and on; what it is does not change by that.
#[test]
fn a_source_is_switched_off_and_on() {
    let text = |enabled| format!("[sources.exchange]\nenabled = {enabled}\nserver = 'x'\npassword = 'y'\n");
    let asked = Mutex::new(0);
    let setup = |enabled: bool| {
        let http: Arc<dyn HttpService> = Arc::new(NoHttp);
        let resolve = |secret: &Secret| {
            *asked.lock().unwrap() += 1;
            plain(secret)
        };
        read(&text(enabled)).sources(&factories(), &http, &resolve).unwrap().remove(0)
    };
    let (on, off) = (setup(true), setup(false));
    assert!(on.enabled && on.source.as_ref().is_some_and(|source| source.id().as_str() == "exchange"));
    assert!(!off.enabled && off.source.is_none());
    assert_eq!(*asked.lock().unwrap(), 1, "nobody asks for the secrets of a source that is off");
    assert_eq!(setup(true).fingerprint, on.fingerprint);
    assert!(!directory(&text(false)).sources().last().unwrap().configured);
}

#[test]
fn a_fingerprint_changes_with_the_settings_and_with_nothing_else() {
    let fingerprint = |text: &str| setups(&read(text)).first().unwrap().fingerprint;
    let first = fingerprint("[sources.exchange]\nserver = 'x'\npassword = 'y'\nport = 443");
    let same = "[sources.exchange]\nport = 0x1bb\npassword = { env = 'y' }\nserver = \"x\"\n[[people]]\nid = 'a'";
    assert_eq!(fingerprint(same), first, "the secret counts, not where it comes from");
    for other in [
        "[sources.exchange]\nserver = 'x'\npassword = 'z'\nport = 443",
        "[sources.exchange]\nserver = 'x'\npassword = 'y'",
        "[sources.exchange]\nserver = 'xy'\npassword = ''\nport = 443",
        "[sources.exchange]\nkind = 'sip-dialog'\nserver = 'x'\npassword = 'y'\nport = 443",
        "[sources.exchange]\nserver = 'x'\npassword = 'y'\nport = 443\ninterest = 'on-demand'",
    ] {
        assert_ne!(fingerprint(other), first, "{other}");
    }
}

#[test]
fn what_is_wrong_with_a_source_is_told_with_line_and_key() {
    let text = "[sources.exchange]\nuser = 'x'\n[sources.pbx]\nkind = 'sip-dialog'\nserver = 'x'\nport = \
                70000\n[sources.sip-dialog]\nserver = 'x'\npassword = { env = 'PBX' }\n";
    let http: Arc<dyn HttpService> = Arc::new(NoHttp);
    let unset = |secret: &Secret| match secret {
        Secret::Env(name) => Err(format!("the environment variable `{name}` is not set")),
        other => plain(other),
    };
    let error = read(text).sources(&factories(), &http, &unset).unwrap_err();
    let expected = "\
line 1: `sources.exchange.server`: is missing
line 6: `sources.pbx.port`: must be `1` to `65535`
line 9: `sources.sip-dialog.password`: the environment variable `PBX` is not set";
    assert_eq!(error.to_string(), expected);
}

/// S2.82, S2.83: pilots of the voicemail come from the configuration, also those of somebody else's voicemail; S2.84: and
/// so do people's own numbers there.
#[test]
fn voicemail_is_configured() {
    let directory = directory(EVERYTHING);
    let (anna, pat) = (person(&directory, "anna"), person(&directory, "pat"));
    for pilot in ["ext:hq/9000", "tel:+46850521"] {
        assert!(directory.is_voicemail(anna, &address(pilot)) && directory.is_voicemail(pat, &address(pilot)));
    }
    assert!(directory.is_voicemail(anna, &address("tel:+46850522")));
    assert!(!directory.is_voicemail(pat, &address("tel:+46850522")));
}

/// S2.23: an account without any source of rich presence is worth a look, and no error.
#[test]
fn an_account_wants_a_presence_server() {
    let people = "[[people]]\nid = 'anna'\naccount = 'sip:anna@example.com'\n";
    let text = "line 3: `people[0].account`: an account is given, but no source tells rich presence: configure one, or \
                leave it out";
    assert_eq!(warned(people), [("account-without-rich-source", text.to_owned())]);
    assert_eq!(warned(&format!("{people}[sources.graph]\nenabled = false")).len(), 1);
    assert_eq!(warned(&format!("{people}[sources.graph]")), []);
}

/// S2.58: no account where there is a presence server. S2.62: no extension where there is a telephone exchange.
#[test]
fn who_has_no_address_for_a_kind_of_presence_is_warned_of_in_the_documents_words() {
    let words = "User not configured or not enabled for this type of presence";
    assert_eq!(SubjectStatus::NotEnabled.to_string(), words);
    let people = "[[people]]\nid = 'anna'\ndesk = 'ext:hq/1'\naccount = 'sip:anna@example.com'\n[[people]]\nid = \
                  'bo'\nmobile = 'tel:+46701234567'\n";
    let sources = "[sources.graph]\n[sources.sip-dialog]\n";
    let expected = [
        ("rich-presence-not-enabled", format!("line 5: `people[1].account`: {words}")),
        ("telephony-not-enabled", format!("line 5: `people[1].desk`: {words}")),
    ];
    assert_eq!(warned(&format!("{people}{sources}")), expected);
    assert!(!warned(people).iter().any(|(code, _)| code.ends_with("not-enabled")));
}

#[test]
fn what_is_of_no_use_is_worth_a_look() {
    let unused =
        "[[people]]\nid = 'anna'\nmobile = { address = 'tel:+46701234567', sources = [] }\n[sources.telenor]\n";
    let text = "line 4: `sources.telenor`: nobody has an address of which this source speaks";
    assert_eq!(warned(unused), [("source-unused", text.to_owned())]);
    let nobody = "[viewers.a]\ndenied = ['ana']\n[viewers.a.people.b]\n[[people]]\nid = 'anna'";
    let keys: Vec<String> = read(nobody).warnings(&factories()).into_iter().map(|warning| warning.key).collect();
    assert_eq!(keys, ["viewers.a.denied[0]", "viewers.a.people.b"]);
    let rules = "[[rules.rules]]\nid = 'a'\nwhen = 'always'\nthen = { show = { availability = 18000 } }";
    let warnings: Vec<ConfigWarning> = read(rules).warnings(&factories());
    assert_eq!(warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["rules"]);
}

#[test]
fn rules_are_named_or_written_or_in_a_file() {
    assert_eq!(*read("[rules]\nset = 'line_only'").rules(), RuleSet::line_only());
    assert_eq!(*read("[rules]\nset = 'line-only'").rules(), RuleSet::line_only());
    let rules = "[[rules]]\nid = 'a'\nwhen = { known = 'rich' }\nthen = 'as-published'\n";
    let written: RuleSet = toml::from_str(rules).unwrap();
    assert_eq!(*read(&rules.replace("[[rules]]", "[[rules.rules]]")).rules(), written);

    let mut config = read("[rules]\nfile = 'rules.toml'\n[sources.graph]");
    assert_eq!((config.rules_file(), &*config.rules()), (Some("rules.toml"), &RuleSet::standard()));
    config.use_rules(&format!("{rules}[[precedence]]\nfacet = 'rich'\norder = ['graph']\n")).unwrap();
    assert_eq!(config.rules().precedence.len(), 1);
    let error = config.use_rules(&format!("{rules}{rules}[[precedence]]\nfacet = 'rich'\norder = ['graf']\nx = 1"));
    let expected = "\
line 11: `precedence[0].order[0]`: there is no such source: did you mean `graph`?
line 12: `precedence[0].x`: unknown key: there are `scope`, `facet`, `order` and `yields`";
    assert_eq!(error.unwrap_err().to_string(), expected);
    assert_eq!(config.rules().precedence.len(), 1, "the rules are as before");
}

#[test]
fn rules_are_checked() {
    let twice = "[[rules.rules]]\nid = 'a'\nwhen = { known = 'rich' }\nthen = 'as-published'\n".repeat(2);
    assert_eq!(told(&twice), "line 1: `rules`: rule id `a` is used twice: give each rule its own");
    let blind = "[rules]\nrules = [{ id = 'a', when = { not = { known = 'rich' } }, then = { show = { availability = 3500 } } }]";
    assert!(told(blind).starts_with("line 1: `rules`: rule `a` can show somebody below `6000`"), "{}", told(blind));
    let both = "[rules]\nset = 'standard'\nfile = 'x'\nidle_line_alone = true\n[[rules.precedence]]\nfacet = 'rich'\norder = []";
    let expected = "\
line 3: `rules.file`: the rules are given by `set` already: remove one of them
line 4: `rules.idle_line_alone`: changes the named sets only: remove it, or `file`
line 5: `rules.precedence`: belongs into the file that `file` names";
    assert_eq!(told(both), expected);
}

/// S2.92: what is changed is taken over; handles keep their meaning, and what is gone is gone.
#[test]
fn a_changed_configuration_makes_a_directory_from_the_one_before() {
    let before = "[sources.exchange]\nserver = 'x'\n[sources.graph]\ntenant = 'x'\n[company]\nvoicemail_pilots = \
                  'ext:hq/9'\n[[people]]\nid = 'anna'\nmail = 'smtp:anna@example.com'\n[[people]]\nid = 'bo'\n";
    let after = "[sources.exchange]\nserver = 'y'\n[sources.sip-dialog]\nserver = 'x'\n[[people]]\nid = \
                 'cecilia'\n[[people]]\nid = 'anna'\nmail = 'smtp:anna@example.com'\ndesk = 'ext:hq/1'\n";
    let old = directory(before);
    let new = read(after).directory(&factories(), Some(&old)).unwrap();
    assert_eq!(person(&new, "anna"), person(&old, "anna"));
    assert_eq!(new.subject(&address("smtp:anna@example.com")), old.subject(&address("smtp:anna@example.com")));
    assert_eq!(new.person(&PersonId::new("bo").unwrap()), None);
    assert!(new.person(&PersonId::new("cecilia").unwrap()).is_some());
    assert_eq!(new.voicemail_pilots(), []);
    assert_eq!(new.origin(&source("graph")), old.origin(&source("graph")));
    let states: Vec<(&str, bool)> = new.sources().iter().map(|spec| (spec.id.as_str(), spec.configured)).collect();
    assert_eq!(states, [("typed", true), ("exchange", true), ("graph", false), ("sip-dialog", true)]);
    let back = read(before).directory(&factories(), Some(&new)).unwrap();
    assert_eq!(back.person(&PersonId::new("bo").unwrap()), old.person(&PersonId::new("bo").unwrap()));
    assert!(back.sources().iter().any(|spec| spec.id == source("graph") && spec.configured));
}

#[test]
fn too_much_for_a_directory_is_told_by_the_directory() {
    let skills = vec!["'x'"; 256].join(", ");
    let error = read(&format!("[[people]]\nid = 'anna'\nskills = [{skills}]")).directory(&factories(), None);
    assert_eq!(error.unwrap_err().to_string(), "`people`: too many skills of one person: at most 255");
}

#[test]
fn numbers_beyond_measure_are_problems_and_nothing_else() {
    let huge = "9".repeat(400);
    for text in [
        format!("[sources.x]\nlinger = {huge}"),
        format!("[sources.x]\nlinger = -{huge}"),
        format!("[keeping.ladder]\nfresh = {huge}"),
        format!("[keeping.ladder]\nfresh = {huge}.0e{huge}"),
        format!("[host]\nx = {huge}"),
        "[keeping.ladder]\nfresh = nan".to_owned(),
    ] {
        let told = told(&text);
        assert!(told.starts_with("line 2: `") || told.starts_with("line 1: `host`") || told.starts_with("line 2: "));
        assert!(told.len() < 200, "{told}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let tables = format!("[host]\nx = {}1{}", "{ a = ".repeat(100_000), " }".repeat(100_000));
    let lists = format!("[host]\nx = {}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let dotted = format!("[host]\nx{} = 1", ".a".repeat(100_000));
    let mixed = format!("[{0}]\n{0} = {1}1{2}", vec!["a"; 79].join("."), "{ b = [".repeat(30), "] }".repeat(30));
    for text in [tables, lists, dotted, mixed] {
        assert!(told(&text).len() < 100_000);
    }
    let dots = vec!["a"; 70].join(".");
    let deepest = format!("[{dots}]\n{dots} = {}1{}", format!("{{ {dots} = ").repeat(70), "}".repeat(70));
    assert!(told(&deepest).contains("nested more than `128` deep"), "{}", told(&deepest));
    let mut deep = toml::Value::Integer(1);
    for _ in 0..1_000 {
        deep = toml::Value::Array(vec![deep]);
    }
    let table = toml::Table::from_iter([("host".to_owned(), deep)]);
    assert!(Config::from_table(table).unwrap_err().to_string().contains("nested more than `128` deep"));
}

#[test]
fn megabytes_of_nonsense_are_refused() {
    let much = 1_000_000;
    for text in [
        "x".repeat(10_000_000),
        "[".repeat(much),
        "\"".repeat(much),
        "a.".repeat(much),
        "=\n".repeat(much),
        "=\n".repeat(49_999),
    ] {
        let told = told(&text);
        assert!(told.len() < 300_000, "{}", told.len());
    }
    assert_eq!(told(&" ".repeat((16 << 20) + 1)), "the configuration is longer than `16` MiB");
}

/// What one person costs does not depend on how many there are: else this would take minutes.
#[test]
fn twenty_thousand_people_are_read() {
    let mut text = String::from("[sources.exchange]\nserver = 'x'\n[sources.sip-dialog]\nserver = 'x'\n");
    for at in 0..20_000 {
        text.push_str(&format!(
            "[[people]]\nid = 'p{at}'\ndesk = ['ext:hq/{at}', 'sip:{at}@pbx']\nmail = 'smtp:p{at}@example.com'\n"
        ));
    }
    let config = read(&text);
    let directory = config.directory(&factories(), None).unwrap();
    assert_eq!(directory.people().count(), 20_000);
    let again = config.directory(&factories(), Some(&directory)).unwrap();
    assert_eq!(again.people().count(), 20_000);
    assert_eq!(config.warnings(&factories()), []);
    let faulty = text.replace("desk = ", "dekc = ");
    assert_eq!(Config::from_toml(&faulty).unwrap_err().problems.len(), 1_001);
}

const SECRET: &str = "Zq7secretZq7";

/// Pieces of configurations, some with a secret somewhere.
fn piece() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec!["password", "client_secret", "token", "api_key", "server", "kind", "x"]);
    let value = prop::sample::select(vec![
        format!("'{SECRET}'"),
        format!("['{SECRET}']"),
        format!("{{ password = '{SECRET}' }}"),
        format!("{{ env = 'NAME', password = '{SECRET}' }}"),
        "1".to_owned(),
        "true".to_owned(),
    ]);
    let table = prop::sample::select(vec![
        "sources.exchange",
        "sources.graph",
        "sources.x",
        "host",
        "keeping",
        "keeping.ladders",
        "keeping.ladder",
        "rules",
        "viewers.a",
        "viewers.a.people",
        "viewers.a.calendars",
        "store",
        "company",
    ]);
    (table, key, value).prop_map(|(table, key, value)| format!("[{table}]\n{key} = {value}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_is_ever_printed(pieces in prop::collection::vec(piece(), 1..6), cut in 0..400_usize) {
        let whole = pieces.concat();
        // Cut off somewhere it is often no TOML any more.
        for text in [whole.as_str(), whole.get(..cut.min(whole.len())).unwrap_or_default()] {
            let printed = match Config::from_toml(text) {
                Err(error) => format!("{error} {error:?}"),
                Ok(config) => {
                    let http: Arc<dyn HttpService> = Arc::new(NoHttp);
                    let setups = config.sources(&factories(), &http, &plain);
                    let directory = config.directory(&factories(), None);
                    format!("{config:?} {:?} {setups:?} {directory:?}", config.warnings(&factories()))
                }
            };
            prop_assert!(!printed.contains(SECRET), "{text} {printed}");
        }
    }
}
