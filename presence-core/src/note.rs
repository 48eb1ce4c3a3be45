//! Notes about a person, written by colleagues.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::confidential::{Confidential, MASK};
use crate::identity::ViewerId;
use crate::second::Second;

/// A note about a person: who wrote it, for whom, until when, and when the person is back.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(from = "Form")]
pub struct Note {
    id: Arc<str>,
    author: Confidential<Arc<str>>,
    text: Confidential<Arc<str>>,
    written: Second,
    until: Option<Second>,
    back: Option<Second>,
    audience: Audience,
}

impl Note {
    /// A note without an end, for everyone. `id` is the source's name for it.
    #[must_use]
    pub fn new(id: &str, author: &str, text: &str, written: DateTime<Utc>) -> Self {
        Self {
            id: id.into(),
            author: Confidential::new(author.into()),
            text: Confidential::new(text.into()),
            written: Second::floor(written),
            until: None,
            back: None,
            audience: Audience::Everyone,
        }
    }

    /// The same note with an end, rounded up to the second: from then on it is not shown.
    #[must_use]
    pub fn until(self, end: DateTime<Utc>) -> Self {
        Self { until: Some(Second::ceil(end)), ..self }
    }

    /// The same note, saying when the person is back, rounded up to the second.
    #[must_use]
    pub fn back_at(self, time: DateTime<Utc>) -> Self {
        Self { back: Some(Second::ceil(time)), ..self }
    }

    /// The same note for these viewers only; for nobody if there are none.
    #[must_use]
    pub fn for_viewers(self, viewers: &[ViewerId]) -> Self {
        Self { audience: Audience::Viewers(viewers.into()), ..self }
    }

    /// The source's name for the note.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Who wrote it.
    #[must_use]
    pub const fn author(&self) -> &Confidential<Arc<str>> {
        &self.author
    }

    /// What it says.
    #[must_use]
    pub const fn text(&self) -> &Confidential<Arc<str>> {
        &self.text
    }

    /// When it was written.
    #[must_use]
    pub const fn written(&self) -> Second {
        self.written
    }

    /// The second from which on it is not shown.
    #[must_use]
    pub const fn ends(&self) -> Option<Second> {
        self.until
    }

    /// When the person is back.
    #[must_use]
    pub const fn back(&self) -> Option<Second> {
        self.back
    }

    /// Who may read it.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Whether the end has come.
    #[must_use]
    pub fn is_over(&self, at: Second) -> bool {
        self.until.is_some_and(|end| end <= at)
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, author: _, text: _, written, until, back, audience } = self;
        f.debug_struct("Note")
            .field("id", id)
            .field("author", &format_args!("{MASK}"))
            .field("text", &format_args!("{MASK}"))
            .field("written", written)
            .field("until", until)
            .field("back", back)
            .field("audience", audience)
            .finish()
    }
}

/// Who may read a note.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Audience {
    /// Everyone who sees the person.
    #[default]
    Everyone,
    /// These viewers and nobody else.
    Viewers(Arc<[ViewerId]>),
}

impl Audience {
    /// Whether `viewer` may read it.
    #[must_use]
    pub fn includes(&self, viewer: &ViewerId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Viewers(viewers) => viewers.contains(viewer),
        }
    }
}

/// As it is written: times are RFC 3339.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Form {
    id: Arc<str>,
    author: Confidential<Arc<str>>,
    text: Confidential<Arc<str>>,
    written: DateTime<Utc>,
    #[serde(default)]
    until: Option<DateTime<Utc>>,
    #[serde(default)]
    back_at: Option<DateTime<Utc>>,
    #[serde(default)]
    audience: Audience,
}

impl From<Form> for Note {
    fn from(form: Form) -> Self {
        Self {
            id: form.id,
            author: form.author,
            text: form.text,
            written: Second::floor(form.written),
            until: form.until.map(Second::ceil),
            back: form.back_at.map(Second::ceil),
            audience: form.audience,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(unix: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(unix, 0).unwrap()
    }

    fn viewer(name: &str) -> ViewerId {
        ViewerId::new(name).unwrap()
    }

    /// S2.11: a note has an author, an audience and an expiry.
    #[test]
    fn s2_11_a_note_has_author_audience_and_expiry() {
        let note = Note::new("7", "Berit", "ask Carl", time(50));
        assert_eq!(note.id(), "7");
        assert_eq!(&**note.author().reveal(), "Berit");
        assert_eq!(&**note.text().reveal(), "ask Carl");
        assert_eq!(note.written(), Second::new(50));
        assert!(note.audience().includes(&viewer("desk")));
        assert!(!note.is_over(Second::new(u32::MAX - 1)));

        let note = note.until(time(100)).for_viewers(&[viewer("desk")]);
        assert!(note.audience().includes(&viewer("desk")));
        assert!(!note.audience().includes(&viewer("lobby")));
        assert!(!note.is_over(Second::new(99)));
        assert!(note.is_over(Second::new(100)));
        assert!(!note.for_viewers(&[]).audience().includes(&viewer("desk")));
    }

    /// S2.12: out for long or for a day: when the note ends and when the person is back are two times.
    #[test]
    fn s2_12_a_note_ends_and_the_person_is_back() {
        let note = Note::new("7", "Berit", "out", time(50)).until(time(100)).back_at(time(200));
        assert_eq!(note.ends(), Some(Second::new(100)));
        assert_eq!(note.back(), Some(Second::new(200)));
        assert!(note.is_over(Second::new(150)));
        assert!(!Note::new("7", "Berit", "out", time(50)).back_at(time(100)).is_over(Second::new(150)));
    }

    #[test]
    fn debug_prints_neither_text_nor_author() {
        let note = Note::new("7", "Berit", "ask Carl", time(50));
        let debug = format!("{note:?} {note:#?}");
        assert!(debug.contains(MASK) && debug.contains("\"7\""));
        assert!(!debug.contains("Berit") && !debug.contains("Carl"));
    }

    #[test]
    fn reads_times_as_rfc_3339() {
        let note: Note = serde_json::from_str(
            r#"{"id": "7", "author": "Berit", "text": "out", "written": "1970-01-01T00:00:50.9Z",
                "until": "1970-01-01T01:01:39.1+01:00", "back-at": "1970-01-01T00:03:20Z",
                "audience": {"viewers": ["desk"]}}"#,
        )
        .unwrap();
        let same = Note::new("7", "Berit", "out", time(50));
        let same = same.until(time(100)).back_at(time(200)).for_viewers(&[viewer("desk")]);
        assert_eq!(note, same);
        let least: Note =
            serde_json::from_str(r#"{"id": "7", "author": "", "text": "", "written": "1970-01-01T00:00:50Z"}"#)
                .unwrap();
        assert_eq!(least, Note::new("7", "", "", time(50)));
        assert_eq!(serde_json::from_str::<Audience>("\"everyone\"").unwrap(), Audience::Everyone);
    }
}
