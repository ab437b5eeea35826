"""What runs around the programs: the demonstration."""
