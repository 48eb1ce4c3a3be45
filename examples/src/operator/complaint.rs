//! What goes to whoever has started the program.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Says what is wrong, or has changed, on the standard error.
pub fn complain(text: impl Display) {
    // Nobody reads on: there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}
