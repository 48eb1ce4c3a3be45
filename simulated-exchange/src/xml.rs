//! XML in both directions: a small tree of what a client sent, and the elements of an answer.

pub(crate) mod element;
pub(crate) mod node;

pub(crate) use element::{Element, m, t};
pub(crate) use node::Node;
