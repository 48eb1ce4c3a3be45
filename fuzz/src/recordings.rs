//! Recordings as text.

use presence_core::{Engine, Recorder, RecordingEntry, Replay};

use crate::world;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (_, start) = Recorder::new(&world::engine());
    let mut replay = Replay::new(&start).unwrap();
    for line in text.lines().take(64) {
        let Ok(entry) = serde_json::from_str::<RecordingEntry>(line) else { continue };
        let again = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<RecordingEntry>(&again).unwrap(), entry, "{again}");
        if entry.is_start() {
            let Ok(other) = Replay::new(&entry) else { continue };
            replay = other;
        } else if replay.feed(&entry).is_err() {
            continue;
        }
        while replay.engine_mut().poll_output().is_some() {}
        look_at(replay.engine());
    }
}

/// Asks all that can be asked, and takes the engine out and puts it back.
fn look_at(engine: &Engine) {
    let _ = engine.poll_timeout();
    for person in engine.directory().people() {
        for viewer in world::viewers() {
            let presence = engine.presence(person, &viewer).unwrap();
            assert_eq!(engine.explain(person, &viewer).unwrap().decision, presence.decision);
            let _ = engine.card(person, &viewer).unwrap();
        }
    }
    let (_, start) = Recorder::new(engine);
    Replay::new(&start).unwrap();
}
