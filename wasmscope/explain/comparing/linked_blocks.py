"""Where the memory of one link went in another: atom by atom, and string by string where strings were merged."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.comparing.alignment import same_blocks
from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.link.addresses import Addresses
from wasmscope.link.model import Atom, Link, Segment


def linked_blocks(pairs: LinkPairs) -> Iterator[tuple[int, int, int]]:
    """(start, end, start in b) of everything that both links have in memory; addresses in bytes, in no order."""
    a, b = pairs.a, pairs.b
    if a.layout is None or b.layout is None:
        return
    places = Addresses(a.layout), Addresses(b.layout)
    for atom, home in a.layout.home.items():
        other = pairs.other(atom)
        if not isinstance(home, Segment) or not isinstance(other, Atom):
            continue
        there = b.layout.home.get(other)
        if not isinstance(there, Segment):
            continue
        for start, end, to in _blocks(pairs, atom, other):
            yield (
                home.address + places[0].in_home(atom, start),
                home.address + places[0].in_home(atom, start) + end - start,
                there.address + places[1].in_home(other, to),
            )


def _blocks(pairs: LinkPairs, one: Atom, other: Atom) -> list[tuple[int, int, int]]:
    """(start, end, start in `other`) of the runs of an atom that stay together in both links."""
    starts = sorted({*_starts(pairs.a, one), *(_starts(pairs.b, other) if one.size == other.size else ())})
    if one.size != other.size:
        return same_blocks(one.data, other.data)
    return [(start, end, start) for start, end in zip(starts, [*starts[1:], one.size], strict=True)]


def _starts(link: Link, atom: Atom) -> list[int]:
    """Where the strings of an atom begin, if they were merged, and its start."""
    merge = link.layout.merges.get(atom) if link.layout is not None else None
    return [0, *merge.starts[atom]] if merge is not None else [0]
