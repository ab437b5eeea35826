"""The demonstration: one testimony travels the whole road, by the real programs.

    people    each with an own home folder, running programs as a person would
    ceremony  directors and lawyers meet: trust, cards, roster, freshness
    server    intake and desk on loopback
    road      seal, deliver, carry, open, answer, read

It imports nothing of `app` or `crypto`: it knows only what their programs print.
The tests under tests/journeys/ walk the same road with it.
"""
