"""Functions whose relocated numbers are written in the fewest bytes (--compress-relocations), and where each byte went.

Compilers pad a number that a relocation patches to its full width. With this option only the padding goes: every site
of a function shrinks to what its value needs, and the function's size field is written anew. As in LLD 22, a value is
taken as 64 bits, whatever its type: an address from 2 GiB up in a signed number, and a negative one in an unsigned
number, come out longer than an engine accepts (quirk Q3).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from wasmscope.format.leb128 import read_uleb, sleb, uleb
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.atoms import Atom


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Where a function's bytes are before and after; offsets count from its first byte, that of its size field."""

    head: tuple[int, int]
    """Bytes of the size field."""
    size: int
    """Bytes of the whole function afterwards."""
    sites: list[tuple[int, int]]
    """Start and end of each relocation's site in the object."""
    moved: list[tuple[int, int]]
    """The same in the output."""

    def output_of(self, position: int) -> int | None:
        """Where byte `position` of the input went; None for the size field and for padding."""
        return _across(position, self.head, self.sites, self.moved)

    def input_of(self, position: int) -> int | None:
        """Where byte `position` of the output is from; None for the size field and for what a number grew by."""
        return _across(position, (self.head[1], self.head[0]), self.moved, self.sites)

    def site_at(self, position: int) -> int | None:
        """Which of the function's relocations wrote byte `position` of the output, if one did."""
        number = bisect_right(self.moved, position, key=lambda site: site[0]) - 1
        return number if number >= 0 and position < self.moved[number][1] else None

    def in_place(self, before: bytes, after: bytes, done: int) -> bytes:
        """The function as in the output, but with what its sites held before from number `done` on: as many bytes of
        it as there is room for."""
        found = bytearray(after)
        for (start, end), (low, high) in zip(self.sites[done:], self.moved[done:], strict=True):
            found[low:high] = before[start:end][: high - low].ljust(high - low, b"\0")
        return bytes(found)

    def partly(self, before: bytes, after: bytes, done: int) -> bytes:
        """The function when the first `done` of its sites are written; its size field is with the last one."""
        if done == len(self.sites):
            return after
        return before[: self.head[0]] + after[self.head[1] : self.moved[done][0]] + before[self.sites[done][0] :]


def _across(position: int, head: tuple[int, int], here: list[tuple[int, int]],
            there: list[tuple[int, int]]) -> int | None:  # fmt: skip
    if position < head[0]:
        return None
    number = bisect_right(here, position, key=lambda site: site[0]) - 1
    if number < 0:
        return position - head[0] + head[1]
    (start, end), (other, other_end) = here[number], there[number]
    if position >= end:
        return position - end + other_end
    return other + position - start if other + position - start < other_end else None


def numbers(atom: Atom, values: Sequence[int]) -> list[bytes]:
    """The values of an atom's relocations in the fewest bytes; those that are no LEB128 keep their width."""
    assert atom.relocs is not None
    found = []
    for kind, value in zip(atom.relocs.types[atom.lo : atom.hi], values, strict=True):
        type, value = RELOC_TYPES[kind], value & (1 << 64) - 1
        if type.encoding == "uleb":
            found.append(uleb(value))
        elif type.encoding == "sleb":
            found.append(sleb(value - (value >> 63 << 64)))
        else:
            found.append((value & (1 << type.bits) - 1).to_bytes(type.width, "little"))
    return found


def not_compressible(atom: Atom) -> str:
    """The name of the first relocation of `atom` whose site is no LEB128, which LLD 22 refuses; or nothing."""
    types = atom.relocs.types[atom.lo : atom.hi] if atom.relocs is not None else []
    return next((RELOC_TYPES[kind].name for kind in types if RELOC_TYPES[kind].encoding == "le"), "")


def shrink(atom: Atom, written: Sequence[bytes]) -> Shrunk:
    """Where the bytes of function `atom` go when its numbers are `written` like that."""
    padded = [RELOC_TYPES[kind].width for kind in atom.relocs.types[atom.lo : atom.hi]] if atom.relocs else []
    starts = [atom.site(row) for row in range(atom.lo, atom.hi)]
    sites = [(start, start + width) for start, width in zip(starts, padded, strict=True)]
    head = read_uleb(atom.data, 0)[1]
    size = atom.size - head - sum(padded) + sum(map(len, written))
    shift = len(uleb(size)) - head
    moved = []
    for (start, end), number in zip(sites, written, strict=True):
        moved.append((start + shift, start + shift + len(number)))
        shift += len(number) - (end - start)
    return Shrunk((head, len(uleb(size))), len(uleb(size)) + size, sites, moved)


def write(atom: Atom, shrunk: Shrunk, written: Sequence[bytes]) -> bytes:
    """The bytes of `atom`, its numbers `written` like that."""
    data, (head, new_head) = atom.data, shrunk.head
    gaps = [start for start, _ in shrunk.sites] + [atom.size]
    ends = [head] + [end for _, end in shrunk.sites]
    parts = [uleb(shrunk.size - new_head)]
    for number, end, start in zip([b"", *written], ends, gaps, strict=True):
        parts += [number, data[end:start]]
    return b"".join(parts)
