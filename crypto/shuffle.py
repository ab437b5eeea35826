"""Shuffle: uniformly random order, so that a place tells nothing.

Used for the slots of a message cell and the cells of a batch.  Anybody may depend on
this module; randomness arrives as an argument.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

RandomBytes = Callable[[int], bytes]
"""Returns that many unpredictable bytes, as `nacl.utils.random` does."""

_Item = TypeVar("_Item")
_RANGE = 2**32


def shuffled(items: Iterable[_Item], random_bytes: RandomBytes) -> list[_Item]:
    """All of *items* in an order that every permutation is equally likely to be.

    Source: Fisher and Yates, as in Knuth, The Art of Computer Programming, 3.4.2 P.
    """
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        chosen = _below(last + 1, random_bytes)
        order[last], order[chosen] = order[chosen], order[last]
    return order


def _below(bound: int, random_bytes: RandomBytes) -> int:
    """A uniform integer from 0 to *bound* - 1; what would favour small ones is thrown away."""
    limit = _RANGE - _RANGE % bound
    while True:
        number = int.from_bytes(random_bytes(4))
        if number < limit:
            return number % bound
