"""The formats: parse, verify, and seal to public keys.  No secret of ours, no socket, no file."""
