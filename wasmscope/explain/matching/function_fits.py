"""How well a function of a finished module fits an atom: byte for byte, encoded anew, or damaged."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from wasmscope.explain.matching.alike import Shape, differences, masked, reshaped, shape, shortened, sites
from wasmscope.format.defined_types import func_type
from wasmscope.format.module import Module
from wasmscope.format.relocs import WIDTHS
from wasmscope.format.types import FUNCTION, FuncType
from wasmscope.link.model import Atom
from wasmscope.link.relocate import size_field

MOST_DAMAGE = 24
"""Bytes outside of sites that may differ in a body that is still taken for the atom's."""

SLACK = 16
"""Bytes by which a body encoded anew may differ in size besides its sites."""


class Fit(NamedTuple):
    """How a body is an atom's: the same but for `strays`, or encoded anew with its sites at `spans`.

    The fields are those of `matching.Home`.
    """

    strays: tuple[tuple[int, int], ...] = ()
    spans: tuple[tuple[int, int], ...] | None = None
    starts: tuple[tuple[int, int], ...] = ()


EXACT = Fit()
BY_NAME_ALONE = Fit(spans=())


class Fits:
    """Compares functions of `module`, by their index, with atoms; what it made of them is kept."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.first = module.num_imported(FUNCTION)
        self.indices = range(self.first, self.first + len(module.bodies))
        """The functions of the module's own that have a body."""
        self._own: dict[Atom, bytes] = {}
        self._shapes: dict[Atom | int, Shape] = {}

    def fit(self, atom: Atom, index: int) -> Fit | None:
        """The body is the atom's but for its sites, in whatever encoding."""
        return self.exact(atom, index) or self.anew(atom, index)

    def exact(self, atom: Atom, index: int) -> Fit | None:
        """The body is the atom's but for its sites."""
        content, own = self.content(index), self.own(atom)
        if len(content) != len(own) or masked(atom, content, size_field(atom)) != own:
            return None
        return EXACT

    def anew(self, atom: Atom, index: int) -> Fit | None:
        """The body has the atom's instructions."""
        own, other = self.shape(atom), self.shape(index)
        spans = reshaped(atom, own, other)
        if spans is None:
            return None
        start = self.module.bodies[index - self.first].start
        starts = zip(own.starts, (start + one for one in other.starts), strict=True)
        return Fit((), tuple((start + low, start + high) for low, high in spans), tuple(starts))

    @staticmethod
    def may_be_anew(atom: Atom, sizes: list[int]) -> bool:
        """Whether one of these sizes of bodies, in order, can be the atom's when its numbers have other widths."""
        most = atom.size - size_field(atom) + SLACK
        least = most - 2 * SLACK - sum(width - 1 for _, width in sites(atom))
        place = bisect_left(sizes, least)
        return place < len(sizes) and sizes[place] <= most

    def damaged(self, atom: Atom, index: int) -> Fit | None:
        """The body is the atom's but for its sites and some other bytes."""
        content, own, head = self.content(index), self.own(atom), size_field(atom)
        if len(content) != len(own):
            return None
        runs = differences(own, masked(atom, content, head))
        if sum(end - start for start, end in runs) > _most(own):
            return None
        return Fit(tuple((start + head, end + head) for start, end in runs))

    def damaged_anew(self, atom: Atom, index: int) -> Fit | None:
        """The body is the atom's with shorter numbers at its sites, but for some other bytes."""
        head, content = size_field(atom), self.content(index)
        found = shortened(atom, atom.data[head:], content, head, _most(content))
        if found is None:
            return None
        start = self.module.bodies[index - self.first].code_start
        starts, spans, moved, rows = [], iter(found.spans), -head, iter(layout(atom))
        site = next(rows, None)
        for position in self.shape(atom).starts:
            while site is not None and site[0] + head < position:
                low, high = next(spans)
                moved += high - low - WIDTHS[site[1]]
                site = next(rows, None)
            starts.append((position, start + position + moved))
        return Fit(found.strays, tuple((start + low, start + high) for low, high in found.spans), tuple(starts))

    def own(self, atom: Atom) -> bytes:
        """The atom's bytes after its size field, its sites masked."""
        if atom not in self._own:
            head = size_field(atom)
            self._own[atom] = masked(atom, atom.data[head:], head)
        return self._own[atom]

    def content(self, index: int) -> bytes:
        """A function's bytes after its size field."""
        one = self.module.bodies[index - self.first]
        return self.module.data[one.code_start : one.end]

    def shape(self, thing: Atom | int) -> Shape:
        """The instructions of an atom, or of a function of the module."""
        if thing not in self._shapes:
            if isinstance(thing, int):
                one = self.module.bodies[thing - self.first]
                self._shapes[thing] = shape(self.module.data, one.start, one.end)
            else:
                assert thing.file is not None
                self._shapes[thing] = shape(thing.file.module.data, thing.start, thing.end)
        return self._shapes[thing]

    def type_of(self, index: int) -> FuncType | None:
        """The signature of a function of the module's own."""
        own, types = index - self.first, self.module.types
        if own >= len(self.module.functions) or self.module.functions[own] >= len(types):
            return None
        return func_type(types[self.module.functions[own]])


def _most(body: bytes) -> int:
    """How many bytes of a body may differ."""
    return min(MOST_DAMAGE, len(body) // 4)


def layout(atom: Atom) -> tuple[tuple[int, int], ...]:
    """Where a function's sites are, from the end of its size field, and their types."""
    if atom.relocs is None:
        return ()
    head = size_field(atom)
    return tuple((atom.site(row) - head, atom.relocs.types[row]) for row in range(atom.lo, atom.hi))
