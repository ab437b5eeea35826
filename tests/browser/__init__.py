"""Journeys through the witness site, in real browsers."""
