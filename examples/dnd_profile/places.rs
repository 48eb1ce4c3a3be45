//! The options of all places in one text, each below a line that says whose they are.

use presence_lync_map::options::{NotAdded, Options, Profiles, Reread};

use super::called::Called;
use super::file;
use super::refused::Refused;

/// The options of all places.
pub(super) struct Places {
    pub(super) application: Options,
    pub(super) device: Options,
    pub(super) profiles: Profiles,
    pub(super) warnings: Vec<String>,
}

const BUILT_IN: &str = include_str!("options.txt");
/// More than anybody has; for each of them the whole text is gone through.
const MOST_PROFILES: usize = 100;
const MOST_NAME: usize = 64;

impl Places {
    /// Those of the file that was named, or those that are built in.
    pub(super) fn read(called: &Called) -> Result<Self, Refused> {
        match &called.options {
            Some(path) => Self::parse(path, &file::text(path)?),
            None => Self::parse("options.txt", BUILT_IN),
        }
    }

    fn parse(path: &str, text: &str) -> Result<Self, Refused> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parts =
            Parts::of(text).map_err(|(line, problem)| Refused::Header { path: path.to_owned(), line, problem })?;
        let mut warnings = Vec::new();
        let mut problems = Vec::new();
        let mut read = |own: &Place| {
            let Reread { options, problems: wrong, warnings: odd, .. } =
                Options::default().reread(&parts.text(text, own));
            problems.extend(wrong);
            warnings.extend(odd);
            options
        };
        let mut application = read(&Place::Application);
        let device = read(&Place::Device);
        let named = parts.profiles.iter().map(|name| (name.clone(), read(&Place::Profile(name.clone()))));
        let named = named.collect::<Vec<_>>();
        if !problems.is_empty() {
            problems.sort_by_key(|problem| problem.line);
            return Err(Refused::Options { path: path.to_owned(), problems });
        }
        warnings.sort_by_key(|warning| warning.line);
        let mut places = Self {
            application: Options::default(),
            device,
            profiles: Profiles::new(),
            warnings: warnings.iter().map(|warning| format!("`{path}`: {warning}")).collect(),
        };
        if parts.is_one_section && application.is_profile() {
            let profile = std::mem::take(&mut application);
            application.presence_profile = Some(ONLY.into());
            places.add(ONLY, profile);
        }
        places.application = application;
        named.into_iter().for_each(|(name, options)| places.add(&name, options));
        Ok(places)
    }

    fn add(&mut self, name: &str, options: Options) {
        let added: Result<(), NotAdded> = self.profiles.add(name, options);
        self.warnings.extend(added.err().map(|problem| problem.to_string()));
    }
}

/// The name of a profile that is alone in its file.
const ONLY: &str = "profile";

/// Whose options.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Place {
    Application,
    Device,
    Profile(String),
    /// Nobody's: the line that says whose the next ones are.
    Header,
}

/// Whose each line is.
struct Parts {
    lines: Vec<Place>,
    profiles: Vec<String>,
    /// No line says whose options they are.
    is_one_section: bool,
}

impl Parts {
    fn of(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut parts = Self { lines: Vec::new(), profiles: Vec::new(), is_one_section: true };
        let mut place = Place::Application;
        for (line, number) in text.lines().zip(1..) {
            let Some(header) = header(line) else {
                parts.lines.push(place.clone());
                continue;
            };
            if let Place::Profile(name) = &header {
                parts.add(name).map_err(|problem| (number, problem))?;
            }
            place = header;
            parts.is_one_section = false;
            parts.lines.push(Place::Header);
        }
        Ok(parts)
    }

    fn add(&mut self, name: &str) -> Result<(), &'static str> {
        if name.is_empty() {
            return Err("a profile needs a name: write `[profile NAME]`");
        }
        if name.chars().nth(MOST_NAME).is_some() || name.chars().any(char::is_control) {
            return Err("the name of a profile has at most `64` characters, and no control characters: change it");
        }
        if self.profiles.iter().any(|other| other == name) {
            return Err("there is a profile of this name already: join the two, or change one name");
        }
        if self.profiles.len() == MOST_PROFILES {
            return Err("there are more than `100` profiles: leave some out");
        }
        self.profiles.push(name.to_owned());
        Ok(())
    }

    /// The text with all lines of others left blank, so that lines keep their numbers.
    fn text(&self, text: &str, own: &Place) -> String {
        let lines = text.lines().zip(&self.lines).map(|(line, place)| if place == own { line } else { "" });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn header(line: &str) -> Option<Place> {
    let header = line.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let (word, name) = header.split_once(char::is_whitespace).unwrap_or((header, ""));
    let is = |other: &str| word.eq_ignore_ascii_case(other);
    match name.trim() {
        "" if is("application") => Some(Place::Application),
        "" if is("device") => Some(Place::Device),
        name if is("profile") => Some(Place::Profile(name.to_owned())),
        _ => None,
    }
}
