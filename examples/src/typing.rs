//! What people type on the [day](crate::day), typed into a hub when its clock says so.

use presence_core::clock::Clock;
use presence_core::hub::{Edit, Hub};
use presence_core::{Fact, Second};

use crate::day::Typed;

/// Types what was typed before now at once, then the rest at its time. It ends with the hub, or with the last text.
pub async fn type_on_time(hub: &Hub, clock: &dyn Clock, typed: &[Typed]) {
    for typed in typed {
        while clock.now() < typed.at {
            clock.sleep_until(typed.at).await;
        }
        if !hub.is_live() {
            return;
        }
        for edit in edits(&typed.fact, Second::floor(clock.now())) {
            // Who has too many notes already gets no more: for a demonstration that is no trouble.
            let _ = hub.edit(&typed.person, edit).await;
        }
    }
}

/// The edits that say the same, but for what is over.
fn edits(fact: &Fact, now: Second) -> Vec<Edit> {
    match fact {
        Fact::Notes(notes) => notes.iter().filter(|note| !note.is_over(now)).cloned().map(Edit::WriteNote).collect(),
        Fact::Absences(list) => {
            list.iter().filter(|absence| !absence.is_over(now)).cloned().map(Edit::PlanAbsence).collect()
        }
        _ => Vec::new(),
    }
}
