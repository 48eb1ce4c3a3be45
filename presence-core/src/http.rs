//! HTTP as a port: one method, so that a test needs no server and a host can bring its own stack.
