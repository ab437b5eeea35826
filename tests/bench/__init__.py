"""What `make bench` measures: each module compares within one run and returns rows."""
