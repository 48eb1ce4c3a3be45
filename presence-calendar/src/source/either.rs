//! Two waits at once.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Which of two waits was over first.
pub(super) enum Either<A, B> {
    First(A),
    Second(B),
}

/// Waits for whichever is over first; the other is given up. If both are over, the first counts.
pub(super) async fn either<A, B>(
    first: impl Future<Output = A> + Send,
    second: impl Future<Output = B> + Send,
) -> Either<A, B> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if let Poll::Ready(done) = first.as_mut().poll(context) {
            return Poll::Ready(Either::First(done));
        }
        second.as_mut().poll(context).map(Either::Second)
    })
    .await
}
