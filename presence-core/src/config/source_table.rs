//! What a configuration says to one source: the part that only its kind understands.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::{fmt, fmt::Display};

use serde::de::DeserializeOwned;

use super::de;
use super::path::Path;
use super::problem::{ConfigError, ConfigProblem};
use super::section::{Section, parsed_of, section_of, text_of, unknown_key};
use super::tree::Table;
use crate::confidential::Confidential;

/// The settings of one source, secrets included. Its `Debug` prints keys only.
///
/// Whatever is asked for, the error names line and key and says what is wanted.
pub struct SourceTable {
    path: Path,
    table: Table,
}

impl SourceTable {
    pub(super) const fn new(path: Path, table: Table) -> Self {
        Self { path, table }
    }

    /// Settings from a text of their own: for the tests of an adapter.
    ///
    /// # Errors
    ///
    /// If the text is no TOML.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let table = Table::parse(text).map_err(|problems| ConfigError { problems })?;
        Ok(Self { path: Path::default(), table })
    }

    /// The keys that are set.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.table.fields.keys().map(String::as_str)
    }

    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.fields.is_empty()
    }

    /// All settings at once, as a type of the adapter. With `deny_unknown_fields` a misspelt key of an inner table is
    /// an error too. Secrets are best read into [`Confidential`].
    ///
    /// # Errors
    ///
    /// If the settings do not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigProblem> {
        de::read_table(&self.table, &self.path)
    }

    /// A text, if it is set.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn text(&self, key: &str) -> Result<Option<&str>, ConfigProblem> {
        self.section().text(key)
    }

    /// A text that must be set.
    ///
    /// # Errors
    ///
    /// If it is not, or is empty, or is something else.
    pub fn needed_text(&self, key: &str) -> Result<&str, ConfigProblem> {
        match self.text(key)? {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(self.problem(key, "must not be empty")),
            None => Err(self.problem(key, "is missing")),
        }
    }

    /// One text or a list of texts; none, if it is not set.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn texts(&self, key: &str) -> Result<Vec<&str>, ConfigProblem> {
        self.section().one_or_many(key).iter().map(|(path, node)| text_of(node, path)).collect()
    }

    /// A text that is read further, like an address, if it is set.
    ///
    /// # Errors
    ///
    /// If it cannot be read so.
    pub fn parsed<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Option<T>, ConfigProblem> {
        self.section().node(key).map(|node| parsed_of(node, &self.path.key(key))).transpose()
    }

    /// `true` or `false`, if it is set.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, ConfigProblem> {
        self.section().flag(key)
    }

    /// A whole number in this range, if it is set.
    ///
    /// # Errors
    ///
    /// If it is something else or out of the range.
    pub fn number(&self, key: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, ConfigProblem> {
        self.section().number(key, range)
    }

    /// A secret, if it is set.
    ///
    /// # Errors
    ///
    /// If it is no text.
    pub fn secret(&self, key: &str) -> Result<Option<Confidential<String>>, ConfigProblem> {
        Ok(self.text(key)?.map(|text| Confidential::new(text.to_owned())))
    }

    /// The settings in an inner table, if there is one.
    ///
    /// # Errors
    ///
    /// If it is no table.
    pub fn table(&self, key: &str) -> Result<Option<Self>, ConfigProblem> {
        Ok(self.section().section(key)?.map(|section| Self::copied(&section)))
    }

    /// The settings in a list of tables; none, if there is no list.
    ///
    /// # Errors
    ///
    /// If it is no list of tables.
    pub fn tables(&self, key: &str) -> Result<Vec<Self>, ConfigProblem> {
        let parts = self.section().list(key)?;
        parts.into_iter().map(|(path, node)| section_of(node, path).map(|section| Self::copied(&section))).collect()
    }

    /// Something is wrong with what stands under `key`, or with its absence. The text says what is wanted, never what
    /// is there.
    #[must_use]
    pub fn problem(&self, key: &str, text: impl Into<String>) -> ConfigProblem {
        self.section().problem(key, text)
    }

    /// There are no keys but these: for inner tables; those of the table of a source are checked beforehand.
    ///
    /// # Errors
    ///
    /// With the first key that is not among these.
    pub fn only(&self, known: &[&str]) -> Result<(), ConfigProblem> {
        let unknown = self.keys().find(|key| !known.contains(key));
        unknown.map_or(Ok(()), |key| Err(self.problem(key, unknown_key(key, known))))
    }

    fn section(&self) -> Section<'_> {
        Section::new(&self.table, self.path.clone())
    }

    fn copied(section: &Section<'_>) -> Self {
        Self { path: section.path.clone(), table: section.table.clone() }
    }
}

impl fmt::Debug for SourceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceTable").field(&self.table).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Address;

    fn table(text: &str) -> SourceTable {
        SourceTable::from_toml(text).unwrap()
    }

    #[test]
    fn settings_are_read_by_kind() {
        let text = "server = 'a'\nport = 5061\ntls = true\nsites = ['x', 'y']\nsite = 'z'\npilot = 'ext:hq/9'\n\
                    password = 'p'\n[[peers]]\nhost = 'h'\n[proxy]\nhost = 'i'\n";
        let table = table(text);
        assert_eq!((table.text("server"), table.needed_text("server")), (Ok(Some("a")), Ok("a")));
        assert_eq!((table.number("port", 1..=65_535), table.flag("tls")), (Ok(Some(5061)), Ok(Some(true))));
        assert_eq!((table.texts("sites"), table.texts("site")), (Ok(vec!["x", "y"]), Ok(vec!["z"])));
        assert_eq!(table.parsed("pilot"), Ok(Some(Address::extension("hq", "9").unwrap())));
        assert_eq!(table.secret("password").unwrap().unwrap().reveal(), "p");
        assert_eq!(table.tables("peers").unwrap().first().unwrap().needed_text("host"), Ok("h"));
        assert_eq!(table.table("proxy").unwrap().unwrap().needed_text("host"), Ok("i"));
        assert_eq!((table.text("none"), table.texts("none"), table.flag("none")), (Ok(None), Ok(vec![]), Ok(None)));
    }

    #[test]
    fn what_does_not_fit_is_told_with_line_and_key() {
        let table = table(
            "server = ''\nport = 70000\nhuge = 99999999999999999999\ntls = 'yes'\n[[peers]]\n[[peers]]\nhsot = 1\n",
        );
        let told = |problem: ConfigProblem| problem.to_string();
        assert_eq!(told(table.needed_text("server").unwrap_err()), "line 1: `server`: must not be empty");
        assert_eq!(told(table.needed_text("user").unwrap_err()), "`user`: is missing");
        assert_eq!(told(table.number("port", 1..=65_535).unwrap_err()), "line 2: `port`: must be `1` to `65535`");
        assert_eq!(
            told(table.number("huge", 0..=u64::MAX).unwrap_err()),
            format!("line 3: `huge`: must be `0` to `{}`", u64::MAX)
        );
        assert_eq!(told(table.flag("tls").unwrap_err()), "line 4: `tls`: must be `true` or `false`, not text");
        let peers = table.tables("peers").unwrap();
        let error = peers[1].only(&["host"]).unwrap_err();
        assert_eq!(error.to_string(), "line 7: `peers[1].hsot`: unknown key: did you mean `host`?");
    }

    #[test]
    fn debug_prints_keys_only() {
        assert_eq!(format!("{:?}", table("password = 'hunter2'")), "SourceTable({\"password\"})");
    }
}
