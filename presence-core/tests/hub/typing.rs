//! What people type: it is told, kept, and never half taken, whatever the store does.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use chrono::TimeDelta;
use presence_core::hub::{Edit, EditError, Filter, Hub};
use presence_core::source::{News, SourceSetup};
use presence_core::store::{Change, FileStore, MemoryStore, Saved, Store, StoreError, Typed};
use presence_core::testing::ManualClock;
use presence_core::{
    Absence, AbsenceReason, Activity, Availability, Call, ConnectorStatus, Manual, Note, Viewer, ViewerId,
};

use crate::support::{
    Ask, Do, PBX, builder, company, operator, pass, person_id, remote, rest, source_id, start, until,
};

fn note(id: &str) -> Edit {
    Edit::WriteNote(Note::new(id, "operator", "dentist at three", start()))
}

async fn plain(names: &[&str]) -> (Hub, ManualClock) {
    let clock = ManualClock::at(start());
    let hub = builder(&company(names), &clock).start().await.unwrap();
    (hub, clock)
}

/// The ids of the notes on somebody's card.
async fn notes(hub: &Hub, name: &str) -> Vec<String> {
    let card = hub.card(hub.who(name), &operator()).await.unwrap();
    card.notes.into_iter().map(|note| note.id).collect()
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("presence-hub-{name}-{}", std::process::id()));
        let _none = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("typed.redb")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// S2.13: a note reaches every other watcher, in all classes, as a change of that row alone.
/// S2.14: and needs no configuration: neither a source nor a store.
#[tokio::test]
async fn a_note_reaches_everybody_who_watches() {
    let clock = ManualClock::at(start());
    let lobby = ViewerId::new("lobby").unwrap();
    let viewers = [operator(), lobby.clone()].map(|id| Arc::new(Viewer::new(id)));
    let hub = viewers.into_iter().fold(builder(&company(&["anna", "bo"]), &clock), |hub, viewer| hub.viewer(viewer));
    let hub = hub.start().await.unwrap();
    let watch = |class| hub.watch(class, Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    let mut watches = [watch(&operator()), watch(&operator()), watch(&lobby)];
    for watch in &mut watches {
        assert!(watch.changed().await.unwrap().whole);
    }
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    for watch in &mut watches {
        let changes = tokio::time::timeout(Duration::from_secs(1), watch.changed()).await.unwrap().unwrap();
        assert!(!changes.whole && changes.gone.is_empty());
        let told: Vec<_> = changes.rows.iter().map(|(person, row)| (*person, row.note)).collect();
        assert_eq!(told, [(hub.who("anna"), true)]);
        assert!(watch.take().is_none());
    }
    hub.edit(&person_id("anna"), Edit::RemoveNote("1".to_owned())).await.unwrap();
    for watch in &mut watches {
        let changes = watch.changed().await.unwrap();
        assert_eq!(changes.rows.iter().map(|(_, row)| row.note).collect::<Vec<_>>(), [false]);
    }
}

/// Notes, absences and states are written, replaced and taken back.
#[tokio::test]
async fn everything_can_be_typed_and_taken_back() {
    let (hub, clock) = plain(&["anna"]).await;
    let anna = person_id("anna");
    for id in ["1", "2", "1"] {
        hub.edit(&anna, note(id)).await.unwrap();
    }
    rest().await;
    assert_eq!(notes(&hub, "anna").await.into_iter().collect::<BTreeSet<_>>().len(), 2);
    let begin = start() + TimeDelta::hours(1);
    let absence =
        |reason| Edit::PlanAbsence(Absence::new(reason, begin).until_time(begin + TimeDelta::hours(1)).unwrap());
    hub.edit(&anna, absence(AbsenceReason::Lunch)).await.unwrap();
    hub.edit(&anna, absence(AbsenceReason::Training)).await.unwrap();
    rest().await;
    let card = hub.card(hub.who("anna"), &operator()).await.unwrap();
    assert_eq!(card.absences.iter().map(|absence| absence.reason).collect::<Vec<_>>(), [AbsenceReason::Training]);
    hub.edit(&anna, Edit::CancelAbsence(begin)).await.unwrap();
    let manual = Manual::new(Availability::BE_RIGHT_BACK, Activity::Lunch).until(start() + TimeDelta::hours(1));
    hub.edit(&anna, Edit::SetManual(Some(manual))).await.unwrap();
    rest().await;
    assert_eq!(hub.row("anna").availability, Availability::BE_RIGHT_BACK);
    pass(&clock, TimeDelta::hours(1)).await;
    assert_ne!(hub.row("anna").availability, Availability::BE_RIGHT_BACK, "it ends by itself");
    hub.edit(&anna, Edit::SetManual(None)).await.unwrap();
    rest().await;
    assert_ne!(hub.row("anna").availability, Availability::BE_RIGHT_BACK);
}

/// Of several edits of one person in one breath each sees what the one before did.
#[tokio::test]
async fn edits_of_one_breath_build_on_each_other() {
    let (hub, _clock) = plain(&["anna"]).await;
    let anna = person_id("anna");
    let remove = || hub.edit(&anna, Edit::RemoveNote("1".to_owned()));
    let (first, second, third, fourth) =
        tokio::join!(hub.edit(&anna, note("1")), remove(), remove(), hub.edit(&anna, note("2")));
    first.unwrap();
    second.unwrap();
    assert!(matches!(third, Err(EditError::NothingThere)));
    fourth.unwrap();
    rest().await;
    assert_eq!(notes(&hub, "anna").await, ["2"]);
}

/// What cannot be taken is refused with a reason that holds nothing of what was typed.
#[tokio::test]
async fn edits_are_refused_with_a_reason() {
    let (hub, _clock) = plain(&["anna"]).await;
    let anna = person_id("anna");
    let refused = |edit| hub.edit(&anna, edit);
    let nobody = hub.edit(&person_id("nobody"), note("1")).await.unwrap_err();
    assert!(matches!(&nobody, EditError::NoSuchPerson(id) if *id == person_id("nobody")));
    for edit in [Edit::RemoveNote("1".to_owned()), Edit::CancelAbsence(start())] {
        assert!(matches!(refused(edit).await, Err(EditError::NothingThere)));
    }
    for number in 0..100 {
        hub.edit(&anna, note(&number.to_string())).await.unwrap();
    }
    let full = refused(note("one more")).await.unwrap_err();
    assert!(matches!(full, EditError::TooMany(100)));
    for error in [nobody, full] {
        assert!(!format!("{error}{error:?}").contains("dentist"));
    }
    assert!(!format!("{:?}", note("1")).contains("dentist"));
    hub.edit(&anna, note("7")).await.unwrap();
    assert!(hub.row("anna").note, "one may still be replaced");
}

/// S2.36: a source says that the credentials entered are not found; the warning has the same code always, and stays
/// acknowledged after a restart until somebody takes that back.
#[tokio::test]
async fn acknowledged_warnings_survive_a_restart() {
    let store = Arc::new(MemoryStore::default());
    let clock = ManualClock::at(start());
    let code = "credentials-not-found/pbx";
    let told = async |acknowledged: Option<bool>| {
        let (pbx, hand) = remote("pbx", &PBX);
        let kept: Arc<dyn Store> = Arc::<MemoryStore>::clone(&store);
        let hub = builder(&company(&["anna"]), &clock).source(pbx).store(kept).start().await.unwrap();
        hand.order(Do::Tell(News::Status(ConnectorStatus::CredentialsNotFound)));
        hand.calls("anna", Call::InCall);
        rest().await;
        let connector = hub.connector("pbx").await;
        assert_eq!(connector.text, "Credentials entered not found");
        assert_eq!(hub.call("anna"), Some(Call::InCall), "it works all the same");
        let warnings = hub.stand().await.warnings;
        let seen = warnings.into_iter().find(|warning| warning.code == code).unwrap().acknowledged;
        if let Some(acknowledged) = acknowledged {
            hub.acknowledge(code, acknowledged).await.unwrap();
        }
        hub.shutdown().await;
        seen
    };
    assert!(!told(Some(true)).await);
    assert!(told(None).await);
    assert!(told(Some(false)).await);
    assert!(!told(None).await);
}

/// What was typed is there again after a restart, from a file, before anybody looks.
#[tokio::test]
async fn what_was_typed_survives_a_restart() {
    let folder = Folder::new("restart");
    let clock = ManualClock::at(start());
    let directory = company(&["anna", "bo"]);
    let open = async || {
        let store = Arc::new(FileStore::open(folder.file()).unwrap());
        builder(&directory, &clock).store(store).start().await.unwrap()
    };
    let hub = open().await;
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    let begin = start() + TimeDelta::hours(1);
    let absence = Absence::new(AbsenceReason::Training, begin).until_time(begin + TimeDelta::hours(1)).unwrap();
    hub.edit(&person_id("bo"), Edit::PlanAbsence(absence)).await.unwrap();
    hub.shutdown().await;
    drop(hub);
    rest().await;
    let hub = open().await;
    assert!(hub.row("anna").note, "before anybody could look");
    assert_eq!(notes(&hub, "anna").await, ["1"]);
    pass(&clock, TimeDelta::minutes(61)).await;
    let card = hub.card(hub.who("bo"), &operator()).await.unwrap();
    assert_eq!(card.row.activity, AbsenceReason::Training.activity());
    hub.shutdown().await;
}

/// When a hub has been shut down and dropped, its file may be opened at once.
#[tokio::test]
async fn the_file_is_free_after_the_end() {
    let folder = Folder::new("free");
    let clock = ManualClock::at(start());
    let store = Arc::new(FileStore::open(folder.file()).unwrap());
    let hub = builder(&company(&["anna"]), &clock).store(store).start().await.unwrap();
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    hub.shutdown().await;
    drop(hub);
    assert!(FileStore::open(folder.file()).is_ok(), "the file is still in use");
}

/// Who leaves the directory and comes back has their notes again; they are not lost meanwhile.
#[tokio::test]
async fn who_comes_back_has_their_notes_again() {
    let store = Arc::new(MemoryStore::default());
    let clock = ManualClock::at(start());
    let kept: Arc<dyn Store> = Arc::<MemoryStore>::clone(&store);
    let hub = builder(&company(&["anna", "bo"]), &clock).store(kept).start().await.unwrap();
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    let mut without = hub.directory().rebuild();
    without.remove(&person_id("anna"));
    hub.change_directory(Arc::new(without.build().unwrap())).await.unwrap();
    assert!(matches!(hub.edit(&person_id("anna"), note("2")).await, Err(EditError::NoSuchPerson(_))));
    assert_eq!(store.load().unwrap().sheets.len(), 1);
    let mut again = hub.directory().rebuild();
    again.person(crate::support::spec("anna"));
    hub.change_directory(Arc::new(again.build().unwrap())).await.unwrap();
    rest().await;
    assert!(hub.row("anna").note);
    assert_eq!(notes(&hub, "anna").await, ["1"]);
}

/// Counts how often it saves; fails, panics or waits when it is told to.
#[derive(Debug)]
struct Moody {
    memory: MemoryStore,
    mood: AtomicU8,
    saves: AtomicUsize,
    gate: Mutex<Option<mpsc::Receiver<()>>>,
}

const GOOD: u8 = 0;
const FAILS: u8 = 1;
const PANICS: u8 = 2;
const SLOW: u8 = 3;

impl Moody {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            memory: MemoryStore::default(),
            mood: AtomicU8::new(GOOD),
            saves: AtomicUsize::new(0),
            gate: Mutex::new(None),
        })
    }

    fn is(&self, mood: u8) {
        self.mood.store(mood, Ordering::SeqCst);
    }
}

impl Store for Moody {
    fn load(&self) -> Result<Saved, StoreError> {
        self.memory.load()
    }

    #[expect(clippy::panic, reason = "the test asks for it")]
    fn save(&self, changes: &[Change]) -> Result<(), StoreError> {
        self.saves.fetch_add(1, Ordering::SeqCst);
        match self.mood.load(Ordering::SeqCst) {
            FAILS => return Err(StoreError::of_io("typed".as_ref(), std::io::ErrorKind::StorageFull.into())),
            PANICS => panic!("as the test says"),
            SLOW => {
                let gate = self.gate.lock().unwrap().take();
                gate.unwrap().recv().unwrap();
            }
            _ => {}
        }
        self.memory.save(changes)
    }
}

/// A store that fails, or panics, refuses the edit; nothing has changed, and the next edit is taken.
#[tokio::test]
async fn a_failing_store_changes_nothing() {
    let (store, clock) = (Moody::new(), ManualClock::at(start()));
    let kept: Arc<dyn Store> = Arc::<Moody>::clone(&store);
    let hub = builder(&company(&["anna"]), &clock).store(kept).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    watch.changed().await.unwrap();
    for mood in [FAILS, PANICS] {
        store.is(mood);
        let error = hub.edit(&person_id("anna"), note("1")).await.unwrap_err();
        assert!(matches!(error, EditError::NotSaved(_)), "{error:?}");
        assert!(matches!(hub.acknowledge("code", true).await, Err(EditError::NotSaved(_))));
        rest().await;
        assert!(!hub.row("anna").note && watch.take().is_none());
        assert!(notes(&hub, "anna").await.is_empty());
        let gone = hub.edit(&person_id("anna"), Edit::RemoveNote("1".to_owned())).await;
        assert!(matches!(gone, Err(EditError::NothingThere)), "it is not half there");
    }
    store.is(GOOD);
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    rest().await;
    assert_eq!(notes(&hub, "anna").await, ["1"]);
}

/// A hub does not start with a store that cannot be read, rather than to overwrite it.
#[tokio::test]
async fn an_unreadable_store_stops_the_start() {
    #[derive(Debug)]
    struct Unreadable(bool);
    impl Store for Unreadable {
        fn load(&self) -> Result<Saved, StoreError> {
            assert!(self.0, "as the test says");
            Err(StoreError::of_io("typed".as_ref(), std::io::ErrorKind::PermissionDenied.into()))
        }
        fn save(&self, _: &[Change]) -> Result<(), StoreError> {
            Ok(())
        }
    }
    for polite in [true, false] {
        let clock = ManualClock::at(start());
        let hub = builder(&company(&["anna"]), &clock).store(Arc::new(Unreadable(polite))).start().await;
        assert!(hub.is_err());
    }
}

/// A store that takes its time holds up who typed, and neither the board nor what is asked.
#[tokio::test]
async fn a_slow_store_does_not_hold_up_the_board() {
    let (store, clock) = (Moody::new(), ManualClock::at(start()));
    let (pbx, hand) = remote("pbx", &PBX);
    let kept: Arc<dyn Store> = Arc::<Moody>::clone(&store);
    let hub = builder(&company(&["anna"]), &clock).store(kept).source(pbx).start().await.unwrap();
    let (open, gate) = mpsc::channel();
    *store.gate.lock().unwrap() = Some(gate);
    store.is(SLOW);
    let typing = {
        let hub = hub.clone();
        tokio::spawn(async move { hub.edit(&person_id("anna"), note("1")).await })
    };
    until("the store has been asked", || store.saves.load(Ordering::SeqCst) == 1).await;
    hand.calls("anna", Call::InCall);
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::InCall));
    assert!(!hub.row("anna").note && !typing.is_finished(), "not acknowledged before it is saved");
    assert!(hub.card(hub.who("anna"), &operator()).await.is_some());
    assert!(hub.health().await.is_some());
    store.is(GOOD);
    open.send(()).unwrap();
    typing.await.unwrap().unwrap();
    rest().await;
    assert!(hub.row("anna").note);
}

/// Edits that come quicker than the disk are saved together, and each is acknowledged for itself.
#[tokio::test]
async fn edits_are_saved_together() {
    let (store, clock) = (Moody::new(), ManualClock::at(start()));
    let names: Vec<String> = (0..50).map(|number| format!("p{number}")).collect();
    let kept: Arc<dyn Store> = Arc::<Moody>::clone(&store);
    let directory = company(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let hub = builder(&directory, &clock).store(kept).start().await.unwrap();
    let typing = (0..1_000).map(|number| {
        let (hub, name) = (hub.clone(), format!("p{}", number % 50));
        tokio::spawn(async move { hub.edit(&person_id(&name), note(&number.to_string())).await })
    });
    for typed in typing.collect::<Vec<_>>() {
        typed.await.unwrap().unwrap();
    }
    rest().await;
    let saves = store.saves.load(Ordering::SeqCst);
    assert!(saves <= 100, "{saves} saves for 1,000 edits");
    let kept: usize = store.load().unwrap().sheets.iter().map(|sheet| notes_in(&sheet.typed)).sum();
    assert_eq!(kept, 1_000);
    assert_eq!(notes(&hub, "p7").await.len(), 20);
}

fn notes_in(typed: &Typed) -> usize {
    if let Typed::Notes(notes) = typed { notes.len() } else { 0 }
}

/// Types without end until the hub is down; the ids that were acknowledged.
async fn types(hub: Hub, name: &'static str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0..80 {
        let id = number.to_string();
        if hub.edit(&person_id(name), note(&id)).await.is_ok() {
            acknowledged.push(id);
        }
    }
    acknowledged
}

async fn shut_down_under_load(store: Arc<dyn Store>, load: impl Fn() -> Saved) {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna", "bo"]), &clock).source(pbx).store(store).start().await.unwrap();
    let typing = ["anna", "bo"].map(|name| (name, tokio::spawn(types(hub.clone(), name))));
    for number in 0..2_000 {
        hand.calls("anna", if number % 2 == 0 { Call::InCall } else { Call::Idle });
    }
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(2), hub.shutdown()).await.unwrap();
    let mut acknowledged = BTreeSet::new();
    for (name, typed) in typing {
        acknowledged.extend(typed.await.unwrap().into_iter().map(|id| (name.to_owned(), id)));
    }
    drop(hub);
    rest().await;
    let saved = load();
    let kept: BTreeSet<(String, String)> = saved
        .sheets
        .iter()
        .filter_map(|sheet| if let Typed::Notes(notes) = &sheet.typed { Some((&sheet.person, notes)) } else { None })
        .flat_map(|(person, notes)| notes.iter().map(|note| (person.as_str().to_owned(), note.id().to_owned())))
        .collect();
    assert!(!acknowledged.is_empty());
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

/// An end in the middle of work loses nothing that was acknowledged: in memory.
#[tokio::test]
async fn nothing_acknowledged_is_lost_at_the_end() {
    let store = Arc::new(MemoryStore::default());
    let kept: Arc<dyn Store> = Arc::<MemoryStore>::clone(&store);
    shut_down_under_load(kept, || store.load().unwrap()).await;
}

/// An end in the middle of work loses nothing that was acknowledged: in a file.
#[tokio::test]
async fn nothing_acknowledged_is_lost_from_a_file() {
    let folder = Folder::new("end");
    let store: Arc<dyn Store> = Arc::new(FileStore::open(folder.file()).unwrap());
    shut_down_under_load(store, || FileStore::open(folder.file()).unwrap().load().unwrap()).await;
}

/// What is typed needs no source: with all of them disabled, notes and states are shown.
#[tokio::test]
async fn typing_needs_no_source() {
    let clock = ManualClock::at(start());
    let setups = ["pbx", "exchange", "teams"].map(|name| SourceSetup::disabled(source_id(name)));
    let hub = setups.into_iter().fold(builder(&company(&["anna"]), &clock), |hub, setup| hub.setup(setup));
    let hub = hub.start().await.unwrap();
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    let manual = Manual::new(Availability::AWAY, Activity::Lunch);
    hub.edit(&person_id("anna"), Edit::SetManual(Some(manual))).await.unwrap();
    rest().await;
    let row = hub.row("anna");
    assert_eq!((row.note, row.availability), (true, Availability::AWAY));
}

/// F.57: an operator's note and absence stand on the card, by author and with their end; illness stays hidden.
#[tokio::test]
async fn what_an_operator_types_stands_on_the_card() {
    let (hub, _clock) = plain(&["anna"]).await;
    let anna = person_id("anna");
    let end = start() + TimeDelta::hours(2);
    let written = Note::new("1", "olga", "back at three", start()).until(end);
    hub.edit(&anna, Edit::WriteNote(written)).await.unwrap();
    let ill = Absence::new(AbsenceReason::Ill, start()).until_time(end).unwrap();
    hub.edit(&anna, Edit::PlanAbsence(ill)).await.unwrap();
    rest().await;
    let card = hub.card(hub.who("anna"), &operator()).await.unwrap();
    let note = card.notes.first().unwrap();
    assert_eq!((note.author.as_str(), note.text.as_str()), ("olga", "back at three"));
    assert_eq!(note.until.unwrap().time(), Some(end));
    let absence = card.absences.first().unwrap();
    assert_eq!(absence.until.unwrap().time(), Some(end));
    assert_ne!(absence.reason, AbsenceReason::Ill, "the operator's class is not told reasons");
}
