"""The root of every refusal.  Each error stands in the module of its concept.

Anybody may depend on this module; it depends on nothing.
"""

from typing import ClassVar


class BuzonError(Exception):
    """Something was refused.

    `code` is stable and for machines; the sentence for people is in
    `crypto.sentences`.  What is passed to the constructor is for whoever reads a
    traceback: it names what was wrong and holds no secret and no testimony.

    A class with an empty code only gathers others; it is never raised itself.
    """

    code: ClassVar[str] = ""
