//! Reading free/busy of Exchange: bytes in; agendas of masked meetings and working weeks out.

use std::fmt::Write;
use std::hint::black_box;

use presence_calendar::ews::read_availability;
use presence_core::Span;

use super::seconds;

const MAILBOXES: usize = 100;
const ROUNDS: u32 = 300;
const INSTRUCTIONS: &str = "ews.instructions_per_byte";

const HEAD: &str = r#"<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types" xmlns="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><GetUserAvailabilityResponse xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"><FreeBusyResponseArray>"#;
const MAILBOX: &str = r#"<FreeBusyResponse><ResponseMessage ResponseClass="Success"><ResponseCode>NoError</ResponseCode></ResponseMessage><FreeBusyView><FreeBusyViewType xmlns="http://schemas.microsoft.com/exchange/services/2006/types">Detailed</FreeBusyViewType><CalendarEventArray xmlns="http://schemas.microsoft.com/exchange/services/2006/types">"#;
const HOURS: &str = r#"</CalendarEventArray><WorkingHours xmlns="http://schemas.microsoft.com/exchange/services/2006/types"><TimeZone><Bias>-60</Bias><StandardTime><Bias>0</Bias><Time>03:00:00</Time><DayOrder>5</DayOrder><Month>10</Month><DayOfWeek>Sunday</DayOfWeek></StandardTime><DaylightTime><Bias>-60</Bias><Time>02:00:00</Time><DayOrder>5</DayOrder><Month>3</Month><DayOfWeek>Sunday</DayOfWeek></DaylightTime></TimeZone><WorkingPeriodArray><WorkingPeriod><DayOfWeek>Monday Tuesday Wednesday Thursday Friday</DayOfWeek><StartTimeInMinutes>480</StartTimeInMinutes><EndTimeInMinutes>1020</EndTimeInMinutes></WorkingPeriod></WorkingPeriodArray></WorkingHours></FreeBusyView></FreeBusyResponse>"#;
const FOOT: &str = "</FreeBusyResponseArray></GetUserAvailabilityResponse></s:Body></s:Envelope>";
const SUBJECTS: [&str; 6] = [
    "Focus time",
    "Customer call: Nordic Telecom AB",
    "Weekly sync",
    "Planering, vecka 14; rum 3",
    "Release planning",
    "Möte &amp; fika",
];

/// An answer about a hundred mailboxes with two to seven meetings each, one in twelve of them private.
struct Answer {
    bytes: Vec<u8>,
    events: usize,
    window: Span,
}

impl Answer {
    fn new() -> Self {
        let words = ["Busy", "Tentative", "WorkingElsewhere", "OOF", "Free"];
        let mut text = HEAD.to_owned();
        let mut events = 0;
        for mailbox in 0..MAILBOXES {
            text.push_str(MAILBOX);
            for event in 0..2 + mailbox * 7 % 6 {
                events += 1;
                let (word, subject) = (words[events % words.len()], SUBJECTS[events % SUBJECTS.len()]);
                let _ = write!(
                    text,
                    "<CalendarEvent><StartTime>2026-03-02T{:02}:00:00</StartTime><EndTime>2026-03-02T{:02}:45:00</EndTime>\
                     <BusyType>{word}</BusyType><CalendarEventDetails><ID>{:064X}</ID><Subject>{subject}</Subject>\
                     <Location>Teams</Location><IsMeeting>true</IsMeeting><IsRecurring>{}</IsRecurring>\
                     <IsException>false</IsException><IsReminderSet>true</IsReminderSet><IsPrivate>{}</IsPrivate>\
                     </CalendarEventDetails></CalendarEvent>",
                    7 + event,
                    7 + event,
                    events * 0x9E37_79B9,
                    events % 3 == 0,
                    events % 12 == 0,
                );
            }
            text.push_str(HOURS);
        }
        text.push_str(FOOT);
        let [start, end] = ["2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"].map(|time| time.parse().unwrap());
        Self { bytes: text.into_bytes(), events, window: Span::new(start, end).unwrap() }
    }

    fn read(&self, rounds: u32) {
        for _ in 0..rounds {
            let all = read_availability(black_box(&self.bytes), MAILBOXES, self.window).unwrap();
            let known = all.iter().map(|one| one.as_ref().unwrap());
            assert_eq!(known.clone().map(|known| known.agenda.meetings().len()).sum::<usize>(), self.events);
            assert!(known.clone().all(|known| known.week.is_some()));
            black_box(all);
        }
    }
}

pub fn run() {
    let answer = Answer::new();
    answer.read(ROUNDS / 10);
    let seconds = seconds(|| answer.read(ROUNDS));
    let bytes = answer.bytes.len() as f64 * f64::from(ROUNDS);
    println!("ews.availability_mb_per_s {:.0} MB/s", bytes / seconds / 1e6);
}

/// What callgrind is to count. A round is a byte, so the numbers of rounds are those of whole answers.
pub fn counted() {
    let bytes = Answer::new().bytes.len();
    println!("{INSTRUCTIONS} {bytes} {}", bytes * 5);
}

pub fn callgrind(figure: &str, rounds: usize) -> bool {
    if figure == INSTRUCTIONS {
        let answer = Answer::new();
        answer.read(u32::try_from(rounds / answer.bytes.len()).unwrap());
    }
    figure == INSTRUCTIONS
}
