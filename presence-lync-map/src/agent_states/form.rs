//! The same states as data, in JSON or TOML: a list of states, or a table with a list named `states`, since a TOML file
//! can be nothing else.

use std::fmt;

use presence_core::{Confidential, Lcid};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::entry::StateEntry;
use super::problem::Problem;
use super::states::{AgentStates, MOST_STATES};

impl<'de> Deserialize<'de> for AgentStates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = AgentStates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of agent states, or `states` with such a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AgentStates, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element::<StateEntry>()? {
            if entries.len() == MOST_STATES {
                return Err(A::Error::custom(Problem::TooManyStates));
            }
            entries.push(entry);
        }
        AgentStates::new(entries).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<AgentStates, A::Error> {
        let wrong = || A::Error::custom("a table of agent states has one entry, `states`");
        if table.next_key::<String>()?.as_deref() != Some("states") {
            return Err(wrong());
        }
        let states = table.next_value()?;
        if table.next_key::<String>()?.is_some() { Err(wrong()) } else { Ok(states) }
    }
}

impl<'de> Deserialize<'de> for StateEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The usual messages quote what they found, and that may be a text.
        let form = EntryForm::deserialize(deserializer).map_err(|_| {
            D::Error::custom(
                "an agent state has `id`, `availability` from `0` to `18500`, and `texts` with `lcid` and `text`",
            )
        })?;
        form.entry().map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryForm {
    id: String,
    availability: u32,
    #[serde(default)]
    texts: Vec<TextForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextForm {
    lcid: Lcid,
    text: Confidential<String>,
}

impl EntryForm {
    fn entry(self) -> Result<StateEntry, Problem> {
        let mut entry = StateEntry::new(self.id.parse().map_err(Problem::Name)?, self.availability)?;
        for TextForm { lcid, text } in self.texts {
            entry.add_text(lcid, text.reveal())?;
        }
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_held_to_the_same_rules() {
        let read = |json: &str| serde_json::from_str::<AgentStates>(json).map_err(|error| error.to_string());
        let states = read(r#"[{"id": "OOS", "availability": 18000, "texts": [{"lcid": 1033, "text": " gone "}]}]"#);
        let states = states.unwrap();
        assert_eq!(&**states.get("OOS").unwrap().texts()[0].1.reveal(), "gone");
        assert!(read("[]").unwrap_err().contains("no state"));
        assert!(read(r#"[{"id": "A B", "availability": 1}]"#).unwrap_err().contains("`ID`"));
        assert!(read(r#"[{"id": "A", "availability": 18501}]"#).unwrap_err().contains("18500"));
        let twice = r#"[{"id": "A", "availability": 3500}, {"id": "A", "availability": 3500}]"#;
        assert!(read(twice).unwrap_err().contains("`A`"));
    }

    /// S4.28: the same states in XML, in JSON and in TOML.
    #[test]
    fn s4_28_three_forms_say_the_same() {
        let xml = br#"<?xml version="1.0"?>
            <agentStates xmlns="http://schemas.genesys.com/09/2014/mslyncteserver/agentStates">
              <agentState ID="IDLE_READY" availability="3501">
                <activity LCID="1033">I am available</activity><activity LCID="1053">Jag finns</activity>
              </agentState>
              <agentState ID="OOS" availability="18000"/>
            </agentStates>"#;
        let toml = r#"
            [[states]]
            id = "IDLE_READY"
            availability = 3501
            texts = [{ lcid = 1033, text = "I am available" }, { lcid = 1053, text = "Jag finns" }]
            [[states]]
            id = "OOS"
            availability = 18000
        "#;
        let json = r#"{"states": [
            {"id": "IDLE_READY", "availability": 3501,
             "texts": [{"lcid": 1033, "text": "I am available"}, {"lcid": 1053, "text": "Jag finns"}]},
            {"id": "OOS", "availability": 18000}]}"#;
        let (from_xml, _) = AgentStates::from_xml(xml).unwrap();
        assert_eq!(toml::from_str::<AgentStates>(toml).unwrap(), from_xml);
        assert_eq!(serde_json::from_str::<AgentStates>(json).unwrap(), from_xml);
        for wrong in ["other = 1", "states = []", "[[states]]\nid = \"A\"\navailability = 1\n[more]"] {
            assert!(toml::from_str::<AgentStates>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_data() {
        for json in [
            r#"[{"id": "A", "availability": "dentist"}]"#,
            r#"[{"id": "A", "availability": 3500, "dentist": 1}]"#,
            r#"[{"id": "A", "availability": 3500, "texts": [{"lcid": "dentist", "text": "x"}]}]"#,
            r#"[{"id": "A", "availability": 3500, "texts": [{"lcid": 1033, "text": "dentist\u0001"}]}]"#,
            r#"[{"id": "the dentist", "availability": 3500}]"#,
            r#"["dentist"]"#,
        ] {
            let error = serde_json::from_str::<AgentStates>(json).unwrap_err().to_string();
            assert!(!error.contains("dentist"), "{error}");
        }
    }
}
