//! What people typed survives: round trips, power cuts, kills, damage.

#![expect(clippy::unwrap_used, clippy::unreachable, reason = "helpers of tests; what fails in them has to stop them")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use presence_core::store::{Change, FileStore, MemoryStore, Saved, Sheet, Store, StoreError, Typed};
use presence_core::{
    Absence, AbsenceReason, Activity, Address, Availability, Confidential, Manual, Note, PersonId, ViewerId,
};
use proptest::prelude::*;

use store::counted::{SECRET, last, numbered};
use store::disk::{Chance, Cut, Disk, Folder};

mod store {
    pub(crate) mod counted;
    pub(crate) mod disk;
}

fn time(unix: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(unix), 0).unwrap()
}

fn on(disk: &Disk) -> Result<FileStore, StoreError> {
    let disk = disk.clone();
    FileStore::with_backend(move || disk.clone())
}

/// What a disk holds after these saves and a proper end.
fn image(saves: u32) -> Vec<u8> {
    let disk = Disk::new(Vec::new());
    let store = on(&disk).unwrap();
    for number in 1..=saves {
        store.save(&numbered(number)).unwrap();
    }
    drop(store);
    disk.switch_off(Cut::Nothing, &mut Chance::new(0))
}

/// A text that may stand in a name.
fn a_name() -> impl Strategy<Value = String> {
    "[a-cA-Z0-9åÅ日🙂 .@'-]{1,12}"
}

fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "\\PC{0,40}", "[a\n\u{0}é🙂]{0,9}", Just("ö日🙂x".repeat(1_000))]
}

fn a_time() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(u32::MAX - 1), 0..u32::MAX]
}

fn a_note() -> impl Strategy<Value = Note> {
    let audience = prop::option::of(prop::collection::vec(a_name(), 0..4));
    let ends = (prop::option::of(a_time()), prop::option::of(a_time()));
    ((a_text(), a_text(), a_text()), a_time(), ends, audience).prop_map(
        |((id, author, text), written, (until, back), audience)| {
            let mut note = Note::new(&id, &author, &text, time(written));
            if let Some(end) = until {
                note = note.until(time(end));
            }
            if let Some(time_back) = back {
                note = note.back_at(time(time_back));
            }
            if let Some(names) = audience {
                let viewers = names.iter().map(|name| ViewerId::new(name).unwrap()).collect::<Vec<_>>();
                note = note.for_viewers(&viewers);
            }
            note
        },
    )
}

fn an_address() -> impl Strategy<Value = Address> {
    prop_oneof![
        "[1-9][0-9]{5,12}".prop_map(|digits| Address::tel(&format!("+{digits}")).unwrap()),
        "[a-z]{1,8}".prop_map(|user| Address::sip(&format!("{user}@example.com")).unwrap()),
        "[a-z]{1,8}".prop_map(|user| Address::smtp(&format!("{user}@example.com")).unwrap()),
        "[0-9]{1,5}".prop_map(|digits| Address::extension("oslo", &digits).unwrap()),
        "[a-zA-Z: /]{1,8}".prop_map(|text| Address::opaque(&text).unwrap()),
    ]
}

fn an_absence() -> impl Strategy<Value = Absence> {
    let when = (0..u32::MAX - 10_000, prop::option::of(1_u32..9_000));
    let more = (prop::option::of(an_address()), prop::option::of(a_name()), prop::option::of(a_text()));
    (0_u8..16, when, 0_u16..=18_000, more).prop_map(
        |(reason, (from, length), availability, (address, person, text))| {
            let mut absence = Absence::new(AbsenceReason::from_code(reason).unwrap(), time(from))
                .with_availability(Availability::new(availability).unwrap());
            if let Some(length) = length {
                absence = absence.until_time(time(from + length)).unwrap();
            }
            if let Some(address) = address {
                absence = absence.with_diversion(address);
            }
            if let Some(person) = person {
                absence = absence.with_replacement(PersonId::new(&person).unwrap());
            }
            if let Some(text) = text {
                absence = absence.with_text(Confidential::new(text.into()));
            }
            absence
        },
    )
}

fn a_state() -> impl Strategy<Value = Manual> {
    (0_u16..=18_000, prop::sample::select(Activity::ALL), prop::option::of(a_time())).prop_map(
        |(availability, activity, until)| {
            let state = Manual::new(Availability::new(availability).unwrap(), activity);
            until.map_or(state, |end| state.until(time(end)))
        },
    )
}

/// Few people and codes, so that sheets are replaced and taken away.
fn a_change() -> impl Strategy<Value = Change> {
    let typed = prop_oneof![
        prop::collection::vec(a_note(), 0..4).prop_map(Typed::Notes),
        prop::collection::vec(an_absence(), 0..4).prop_map(Typed::Absences),
        prop::option::of(a_state()).prop_map(Typed::Manual),
    ];
    let people = prop_oneof![Just("a".to_owned()), Just("a ".to_owned()), Just("ab".to_owned()), a_name()];
    prop_oneof![
        6 => (people, typed)
            .prop_map(|(person, typed)| Change::Sheet(Sheet::new(PersonId::new(&person).unwrap(), typed))),
        1 => "[a-c]".prop_map(Change::Acknowledged),
        1 => "[a-c]".prop_map(Change::Unacknowledged),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// What comes back is what went in, in every field, at once and after a restart.
    #[test]
    fn what_comes_back_is_what_went_in(
        saves in prop::collection::vec(prop::collection::vec(a_change(), 0..5), 1..5),
    ) {
        let disk = Disk::new(Vec::new());
        let (store, model) = (on(&disk).unwrap(), MemoryStore::default());
        for changes in &saves {
            store.save(changes).unwrap();
            model.save(changes).unwrap();
            prop_assert_eq!(store.load().unwrap(), model.load().unwrap());
        }
        drop(store);
        let image = disk.switch_off(Cut::Nothing, &mut Chance::new(0));
        prop_assert_eq!(on(&Disk::new(image)).unwrap().load().unwrap(), model.load().unwrap());
    }
}

/// S2.13, S2.14: a file is all that notes and absences need.
#[test]
fn a_thousand_people_are_back_after_a_restart() {
    let folder = Folder::new("thousand");
    let path = folder.file("typed.redb");
    let store = FileStore::open(&path).unwrap();
    assert_eq!(store.load().unwrap(), Saved::default());
    let changes = (0..1_000)
        .map(|number| {
            let text = format!("{number}: {}", "å".repeat(4_000));
            let note = Note::new("1", "Berit", &text, time(number));
            Change::Sheet(Sheet::new(PersonId::new(&format!("p{number:04}")).unwrap(), Typed::Notes(vec![note])))
        })
        .collect::<Vec<_>>();
    store.save(&changes).unwrap();
    store.save(&["b", "a"].map(|code| Change::Acknowledged(code.into()))).unwrap();
    drop(store);

    let saved = FileStore::open(&path).unwrap().load().unwrap();
    assert_eq!(saved.sheets.into_iter().map(Change::Sheet).collect::<Vec<_>>(), changes);
    assert_eq!(saved.acknowledged, BTreeSet::from(["a".into(), "b".into()]));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing lies beside the file");
}

/// One life of a store on a disk that loses its power after so many writes: the last number that was acknowledged, and
/// what is on the disk then.
fn life(image: Vec<u8>, from: u32, cut_after: usize, cut: Cut, chance: &mut Chance) -> (u32, Vec<u8>) {
    let disk = Disk::new(image);
    disk.cut_after(cut_after);
    let mut acknowledged = from;
    if let Ok(store) = on(&disk) {
        while acknowledged < from + 1_000 && store.save(&numbered(acknowledged + 1)).is_ok() {
            acknowledged += 1;
        }
    }
    (acknowledged, disk.switch_off(cut, chance))
}

fn survives_power_cuts(cut: Cut) {
    let mut chance = Chance::new(7);
    let mut image = image(0);
    let (mut number, mut saved_some) = (0, 0);
    for round in 0..250 {
        let cut_after = chance.below(70);
        let (acknowledged, left) = life(image, number, cut_after, cut, &mut chance);
        let store = on(&Disk::new(left.clone())).unwrap_or_else(|error| unreachable!("round {round}: {error}"));
        let found = last(&store.load().unwrap());
        assert!(found >= acknowledged, "round {round}: {acknowledged} was acknowledged, {found} is there");
        assert!(found <= acknowledged + 1, "round {round}: {found} was never saved");
        saved_some += u32::from(acknowledged > number);
        (number, image) = (found, left);
    }
    assert!(saved_some > 100, "only {saved_some} rounds saved something");
}

#[test]
fn a_power_cut_that_loses_all_unsynced_writes_loses_nothing_acknowledged() {
    survives_power_cuts(Cut::Nothing);
}

#[test]
fn a_power_cut_that_loses_some_unsynced_writes_loses_nothing_acknowledged() {
    survives_power_cuts(Cut::Some);
}

#[test]
fn a_power_cut_that_loses_no_unsynced_writes_leaves_no_half_save() {
    survives_power_cuts(Cut::All);
}

/// A full disk is no reason to start the program anew.
#[test]
fn after_a_full_disk_saving_goes_on() {
    let disk = Disk::new(Vec::new());
    let store = on(&disk).unwrap();
    store.save(&numbered(1)).unwrap();
    disk.set_full(true);
    for _ in 0..3 {
        assert!(matches!(store.save(&numbered(2)), Err(StoreError::Full { .. })));
    }
    disk.set_full(false);
    assert_eq!(last(&store.load().unwrap()), 1);
    store.save(&numbered(2)).unwrap();
    assert_eq!(last(&store.load().unwrap()), 2);
}

/// Damages a file in one of many ways.
fn damage(image: &mut Vec<u8>, chance: &mut Chance) {
    let length = image.len();
    match chance.below(7) {
        0 => image.truncate(chance.below(length)),
        // The header, where every byte means something.
        1 => flip(image, chance.below(320), chance),
        2 => (0..=chance.below(3)).for_each(|_| flip(image, chance.below(length), chance)),
        3 => image.extend((0..chance.below(9_000)).map(|number| u8::try_from(number % 251).unwrap())),
        4 => {
            let from = chance.below(length);
            image.truncate(from);
            image.extend((from..length).map(|_| u8::try_from(chance.below(256)).unwrap()));
        }
        5 => {
            let (from, to) = (chance.below(length / 4_096) * 4_096, chance.below(length / 4_096) * 4_096);
            image.copy_within(from..from + 4_096, to);
        }
        _ => {
            let from = chance.below(length / 512) * 512;
            image.iter_mut().skip(from).take(512).for_each(|byte| *byte = 0);
        }
    }
}

fn flip(image: &mut [u8], place: usize, chance: &mut Chance) {
    if let Some(byte) = image.get_mut(place) {
        *byte ^= 1 << chance.below(8);
    }
}

/// The error and everything behind it, in every form.
fn told(error: &StoreError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text} {error} {error:?}");
        cause = error.source();
    }
    text
}

/// Whatever is in the file, there is an answer: everything that was acknowledged, or an error. No panic, no invention.
#[test]
fn a_damaged_file_gives_everything_or_an_error() {
    let mut chance = Chance::new(11);
    let closed = image(60);
    let (acknowledged, cut_off) = life(closed.clone(), 60, 300, Cut::Some, &mut chance);
    let (mut read, mut damaged) = (0, 0);
    for round in 0..2_500 {
        let (original, reached) = if round % 2 == 0 { (&closed, 60) } else { (&cut_off, acknowledged) };
        let mut image = original.clone();
        damage(&mut image, &mut chance);
        let emptied = image.is_empty();
        let store = on(&Disk::new(image));
        match store.as_ref().map(|store| (store.load(), store.save(&numbered(500)))) {
            Ok((Ok(saved), Ok(()))) if emptied => assert_eq!(saved, Saved::default()),
            Ok((Ok(saved), Ok(()))) => {
                assert!(last(&saved) >= reached, "round {round}");
                read += 1;
            }
            Ok((Err(error), _) | (_, Err(error))) => unreachable!("round {round}: found too late: {error}"),
            Err(error) => {
                assert!(matches!(error, StoreError::Damaged { .. }), "round {round}: {error}");
                assert!(!told(error).contains(SECRET), "round {round}");
                damaged += 1;
            }
        }
    }
    assert!(read > 500 && damaged > 500, "{read} could be read, {damaged} could not");
}

/// A file with these contents.
fn file_with(folder: &Folder, name: &str, contents: &[u8]) -> PathBuf {
    let path = folder.file(name);
    fs::write(&path, contents).unwrap();
    path
}

#[test]
fn a_damaged_file_is_set_aside_and_nothing_is_overwritten() {
    let folder = Folder::new("aside");
    let mut cut = image(30);
    cut.truncate(cut.len() / 2);
    let path = file_with(&folder, "typed.redb", &cut);
    assert!(matches!(FileStore::open(&path), Err(StoreError::Damaged { path: named }) if named == path));
    file_with(&folder, "typed.redb.damaged-1", b"older");

    let (store, aside) = FileStore::open_or_set_aside(&path).unwrap();
    let aside = aside.unwrap();
    assert_eq!(aside, folder.file("typed.redb.damaged-2"));
    assert_eq!(fs::read(folder.file("typed.redb.damaged-1")).unwrap(), b"older");
    assert_eq!(fs::read(aside).unwrap().len(), cut.len());
    assert_eq!(store.load().unwrap(), Saved::default());
    store.save(&numbered(1)).unwrap();
    drop(store);

    let (store, aside) = FileStore::open_or_set_aside(&path).unwrap();
    assert_eq!((last(&store.load().unwrap()), aside), (1, None));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn what_is_not_damage_stays_where_it_is() {
    let folder = Folder::new("stays");
    let mut newer = image(1);
    for place in [64, 192] {
        *newer.get_mut(place).unwrap() = 4;
    }
    let text = file_with(&folder, "presence.toml", b"[store]\npath = \"presence.toml\"\n");
    let newer = file_with(&folder, "newer.redb", &newer);
    let used = folder.file("used.redb");
    let _user = FileStore::open(&used).unwrap();
    let nowhere = folder.file("nowhere/typed.redb");
    for (path, expected) in [
        (&text, "is not a file of this program"),
        (&folder.path().to_path_buf(), "is not a file of this program"),
        (&newer, "was written by a later version"),
        (&used, "is in use"),
        (&nowhere, "create its folder"),
    ] {
        let before = fs::read(path).ok();
        for error in [FileStore::open(path).unwrap_err(), FileStore::open_or_set_aside(path).unwrap_err()] {
            let message = error.to_string();
            assert!(message.contains(expected), "{message}");
            assert!(message.contains(&format!("`{}`", path.display())), "{message}");
        }
        assert_eq!(fs::read(path).ok(), before);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn an_empty_file_is_filled_and_an_unfinished_one_replaced() {
    let folder = Folder::new("empty");
    let path = file_with(&folder, "typed.redb", b"");
    FileStore::open(&path).unwrap().save(&numbered(1)).unwrap();
    assert_eq!(last(&FileStore::open(&path).unwrap().load().unwrap()), 1);

    // A crash while the file is made: it has its length, but not its first bytes.
    file_with(&folder, "other.redb.new", &[0; 50_000]);
    let path = folder.file("other.redb");
    FileStore::open(&path).unwrap().save(&numbered(1)).unwrap();
    assert_eq!(last(&FileStore::open(&path).unwrap().load().unwrap()), 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("mode");
    let path = folder.file("typed.redb");
    drop(FileStore::open(&path).unwrap());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    // What an administrator changed stays changed.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    drop(FileStore::open(&path).unwrap());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("denied");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // Some accounts may do everything.
    if fs::write(folder.file("allowed"), b"").is_err() {
        let error = FileStore::open(folder.file("typed.redb")).unwrap_err();
        assert!(matches!(error, StoreError::Denied { .. }), "{error}");
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn what_was_typed_is_not_told() {
    let folder = Folder::new("debug");
    let store = FileStore::open(folder.file("typed.redb")).unwrap();
    store.save(&numbered(7)).unwrap();
    let debug = format!("{store:?} {store:#?} {:?} {:?}", numbered(7), store.load().unwrap());
    assert!(debug.contains("typed.redb") && debug.contains("person-7"));
    assert!(!debug.contains(SECRET));
}

/// S0.37, S1.25: what is kept is what stands, not a log, so the 8 GB that the documents ask for are never needed. Twenty
/// thousand notes come and go, five hundred at a time.
#[test]
fn the_file_stays_small() {
    let folder = Folder::new("small");
    let path = folder.file("typed.redb");
    let store = FileStore::open(&path).unwrap();
    let sheets = |round: u32, length: usize, there: bool| {
        let sheet = move |number: u32| {
            let note = Note::new(&number.to_string(), "Berit", &"x".repeat(length), time(number));
            let notes = if there { vec![note] } else { Vec::new() };
            Change::Sheet(Sheet::new(PersonId::new(&format!("person {number}")).unwrap(), Typed::Notes(notes)))
        };
        (round * 500..(round + 1) * 500).map(sheet).collect::<Vec<_>>()
    };
    for round in 0..40 {
        store.save(&sheets(round, 100, true)).unwrap();
        store.save(&sheets(round, 100, false)).unwrap();
        let length = path.metadata().unwrap().len();
        assert!(length < 3 << 20, "{length} bytes after round {round}");
    }

    // Much at once makes it large; when most of it is gone, here and there, opening it makes it small again.
    store.save(&sheets(0, 20_000, true)).unwrap();
    assert!(path.metadata().unwrap().len() > 8 << 20);
    let gone = sheets(0, 20_000, false).into_iter().enumerate().filter(|(place, _)| place % 50 != 0);
    store.save(&gone.map(|(_, change)| change).collect::<Vec<_>>()).unwrap();
    drop(store);
    drop(FileStore::open(&path).unwrap());
    let length = path.metadata().unwrap().len();
    assert!(length < 2 << 20, "{length} bytes");
}

/// In this variable the program of the next function finds its file.
const VICTIM: &str = "PRESENCE_STORE_VICTIM";

/// Saves number after number and says each when it is acknowledged, until it is killed.
#[test]
#[ignore = "a program of its own, which the tests below start"]
fn victim() {
    let Some(path) = std::env::var_os(VICTIM) else { return };
    let store = FileStore::open(path).unwrap();
    let first = last(&store.load().unwrap()) + 1;
    // Not `print!`, whose output belongs to the test.
    let mut out = std::io::stdout();
    for number in first.. {
        store.save(&numbered(number)).unwrap();
        out.write_all(format!("\nsaved {number}\n").as_bytes()).unwrap();
        out.flush().unwrap();
    }
}

fn start_victim(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture", "--ignored"])
        .env(VICTIM, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The last number that was acknowledged; a line that was cut off was not.
fn acknowledged(output: &str) -> Option<u32> {
    let lines = output.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.strip_prefix("saved "));
    lines.filter_map(|number| number.parse().ok()).next_back()
}

#[test]
fn a_hundred_kills_lose_nothing_acknowledged() {
    let folder = Folder::new("kill");
    let path = folder.file("typed.redb");
    let mut chance = Chance::new(3);
    let mut reached = 0;
    for round in 0..100 {
        let mut victim = start_victim(&path);
        let mut out = BufReader::new(victim.stdout.take().unwrap());
        let mut output = String::new();
        // In some rounds it dies while it starts, in most while it saves.
        while round % 4 != 0 && acknowledged(&output).is_none() {
            assert_ne!(out.read_line(&mut output).unwrap(), 0, "round {round}: it did not start");
        }
        std::thread::sleep(Duration::from_millis(u64::try_from(2 + chance.below(19)).unwrap()));
        victim.kill().unwrap();
        victim.wait().unwrap();
        out.read_to_string(&mut output).unwrap();

        let found = last(&FileStore::open(&path).unwrap().load().unwrap());
        let expected = acknowledged(&output).unwrap_or(reached);
        assert!(found == expected || found == expected + 1, "round {round}: {found} instead of {expected}");
        reached = found;
    }
    assert!(reached > 100, "only {reached} saves in all rounds");
}

#[test]
fn another_process_that_uses_the_file_is_noticed() {
    let folder = Folder::new("in-use");
    let path = folder.file("typed.redb");
    let mut victim = start_victim(&path);
    let mut out = BufReader::new(victim.stdout.take().unwrap());
    let mut output = String::new();
    while acknowledged(&output).is_none() {
        assert_ne!(out.read_line(&mut output).unwrap(), 0, "it did not start");
    }
    let errors = [FileStore::open(&path).unwrap_err(), FileStore::open_or_set_aside(&path).unwrap_err()];
    victim.kill().unwrap();
    victim.wait().unwrap();
    for error in errors {
        assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    }
    assert!(last(&FileStore::open(&path).unwrap().load().unwrap()) >= 1);
}

/// What is saved into a file that was moved away would not be there after a restart: it is not acknowledged.
#[test]
fn a_file_that_was_moved_away_is_missed() {
    let folder = Folder::new("moved");
    let path = folder.file("typed.redb");
    let store = FileStore::open(&path).unwrap();
    store.save(&numbered(1)).unwrap();
    fs::rename(&path, folder.file("elsewhere.redb")).unwrap();
    assert!(matches!(store.save(&numbered(2)), Err(StoreError::NotFound { .. })));
    fs::rename(folder.file("elsewhere.redb"), &path).unwrap();
    store.save(&numbered(2)).unwrap();
    assert_eq!(last(&store.load().unwrap()), 2, "as soon as it is back");
}
