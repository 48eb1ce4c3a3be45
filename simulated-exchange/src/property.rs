//! The properties of an item: their names, their values, and the element that carries them.

mod mime;
mod path;
mod shape;
mod shown;
mod value;

pub(crate) use path::Path;
pub(crate) use shape::Shape;
pub(crate) use shown::Shown;
pub(crate) use value::{Value, time_of};
