"""How a linker may have laid data out: the atoms of each output segment in order, with their offsets.

wasm-ld's way is one of a few: segments joined by the beginning of their names or not, strings merged or not, what is
unused left out or not. Each is a supposition, to be held against a module's bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from wasmscope.format.linking import SEG_STRINGS, SEG_TLS
from wasmscope.link.layout import MERGED_PREFIXES, SEGMENT_ORDER
from wasmscope.link.model import Atom, Merge
from wasmscope.link.strings import merge_strings


class DataChain(NamedTuple):
    """The atoms of one output segment: each with its offset from the segment's start in bytes."""

    name: str
    items: tuple[tuple[Atom, int], ...]
    align: int
    """log2."""
    size: int

    @property
    def zeros(self) -> bool:
        """Whether it is zeros by its name, so that it need not be in the file."""
        return self.name.startswith(".bss")


class Way(NamedTuple):
    """A way to lay data out."""

    atoms: tuple[Atom, ...]
    """What is kept, in the order of the objects."""
    joined: bool
    """Segments are joined by the beginning of their names."""
    strings: bool
    """Strings are merged."""


def chains(way: Way, merges: dict[Atom, Merge]) -> list[DataChain]:
    """The output segments of a way, in order. Atoms that merged strings become are added to `merges`."""
    found: dict[str, list[Atom]] = defaultdict(list)
    for atom in way.atoms:
        found[_output_name(atom, way.joined)].append(atom)
    ordered = sorted(found.items(), key=lambda item: _rank(item[0]))
    return [chain(name, _merged(atoms, merges) if way.strings else atoms, merges) for name, atoms in ordered]


def chain(name: str, atoms: Iterable[Atom], merges: dict[Atom, Merge]) -> DataChain:
    """Atoms one after the other, each aligned."""
    items, at, align = [], 0, 0
    for atom in atoms:
        at = aligned(at, atom.align)
        items.append((atom, at))
        at += len(merges[atom].data) if atom in merges else atom.size
        align = max(align, atom.align)
    return DataChain(name, tuple(items), align, at)


def joined(parts: Sequence[DataChain], name: str) -> DataChain:
    """Chains one after the other as a single one."""
    items: list[tuple[Atom, int]] = []
    at = 0
    for one in parts:
        at = aligned(at, one.align)
        items += [(atom, at + offset) for atom, offset in one.items]
        at += one.size
    return DataChain(name, tuple(items), max((one.align for one in parts), default=0), at)


def aligned(value: int, align: int) -> int:
    """The next multiple of `1 << align`."""
    return (value + (1 << align) - 1) >> align << align


def is_string(atom: Atom) -> bool:
    """Whether an atom's strings may be merged with others'."""
    return bool(atom.flags & SEG_STRINGS) and atom.align == 0 and atom.size > 0


def _merged(atoms: list[Atom], merges: dict[Atom, Merge]) -> Iterator[Atom]:
    groups: dict[int, list[Atom]] = defaultdict(list)
    for atom in atoms:
        if is_string(atom):
            groups[atom.flags].append(atom)
    for atom in atoms:
        if not is_string(atom):
            yield atom
        elif groups[atom.flags][0] is atom:
            made = Atom("data", None, atom.index, atom.name)
            merges[made] = merge_strings(made, groups[atom.flags])
            yield made


def _output_name(atom: Atom, joined: bool) -> str:
    if atom.flags & SEG_TLS:
        return ".tdata"
    prefix = next((one for one in MERGED_PREFIXES if atom.name.startswith(one)), "") if joined else ""
    return prefix[:-1] or atom.name


def _rank(name: str) -> int:
    return next((rank for prefix, rank in SEGMENT_ORDER if name.startswith(prefix)), 3)
