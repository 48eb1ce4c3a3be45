//! As much of HTTP/1.1 as EWS needs, written out because an answer has to be cut, split and delayed on demand.

mod read;
mod write;

pub(crate) use read::{Request, read_request};
pub(crate) use write::{Response, Stream};
