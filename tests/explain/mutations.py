"""Linked modules with one relocation site damaged, at random but the same each time.

Sites are where our own link, whose bytes are wasm-ld's, has its relocations. How a site is damaged is a kind:

    bit        one of its bits is the other way round
    byte       one of its bytes is another
    value      another number of the same sort: an index that exists, an address in the data, an offset near by
    neighbour  the value that another site of its type has
    length     of a LEB128, the first bytes only: the number ends early, and what follows of it is read as code;
               of other numbers, the lower half
    shrunk     of a LEB128, a wrong value in the fewest bytes; the function and its section become shorter (not where
               debug information tells where code is: that would be wrong, too)
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.module import read
from wasmscope.format.module_value import build_section
from wasmscope.format.relocs import RELOC_TYPES, RelocType, encode
from wasmscope.link.model import Link
from wasmscope.link.relocate import FUNCTION_OFFSET

OUTPUT = "linked.wasm"


class Site(NamedTuple):
    """Where a relocation is applied in a linked module: file offsets."""

    mention: Mention
    type: RelocType
    start: int
    end: int
    value: int


class Mutation(NamedTuple):
    """A module in which the site of `mention`, which begins at `start`, is damaged."""

    kind: str
    mention: Mention
    start: int
    end: int
    data: bytes
    told: str
    """The type, and the bytes before and after."""


class Mutant:
    """A link, to be damaged again and again."""

    def __init__(self, link: Link) -> None:
        assert link.emit is not None
        self.data = link.emit.data
        self.sites = list(_sites(link))
        self.values: dict[int, list[int]] = defaultdict(list)
        """The different values at the sites of each type."""
        for site in self.sites:
            if site.value not in self.values[site.type.number]:
                self.values[site.type.number].append(site.value)
        self.kinds = [kind for kind in KINDS if kind != "shrunk" or not FUNCTION_OFFSET & self.values.keys()]

    def mutations(self, count: int, seed: str) -> Iterator[Mutation]:
        """`count` mutations, the kinds in turn."""
        chosen = random.Random(seed)
        by_type: dict[int, list[Site]] = defaultdict(list)
        for site in self.sites:
            by_type[site.type.number].append(site)
        types = chosen.sample(list(by_type), len(by_type))  # in turn, so that rare ones come as often as the others
        made = tries = 0
        while made < count:
            kind = self.kinds[(tries + tries // len(types)) % len(self.kinds)]
            site = chosen.choice(by_type[types[tries % len(types)]])
            found, tries = self.mutation(site, kind, chosen), tries + 1
            if found is not None:
                made += 1
                yield found

    def mutation(self, site: Site, kind: str, chosen: random.Random) -> Mutation | None:
        """One mutation; None if that kind has nothing else to write there."""
        old = self.data[site.start : site.end]
        new = KINDS[kind](self, site, chosen)
        if new is None or new == old:
            return None
        told = f"{site.type.name} {old.hex(' ')} -> {new.hex(' ')}"
        data = self.data[: site.start] + new + self.data[site.end :]
        start = site.start
        if len(new) != len(old):
            data, start = self.shortened(site, new)
        return Mutation(kind, site.mention, start, start + len(new), data, told)

    def shortened(self, site: Site, new: bytes) -> tuple[bytes, int]:
        """The module with `new` at the site, the sizes of its function and of the section written anew; and where."""
        module = read(self.data, OUTPUT)
        code = module.section(10)
        assert code is not None
        parts = [uleb(len(module.bodies))]
        place = -1
        for body in module.bodies:
            if body.start <= site.start < body.end:
                inside = self.data[body.code_start : site.start] + new + self.data[site.end : body.end]
                size = uleb(len(inside))
                place = sum(map(len, parts)) + len(size) + site.start - body.code_start
                parts.append(size + inside)
            else:
                parts.append(self.data[body.start : body.end])
        contents = b"".join(parts)
        section = build_section(10, contents)
        start = code.start + len(section) - len(contents) + place
        return self.data[: code.start] + section + self.data[code.end :], start


def _sites(link: Link) -> Iterator[Site]:
    assert link.relocate is not None
    places = steps(link).places
    for atom, values in link.relocate.values.items():
        assert atom.relocs is not None
        start = places.pieces[atom][1].start
        for row, value in enumerate(values, atom.lo):
            low, high = places.written_site(atom, row)
            yield Site(Mention(atom, row), RELOC_TYPES[atom.relocs.types[row]], start + low, start + high, value)


# --- the kinds ------------------------------------------------------------------------------------------------------


def _bit(mutant: Mutant, site: Site, chosen: random.Random) -> bytes:
    raw = bytearray(mutant.data[site.start : site.end])
    raw[chosen.randrange(len(raw))] ^= 1 << chosen.randrange(8)
    return bytes(raw)


def _byte(mutant: Mutant, site: Site, chosen: random.Random) -> bytes:
    raw = bytearray(mutant.data[site.start : site.end])
    raw[chosen.randrange(len(raw))] = chosen.randrange(256)
    return bytes(raw)


def _value(mutant: Mutant, site: Site, chosen: random.Random) -> bytes | None:
    values = mutant.values[site.type.number]
    return _written(mutant, site, chosen.randint(min(values), max(values) + 4))


def _neighbour(mutant: Mutant, site: Site, chosen: random.Random) -> bytes | None:
    return _written(mutant, site, chosen.choice(mutant.values[site.type.number]))


def _length(mutant: Mutant, site: Site, chosen: random.Random) -> bytes | None:
    raw = bytearray(mutant.data[site.start : site.end])
    if site.type.encoding == "le":
        return bytes(raw[: len(raw) // 2]) + bytes(len(raw) - len(raw) // 2)
    if len(raw) > 1:
        raw[chosen.randrange(len(raw) - 1)] &= 127
    return bytes(raw)


def _shrunk(mutant: Mutant, site: Site, chosen: random.Random) -> bytes | None:
    if site.mention.atom.kind != "function" or site.type.encoding == "le":
        return None
    value = (site.value + chosen.choice((-4, -1, 1, 4))) & 0x7FFFFFFF
    return sleb(value) if site.type.encoding == "sleb" else uleb(value)


def _written(mutant: Mutant, site: Site, value: int) -> bytes | None:
    """`value` at the site, as wide as it is; None if it does not fit or is the right one."""
    width, type = site.end - site.start, site.type
    if value == site.value:
        return None
    if type.encoding == "le":
        return encode(type, value)
    try:
        return uleb(value & (1 << type.bits) - 1, width) if type.encoding == "uleb" else sleb(value, width)
    except ValueError:
        return None


KINDS: dict[str, Callable[[Mutant, Site, random.Random], bytes | None]] = {
    "bit": _bit, "byte": _byte, "value": _value, "neighbour": _neighbour, "length": _length, "shrunk": _shrunk,
}  # fmt: skip
