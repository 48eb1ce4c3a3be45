//! Publications of several clients of one person, folded to one claim a facet.
