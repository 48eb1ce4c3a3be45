//! A busy-lamp field in the terminal, live: a hub with four sources, a watch on a department, and a clock that runs fast.
//!
//! ```text
//! cargo run --example console -- [DEPARTMENT] [--at TIME] [--speed N] [--once] [--plain]
//! ```
#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, Utc};
use presence_core::hub::{Changes, Filter, Hub, Watch};
use presence_core::{Directory, Engine, EngineConfig, Person, Row, ViewerId};
use presence_examples::SEED;
use presence_examples::arguments::{self, Usage, say};
use presence_examples::clock::DemoClock;
use presence_examples::company::{Company, Department};
use presence_examples::day::{Day, ZONE};
use presence_examples::lamps::{lamp, telephone};
use presence_examples::source::ScriptedDay;
use presence_examples::typing::type_on_time;

const HELP: &str = "\
Shows the lamps of a department of an invented company in the terminal, live. Ctrl-C ends it.

usage: console [DEPARTMENT] [--at TIME] [--speed N] [--once] [--plain]

  DEPARTMENT   Support, Sales (the default), Finance, Warehouse, Development, Human Resources, IT, Management
  --at TIME    the time of the day at which it begins: 08:30 if nothing is said
  --speed N    runs so many times as fast as time does: 60 if nothing is said
  --once       shows the lamps once, and ends
  --plain      letters instead of colours and shapes; live, a line for each change instead of a picture

  ● o  free     ◐ i  free, not at the computer     ■ #  busy      ◧ h  busy, not at the computer
  ⊘ X  do not disturb     ◔ b  back soon     ○ a  away     × -  offline     ? ?  not known";

fn main() -> ExitCode {
    arguments::main(HELP, |arguments| {
        let options = Options::read(arguments)?;
        tokio::runtime::Runtime::new()?.block_on(run(&options))
    })
}

struct Options {
    department: Department,
    at: NaiveTime,
    speed: u32,
    once: bool,
    plain: bool,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, Usage> {
        let at = arguments::time("08:30")?;
        let mut options = Self { department: Department::Sales, at, speed: 60, once: false, plain: false };
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            match argument {
                "--once" => options.once = true,
                "--plain" => options.plain = true,
                "--at" => options.at = arguments::time(rest.next().unwrap_or_default())?,
                "--speed" => {
                    let speed = rest.next().and_then(|speed| speed.parse().ok());
                    options.speed = speed.ok_or_else(|| Usage::new("a speed is a whole number"))?;
                }
                name => {
                    let found = Department::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(name));
                    options.department = found.ok_or_else(|| Usage::new(format!("no department `{name}`")))?;
                }
            }
        }
        Ok(options)
    }
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let company = Arc::new(Company::invented(SEED)?);
    let day = Day::of(&company, arguments::date(), SEED)?;
    let begin = day.at(options.at);
    // A picture taken once is of one moment.
    let clock = Arc::new(DemoClock::new(begin, if options.once { 1 } else { options.speed }));
    let engine = Engine::new(EngineConfig::new(company.directory()?, begin));
    let mut builder = Hub::builder(engine).clock(Arc::<DemoClock>::clone(&clock));
    for source in ScriptedDay::all(&company, SEED)? {
        builder = builder.source(source);
    }
    let hub = builder.start().await?;
    let typist = hub.clone();
    tokio::spawn(async move { type_on_time(&typist, &*clock, &day.typed).await });

    // A hub that is told of no classes of viewers has one: the operators.
    let filter = Filter::department(options.department.name());
    let watch = hub.watch(&ViewerId::new("operator")?, filter, None).ok_or("nobody may look")?;
    let field = Field::new(&hub.directory(), options);
    tokio::select! {
        () = show(&hub, watch, field, options) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    if !options.once && !options.plain {
        // The cursor comes back.
        say("\x1b[?25h");
    }
    hub.shutdown().await;
    Ok(())
}

async fn show(hub: &Hub, mut watch: Watch, mut field: Field, options: &Options) {
    if options.once {
        // Until nothing new comes for a moment: then every source has told what it knows.
        while let Ok(Some(changes)) = tokio::time::timeout(Duration::from_millis(300), watch.changed()).await {
            field.take(&changes);
        }
        say(field.picture(hub.now(), ""));
        return;
    }
    if !options.plain {
        say("\x1b[2J\x1b[?25l");
    }
    while let Some(changes) = watch.changed().await {
        field.take(&changes);
        if options.plain {
            field.news(hub.now(), &changes).iter().for_each(say);
        } else {
            // From the upper left corner over the old picture, so that nothing flickers.
            let _ = write!(io::stdout(), "\x1b[H{}\x1b[J", field.picture(hub.now(), "\x1b[K"));
            let _ = io::stdout().flush();
        }
    }
}

/// The lamps of a department, by name.
struct Field {
    title: &'static str,
    plain: bool,
    lines: Vec<(Person, String, Option<Row>)>,
}

impl Field {
    fn new(directory: &Directory, options: &Options) -> Self {
        let title = options.department.name();
        let line = |person| {
            let card = directory.card(person).filter(|card| card.department() == Some(title))?;
            Some((person, card.name().to_owned(), None))
        };
        let mut lines: Vec<_> = directory.people().filter_map(line).collect();
        lines.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
        Self { title, plain: options.plain, lines }
    }

    fn take(&mut self, changes: &Changes) {
        for (person, row) in changes.rows.iter() {
            if let Some((.., shown)) = self.lines.iter_mut().find(|(known, ..)| known == person) {
                *shown = Some(*row);
            }
        }
    }

    /// Everybody; each line ends so.
    fn picture(&self, now: DateTime<Utc>, end: &str) -> String {
        let mut text = format!("{}, {}{end}\n", self.title, now.with_timezone(&ZONE).format("%H:%M:%S"));
        for (_, name, row) in &self.lines {
            let line = row.map_or_else(|| format!("? {name}"), |row| self.line(name, &row));
            let _ = writeln!(text, "{line}{end}");
        }
        text
    }

    /// Who changed.
    fn news(&self, now: DateTime<Utc>, changes: &Changes) -> Vec<String> {
        let time = now.with_timezone(&ZONE).format("%H:%M:%S");
        let name = |person| self.lines.iter().find(|(known, ..)| *known == person).map(|(_, name, _)| name);
        let line = |(person, row): &(Person, Row)| Some(format!("{time} {}", self.line(name(*person)?, row)));
        changes.rows.iter().filter_map(line).collect()
    }

    fn line(&self, name: &str, row: &Row) -> String {
        let mut line = format!("{} {name:<22} {:<22}", lamp(row, self.plain), row.activity.token());
        for (label, telephone) in [("desk", telephone(&row.desk)), ("mobile", telephone(&row.mobile))] {
            let text = if telephone.is_empty() { String::new() } else { format!("{label}: {telephone}") };
            let _ = write!(line, " {text:<22}");
        }
        if row.note {
            line.push_str(" note");
        }
        if row.stale {
            line.push_str(" (not sure)");
        }
        line.trim_end().to_owned()
    }
}
