//! Walks the way of what is known about one person, and says what fails.

use std::time::Duration;

use presence_core::ConnectorStatus;
use presence_core::hub::{Hub, Probe};
use presence_core::{PersonId, TYPED, ViewerId};

/// Sources get so long to begin, by the clock of the machine.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often they are looked at meanwhile.
const LOOK: Duration = Duration::from_millis(150);

/// The steps of a person, and whether all are well; `None`: there is no such person, or the engine is down.
pub(super) async fn examine(hub: &Hub, viewer: &ViewerId, person: &str) -> Option<(Vec<String>, bool)> {
    let person = PersonId::new(person).ok()?;
    let handle = hub.directory().person(&person)?;
    // Whoever does not come in time is told by the steps.
    let _late = tokio::time::timeout(PATIENCE, settled(hub)).await;
    let probe = hub.probe(handle, viewer).await?;
    Some((lines(&probe), probe.failing().is_none()))
}

/// Comes back when every source has begun and told what it has to tell, or has said why it does not.
async fn settled(hub: &Hub) {
    let mut before = None;
    while let Some(health) = hub.health().await {
        // The source of what is typed has nothing to begin with.
        let sources = health.connectors.iter().filter(|source| source.source.as_str() != TYPED);
        let silent = sources.into_iter().any(|source| {
            let is_on_the_way = source.status == ConnectorStatus::Connecting || source.attempts.started == 0;
            source.status == ConnectorStatus::UpAndRunning && source.reports == 0
                || is_on_the_way && source.attempts.trouble.is_none() && !is_off(source.status)
        });
        let told: u64 = health.connectors.iter().map(|source| source.reports).sum();
        if !silent && before.replace(told) == Some(told) {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

const fn is_off(status: ConnectorStatus) -> bool {
    matches!(status, ConnectorStatus::Disabled | ConnectorStatus::ServerNotConfigured)
}

fn lines(probe: &Probe) -> Vec<String> {
    let mut lines = vec![format!(
        "{} at {}: rich presence {}, telephony {}",
        probe.person,
        probe.at.format("%H:%M:%S UTC"),
        probe.rich,
        probe.telephony
    )];
    let step = |step: &presence_core::hub::ProbeStep| {
        format!("  {} {}: {}", if step.passed { "ok    " } else { "FAILED" }, step.what, step.text)
    };
    lines.extend(probe.steps.iter().map(step));
    lines.push(match probe.failing() {
        None => "Everything on the way is well.".to_owned(),
        Some(failed) => format!("The first that fails is {}: {}.", failed.what, failed.text),
    });
    lines
}
