"""The reference witness: seals testimony, opens replies.  The server never has it."""
