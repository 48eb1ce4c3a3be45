//! Numbered saves: what was saved before number 7 is known from what is there.

use chrono::DateTime;
use presence_core::store::{Change, Saved, Sheet, Typed};
use presence_core::{Activity, Availability, Manual, Note, PersonId};

/// So many people take turns.
pub(crate) const PEOPLE: u32 = 20;

/// In the text of every note, and nowhere else.
pub(crate) const SECRET: &str = "dentist";

/// The changes of one save: a note and a state, both with its number. So one without the other is seen.
pub(crate) fn numbered(number: u32) -> [Change; 2] {
    let time = DateTime::from_timestamp(i64::from(number), 0).unwrap();
    let text = SECRET.repeat(usize::try_from(number * 37 % 300).unwrap());
    let note = Note::new(&number.to_string(), SECRET, &text, time);
    let state = Manual::new(Availability::AWAY, Activity::Lunch).until(time);
    [Typed::Notes(vec![note]), Typed::Manual(Some(state))].map(|typed| Change::Sheet(Sheet::new(person(number), typed)))
}

fn person(number: u32) -> PersonId {
    PersonId::new(&format!("person-{}", number % PEOPLE)).unwrap()
}

/// The number of the last save that is there. What it or those before it left is checked to be there, whole.
pub(crate) fn last(saved: &Saved) -> u32 {
    assert_eq!(saved.skipped, 0);
    let last = saved.sheets.iter().map(number).max().unwrap_or(0);
    let expected = last.saturating_sub(PEOPLE - 1).max(1)..=last;
    let mut sheets = expected.flat_map(numbered).collect::<Vec<_>>();
    let mut found = saved.sheets.iter().cloned().map(Change::Sheet).collect::<Vec<_>>();
    for list in [&mut sheets, &mut found] {
        list.sort_by_key(|change| format!("{change:?}"));
    }
    assert_eq!(found, sheets, "after save {last}");
    last
}

fn number(sheet: &Sheet) -> u32 {
    match &sheet.typed {
        Typed::Notes(notes) => notes.first().map_or(0, |note| note.written().get()),
        Typed::Manual(state) => state.and_then(|state| state.until).map_or(0, |until| until.get()),
        other => unreachable!("no such thing was saved: {other:?}"),
    }
}
