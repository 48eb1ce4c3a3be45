//! Free/busy: two bits a slot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Agenda, Meeting, MeetingDraft, ShowAs, Span};
use serde::{Deserialize, Serialize};

use super::time::{read_time, write_time};
use crate::texts::decimal;
use crate::xml::{Element, Writer};

/// A window has at most so many bytes: four slots each, so a year of quarters of an hour and more.
const MOST_BYTES: usize = 16_384;
/// A slot is at least so many minutes long.
const LEAST_MINUTES: u32 = 5;
/// A slot is at most so many minutes long.
const MOST_MINUTES: u32 = 60;

/// What a calendar says in slots of equal length. Outside of them it is not known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FreeBusy {
    starts: DateTime<Utc>,
    minutes: u32,
    /// Two bits a slot, the first slot in the lowest bits.
    slots: Vec<u8>,
}

/// In which order the four slots of a byte stand in it, about which the sources do not agree.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BitOrder {
    /// The first slot in the two lowest bits: what clients have done for years.
    #[default]
    LowestFirst,
    /// The first slot in the two highest bits: what an example in the documents shows.
    HighestFirst,
}

/// Free/busy that cannot be used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidFreeBusy {
    /// The start is not there or no time.
    #[error("the start is not there or no time")]
    Start,
    /// A slot is not 5 to 60 minutes long.
    #[error("the length of a slot is not `5` to `60` minutes")]
    Granularity,
    /// It is encoded in another way than this.
    #[error("the version of the encoding is not `1`")]
    Encoding,
    /// The slots are no base64, or there are more than 65,536 of them.
    #[error("the slots are no base64, or more than `65536`")]
    Slots,
}

impl FreeBusy {
    /// These slots, one after the other, of so many minutes each. The last byte is filled up with free slots, which
    /// cannot be told from real ones.
    ///
    /// # Errors
    ///
    /// When a slot is not 5 to 60 minutes long, or there are too many.
    pub fn new(starts: DateTime<Utc>, minutes: u32, words: &[ShowAs]) -> Result<Self, InvalidFreeBusy> {
        let bits = |(place, word): (usize, &ShowAs)| bits_of(*word) << (2 * place);
        let byte = |four: &[ShowAs]| four.iter().enumerate().map(bits).fold(0, |byte, bits| byte | bits);
        Self::of_bytes(starts, minutes, words.chunks(4).map(byte).collect())
    }

    fn of_bytes(starts: DateTime<Utc>, minutes: u32, slots: Vec<u8>) -> Result<Self, InvalidFreeBusy> {
        if !(LEAST_MINUTES..=MOST_MINUTES).contains(&minutes) {
            return Err(InvalidFreeBusy::Granularity);
        }
        if slots.len() > MOST_BYTES {
            return Err(InvalidFreeBusy::Slots);
        }
        Ok(Self { starts, minutes, slots })
    }

    /// When the first slot begins.
    #[must_use]
    pub const fn starts(&self) -> DateTime<Utc> {
        self.starts
    }

    /// How long a slot is, in minutes.
    #[must_use]
    pub const fn minutes(&self) -> u32 {
        self.minutes
    }

    /// The words of the slots, in order.
    pub fn words(&self) -> impl Iterator<Item = ShowAs> {
        self.slots.iter().flat_map(|byte| [0, 2, 4, 6].map(|shift| word_of(byte >> shift)))
    }

    /// What the calendar says at a time; `None` outside of the slots.
    #[must_use]
    pub fn at(&self, time: DateTime<Utc>) -> Option<ShowAs> {
        let slot = time.signed_duration_since(self.starts).num_seconds().checked_div(i64::from(self.minutes) * 60)?;
        let slot = usize::try_from(slot).ok().filter(|_| time >= self.starts)?;
        self.words().nth(slot)
    }

    /// The same as an agenda: what is not free is a meeting of which only the word and the time are known.
    ///
    /// `None` if the window is empty or no time that can be counted.
    #[must_use]
    pub fn agenda(&self) -> Option<Agenda> {
        let count = u32::try_from(self.slots.len()).ok()?.checked_mul(4)?;
        let covered = Span::new(self.starts, self.slot_starts(count)?).ok()?;
        let words: Vec<ShowAs> = self.words().collect();
        let mut meetings = Vec::new();
        let mut first = 0_u32;
        for run in words.chunk_by(|one, next| one == next) {
            let after = first.saturating_add(u32::try_from(run.len()).ok()?);
            if let Some(word) = run.first().filter(|word| **word != ShowAs::Free) {
                let span = Span::new(self.slot_starts(first)?, self.slot_starts(after)?).ok()?;
                let name = format!("free-busy-{}", span.start().get());
                meetings.push(Meeting::new(MeetingDraft::new(&name, span).show_as(*word)));
            }
            first = after;
        }
        Some(Agenda::new(covered, meetings))
    }

    fn slot_starts(&self, slot: u32) -> Option<DateTime<Utc>> {
        let minutes = i64::from(slot) * i64::from(self.minutes);
        self.starts.checked_add_signed(TimeDelta::minutes(minutes))
    }

    pub(super) fn read(element: Element<'_, '_>, order: BitOrder) -> Result<Self, InvalidFreeBusy> {
        let starts = element.attribute("startTime").and_then(read_time).ok_or(InvalidFreeBusy::Start)?;
        let minutes = element.attribute("granularity").and_then(minutes_of).ok_or(InvalidFreeBusy::Granularity)?;
        if element.attribute("encodingVersion").is_some_and(|version| version.trim() != "1") {
            return Err(InvalidFreeBusy::Encoding);
        }
        let text: Vec<u8> = element.text().bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        if text.len() > MOST_BYTES * 2 {
            return Err(InvalidFreeBusy::Slots);
        }
        let mut slots = STANDARD.decode(text).map_err(|_| InvalidFreeBusy::Slots)?;
        if order == BitOrder::HighestFirst {
            slots.iter_mut().for_each(|byte| *byte = turned(*byte));
        }
        Self::of_bytes(starts, minutes, slots)
    }

    /// Written with the lowest bits first.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("freeBusy").attribute("startTime", write_time(self.starts));
        writer.attribute("granularity", format_args!("PT{}M", self.minutes)).attribute("encodingVersion", 1);
        writer.text(STANDARD.encode(&self.slots)).close();
    }
}

/// The minutes in `PT15M` or `PT1H`.
fn minutes_of(text: &str) -> Option<u32> {
    let text = text.trim().strip_prefix("PT")?;
    match text.strip_suffix('M') {
        Some(digits) => decimal(digits).ok(),
        None => decimal(text.strip_suffix('H')?).ok()?.checked_mul(60),
    }
}

/// The byte with its four slots in the opposite order.
const fn turned(byte: u8) -> u8 {
    let halves = byte.rotate_left(4);
    ((halves & 0b0011_0011) << 2) | ((halves & 0b1100_1100) >> 2)
}

const fn word_of(bits: u8) -> ShowAs {
    match bits & 0b11 {
        0b00 => ShowAs::Free,
        0b01 => ShowAs::Tentative,
        0b10 => ShowAs::Busy,
        _ => ShowAs::OutOfOffice,
    }
}

const fn bits_of(word: ShowAs) -> u8 {
    match word {
        ShowAs::Tentative => 0b01,
        ShowAs::Busy => 0b10,
        ShowAs::OutOfOffice => 0b11,
        _ => 0b00,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Namespace, Tree};

    const EXAMPLE: [ShowAs; 8] = [
        ShowAs::Free,
        ShowAs::Free,
        ShowAs::Busy,
        ShowAs::Busy,
        ShowAs::Tentative,
        ShowAs::OutOfOffice,
        ShowAs::Free,
        ShowAs::Free,
    ];

    fn element(attributes: &str, slots: &str) -> String {
        let namespace = Namespace::CalendarData.uri();
        format!("<freeBusy xmlns=\"{namespace}\" {attributes}>{slots}</freeBusy>")
    }

    fn read(xml: &str, order: BitOrder) -> Result<FreeBusy, InvalidFreeBusy> {
        FreeBusy::read(Tree::read(xml).expect("XML").root(), order)
    }

    const USUAL: &str = "startTime='2024-03-05T08:00:00Z' granularity='PT15M' encodingVersion='1'";

    /// S3.8: free 00, tentative 01, busy 10, out of office 11; the first slot in the lowest bits, or in the highest.
    #[test]
    fn two_bits_a_slot_in_both_orders() {
        let low = read(&element(USUAL, " oA\n0= "), BitOrder::LowestFirst).unwrap();
        assert_eq!(low.words().collect::<Vec<_>>(), EXAMPLE);
        let high = read(&element(USUAL, "CnA="), BitOrder::HighestFirst).unwrap();
        assert_eq!(high, low);
        assert_eq!(FreeBusy::new(low.starts(), 15, &EXAMPLE).unwrap(), low);
        for byte in 0..=u8::MAX {
            assert_eq!(turned(turned(byte)), byte);
        }
    }

    #[test]
    fn a_time_is_in_one_slot_or_in_none() {
        let slots = read(&element(USUAL, "oA0="), BitOrder::LowestFirst).unwrap();
        let at = |clock: &str| slots.at(format!("2024-03-05T{clock}Z").parse().unwrap());
        assert_eq!(at("07:59:59"), None);
        assert_eq!(at("08:00:00"), Some(ShowAs::Free));
        assert_eq!(at("08:29:59"), Some(ShowAs::Free));
        assert_eq!(at("08:30:00"), Some(ShowAs::Busy));
        assert_eq!(at("09:15:00"), Some(ShowAs::OutOfOffice));
        assert_eq!(at("09:59:59"), Some(ShowAs::Free));
        assert_eq!(at("10:00:00"), None);
    }

    #[test]
    fn runs_of_slots_are_meetings_of_an_agenda() {
        let agenda = read(&element(USUAL, "oA0="), BitOrder::LowestFirst).unwrap().agenda().unwrap();
        let spans: Vec<_> = agenda
            .meetings()
            .iter()
            .map(|meeting| {
                (
                    meeting.span().start().get() % 86_400 / 60,
                    meeting.span().end().get() % 86_400 / 60,
                    meeting.show_as(),
                )
            })
            .collect();
        let expected = [(510, 540, ShowAs::Busy), (540, 555, ShowAs::Tentative), (555, 570, ShowAs::OutOfOffice)];
        assert_eq!(spans, expected);
        assert_eq!(agenda.covered().end().get() - agenda.covered().start().get(), 7_200);
        assert_eq!(FreeBusy::new(DateTime::UNIX_EPOCH, 15, &[]).unwrap().agenda(), None);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let case = |attributes: &str, slots: &str| read(&element(attributes, slots), BitOrder::default()).unwrap_err();
        assert_eq!(case("granularity='PT15M'", "oA0="), InvalidFreeBusy::Start);
        for granularity in ["PT4M", "PT61M", "PT2H", "P1D", "15", "PT-15M", "PT+15M", "PT 15M", "PTM", "PT99999999999M"]
        {
            let attributes = format!("startTime='2024-03-05T08:00:00' granularity='{granularity}'");
            assert_eq!(case(&attributes, "oA0="), InvalidFreeBusy::Granularity, "{granularity}");
        }
        assert_eq!(case(&USUAL.replace("'1'", "'2'"), "oA0="), InvalidFreeBusy::Encoding);
        for slots in ["oA0", "o", "öA0=", "oA0==", &"A".repeat(4 * MOST_BYTES)] {
            assert_eq!(case(USUAL, slots), InvalidFreeBusy::Slots);
        }
        let hour = USUAL.replace("PT15M", "PT1H");
        assert_eq!(read(&element(&hour, "oA0="), BitOrder::default()).unwrap().minutes(), 60);
    }
}
