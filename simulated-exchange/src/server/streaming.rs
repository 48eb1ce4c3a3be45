//! An answer that goes on: notifications, and signs of life between them.

use std::{io, ops::ControlFlow, time::Duration};

use tokio::{
    io::BufStream,
    net::TcpStream,
    time::{Instant, sleep, sleep_until},
};

use super::shared::Shared;
use crate::{
    behaviour::Manner,
    http::{Response, Stream},
    operation::{self, Plan},
    soap::{self, Failure},
    xml::Element,
};

/// No document holds more events.
const MOST_EVENTS: usize = 50;

type Out<'s> = Stream<'s, BufStream<TcpStream>>;

/// Runs a stream to its end. The connection is over if it was cut.
pub(super) async fn run(
    stream: &mut BufStream<TcpStream>,
    head: &Response,
    plan: &Plan,
    shared: &Shared,
) -> io::Result<ControlFlow<()>> {
    let manner = shared.state().manner.clone();
    let mut out = head.begin(stream, manner.piece).await?;
    if let Some((failure, bad)) = &plan.failure {
        send(&mut out, &operation::failed(&manner, failure, bad), &manner).await?;
        out.end().await?;
        return Ok(ControlFlow::Continue(()));
    }
    // Wakes the stream that had these subscriptions.
    shared.change(|_| ());
    let result = documents(&mut out, plan, &manner, shared).await;
    shared.state().subscriptions.close(plan.stream);
    if result?.is_break() {
        return Ok(ControlFlow::Break(()));
    }
    out.end().await?;
    Ok(ControlFlow::Continue(()))
}

async fn documents(out: &mut Out<'_>, plan: &Plan, manner: &Manner, shared: &Shared) -> io::Result<ControlFlow<()>> {
    let deadline = Instant::now() + Duration::from_millis(manner.minute_ms.saturating_mul(u64::from(plan.minutes)));
    let mut changed = shared.changed();
    send(out, &operation::document(manner, &[]), manner).await?;
    loop {
        let news = shared.state().subscriptions.news(plan.stream, &plan.ids, MOST_EVENTS);
        if news.cut {
            return Ok(ControlFlow::Break(()));
        }
        if !news.lost.is_empty() {
            let text = "Another connection reads these subscriptions.";
            let failure = Failure::new("ErrorNewEventStreamConnectionOpened", text);
            send(out, &operation::failed(manner, &failure, &news.lost), manner).await?;
            return Ok(ControlFlow::Continue(()));
        }
        if !news.events.is_empty() {
            send(out, &operation::document(manner, &news.events), manner).await?;
            continue;
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = sleep_until(deadline) => {
                send(out, &operation::closing(manner), manner).await?;
                return Ok(ControlFlow::Continue(()));
            }
            () = sleep(Duration::from_millis(manner.heartbeat_ms.max(1))) => {
                send(out, &operation::document(manner, &[]), manner).await?;
            }
        }
    }
}

async fn send(out: &mut Out<'_>, document: &Element, manner: &Manner) -> io::Result<()> {
    out.send(&soap::envelope(document, manner)).await
}
