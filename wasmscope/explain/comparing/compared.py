"""Two modules made ready to be compared, and a kind of thing in both of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from wasmscope.explain.comparing.alignment import same_keys
from wasmscope.explain.comparing.data_compared import Data
from wasmscope.explain.comparing.functions_compared import Functions
from wasmscope.explain.comparing.pairing import Pairing
from wasmscope.explain.comparing.relocations_compared import Relocations
from wasmscope.explain.comparing.renumbering import SAME, Renumbering, Verdict
from wasmscope.explain.comparing.things import Side, Thing


class Matching(NamedTuple):
    """The things of one kind on both sides."""

    a: Sequence[Thing]
    b: Sequence[Thing]
    to: Sequence[int]
    """For each of `a` the position of its partner in `b`, or -1."""
    compare: Callable[[Thing, Thing], Verdict]
    settle: Callable[[Thing], Verdict] = lambda one: SAME
    """What a verdict "guess" about one of `a` turned out to be."""
    renames: bool = False
    """A pair of other names is one that was renamed."""


class Compared:
    """Two sides with everything that comparing them needs, each made once."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        self.pairing = Pairing(a, b)
        self.numbers = Renumbering(self.pairing)

    @cached_property
    def relocations(self) -> Relocations:
        """The relocations of both sides."""
        return Relocations(self.pairing, self.numbers.addresses)

    @cached_property
    def functions(self) -> Functions:
        """How functions are compared."""
        return Functions(self.numbers, self.relocations if self.numbers.by_relocations else None)

    @cached_property
    def data(self) -> Data:
        """How pieces of data are compared."""
        return Data(self.numbers, self.relocations if self.numbers.by_relocations else None)


def plain(one: Thing, other: Thing) -> Verdict:
    """Two things that their words say all of."""
    return SAME if one.what == other.what else ("changed", (f"{one.what or 'nothing'} → {other.what or 'nothing'}",))


def named(things: Callable[[Side], list[Thing]]) -> Callable[[Compared], Matching]:
    """A kind of thing that its name tells, and its words say all of."""

    def match(compared: Compared) -> Matching:
        a, b = things(compared.a), things(compared.b)
        return Matching(a, b, same_names(a, b), plain)

    return match


def same_names(a: Sequence[Thing], b: Sequence[Thing]) -> list[int]:
    """Pair things of one name, those of several equal names in order."""
    return same_keys((one.name for one in a), (one.name for one in b))
