//! The memory of the engine's process after a day of private meetings, with the server in a process of its own.
//!
//! The canaries are nowhere in this program: it knows them byte by byte under a mask, and gives them to the server as
//! escapes.

use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use presence_calendar::source::CalendarRules;
use presence_core::ShowAs;

use super::office::{Office, friday};

/// What each byte of a canary is mixed with.
const MASK: u8 = 0x55;

/// A text that this program never holds: each byte is under the mask.
struct Canary([u8; 14]);

/// In private meetings.
const PRIVATE: Canary = Canary([0x04, 0x2d, 0x0f, 0x22, 0x03, 0x3e, 0x1f, 0x24, 0x05, 0x27, 0x3c, 0x23, 0x34, 0x0d]);
/// In the others.
const OPEN: Canary = Canary([0x04, 0x2c, 0x02, 0x2f, 0x1e, 0x23, 0x1d, 0x24, 0x1a, 0x25, 0x30, 0x3b, 0x39, 0x0d]);

impl Canary {
    /// The bytes one by one. The compiler shall not know the mask, or it might take it off.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|byte| byte ^ black_box(MASK))
    }

    /// As JSON writes it for who may not write letters.
    fn escaped(&self) -> String {
        self.bytes().fold(String::new(), |mut text, byte| {
            write!(text, "\\u{byte:04x}").unwrap();
            text
        })
    }

    /// How often it is in these bytes.
    fn count(&self, bytes: &[u8]) -> usize {
        let first = self.bytes().next();
        let begins = |window: &&[u8]| window.first().copied() == first && window.iter().copied().eq(self.bytes());
        bytes.windows(self.0.len()).filter(begins).count()
    }

    /// How often it is in the memory of this process.
    fn in_memory(&self) -> usize {
        let mut memory = File::open("/proc/self/mem").unwrap();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut bytes = Vec::new();
        maps.lines()
            .filter_map(range)
            .map(|(start, end)| {
                bytes.resize(usize::try_from(end - start).unwrap(), 0);
                // What was given back in the meantime, and what only the kernel may read, is not there.
                let read = memory.seek(SeekFrom::Start(start)).and_then(|_| memory.read_exact(&mut bytes));
                let found = if read.is_ok() { self.count(&bytes) } else { 0 };
                // The copy is not to be found in its turn.
                bytes.fill(0);
                found
            })
            .sum()
    }
}

/// The addresses of a line of the map that can be read.
fn range(line: &str) -> Option<(u64, u64)> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let address = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with('r').then(|| Some((address(start)?, address(end)?)))?
}

/// A server in a process of its own, which ends with the value.
struct Program {
    process: Child,
    url: String,
    company: PathBuf,
}

impl Program {
    /// It lies beside the folder of this test, where cargo builds both.
    fn start(company: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("memory-{}.json", std::process::id()));
        std::fs::write(&path, company).unwrap();
        let own = std::env::current_exe().unwrap();
        let program = own.parent().unwrap().parent().unwrap().join("simulated-exchange");
        let mut command = Command::new(program);
        command.arg("--company").arg(&path).args(["--today", "2026-11-20"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap().to_owned();
        Self { process, url, company: path }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.company);
    }
}

/// Private meetings of each kind with one canary wherever somebody types, and an open one with the other.
fn company() -> String {
    let (private, open) = (PRIVATE.escaped(), OPEN.escaped());
    let texts = format!(
        r#""subject": "{private}", "location": "{private}", "categories": ["{private}"],
           "organizer": "{private}@firma.example", "required": ["{private}@firma.example"]"#
    );
    let kinds = [
        r#""start": "today 09:00", "end": "today 10:00""#,
        r#""start": "today-7 11:00", "end": "today-7 11:30", "repeat": {"every": "Day", "count": 60}"#,
        r#""start": "today 13:00", "end": "today 14:00", "kind": "Exception""#,
        r#""start": "today+1", "end": "today+2", "all_day": true"#,
    ];
    let items = kinds.iter().flat_map(|kind| {
        let item = |sensitivity| format!(r#"{{{kind}, {texts}, "sensitivity": "{sensitivity}"}}"#);
        ["Private", "Confidential"].map(item)
    });
    let items: Vec<String> = items.collect();
    format!(
        r#"{{"zone": "W. Europe Standard Time", "accounts": [
        {{"address": "service@firma.example", "password": "sesame", "may_impersonate": true}},
        {{"address": "bert@firma.example", "password": "sesame"}},
        {{"address": "anna@firma.example", "password": "sesame", "items": [{},
        {{"start": "today 15:00", "end": "today 16:00", "subject": "{open}"}}]}}]}}"#,
        items.join(",")
    )
}

/// S0.18: after a day over EWS the private subject is nowhere in the memory of the engine's process. The open one is, or
/// the search would find nothing at all.
#[tokio::test]
#[ignore = "needs the program `simulated-exchange`, which cargo builds with the whole workspace"]
async fn the_memory_holds_no_private_subject() {
    let server = Program::start(&company());
    let mut rules = CalendarRules::default();
    rules.interval = Duration::from_secs(600);
    let office = Office::open(&server.url, friday("00:00"), rules).await;
    let mut words = Vec::new();
    for _ in 0..24 {
        office.pass(TimeDelta::hours(1)).await;
        words.push(office.word("anna").unwrap());
    }
    assert!(words.contains(&ShowAs::Busy) && words.contains(&ShowAs::Free), "{words:?}");
    assert!(OPEN.in_memory() > 0, "the search finds what is there");
    assert_eq!(PRIVATE.in_memory(), 0);
}
