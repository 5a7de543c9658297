"""What two links decided in another way about their outputs: addresses, numbers, values of relocations, sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from wasmscope.explain.comparing.decision import Decision, decided
from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.explain.comparing.relocation_values import RelocationValues
from wasmscope.explain.naming import title
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.model import Atom, Layout, Link
from wasmscope.link.names import readable

# --- layout -----------------------------------------------------------------------------------------------------


def layout(pairs: LinkPairs) -> Iterator[Decision]:
    """Segments, boundaries and the size of memory; what of the data moved."""
    ours, theirs = pairs.a.layout, pairs.b.layout
    if ours is None or theirs is None:
        return
    yield from _listed("layout", "segment", _segments(ours), _segments(theirs))
    rules = [{one.name: (one.rule, one) for one in layout.boundaries} for layout in (ours, theirs)]
    yield from _listed("layout", "boundary", rules[0], rules[1])
    memories = [f"{one.memory.limits} pages, ends at {one.memory.end:#x}" for one in (ours, theirs)]
    if memories[0] != memories[1]:
        yield decided("layout", "memory", "memory", memories[0], memories[1])
    places = {one.name: one.address for one in theirs.boundaries}
    yield from _moved(
        "layout", "boundary",
        ((one.name, one, one, one.address, places[one.name]) for one in ours.boundaries if one.name in places),
    )  # fmt: skip
    yield from _moved("layout", "address", _addresses(pairs))


def _segments(layout: Layout) -> Listed:
    return {one.name: (f"{one.size:,} bytes, aligned to {1 << one.align}", one) for one in layout.segments}


def _addresses(pairs: LinkPairs) -> Iterator[Row]:
    theirs = dict(_atoms(pairs.b))
    for atom, address in _atoms(pairs.a):
        other = pairs.other(atom)
        if isinstance(other, Atom) and other in theirs:
            yield title(atom), atom, other, address, theirs[other]


def _atoms(link: Link) -> Iterator[tuple[Atom, int]]:
    """The data of a link and its addresses, in order."""
    assert link.layout is not None
    for segment in link.layout.segments:
        for placed in segment.chain:
            yield placed.item, segment.address + placed.offset


Row = tuple[str, object, object, int, int]
"""A name, the thing in each link, and its number or address in each."""


def _moved(phase: str, kind: str, rows: Iterable[Row]) -> Iterator[Decision]:
    """What has another number or address, runs that moved alike as one."""
    for distance, run in groupby(rows, key=lambda row: row[4] - row[3]):
        if distance:
            name, one, other, was, now = next(run)
            total = 1 + sum(1 for _ in run)
            before, after = (f"{place:#x}" if phase == "layout" else str(place) for place in (was, now))
            yield Decision(phase, kind, "moved", name, before, after, one, other, total)


Listed = Mapping[str, tuple[str, object]]
"""By name: what is decided about a thing, in words, and the thing."""


def _listed(phase: str, kind: str, ours: Listed, theirs: Listed) -> Iterator[Decision]:
    """What a list has under one name in one of the links only, or with other words."""
    for name, (was, thing) in ours.items():
        now, other = theirs.get(name, ("", None))
        if was != now:
            yield decided(phase, kind, name, was, now, thing, other)
    for name, (now, other) in theirs.items():
        if name not in ours:
            yield decided(phase, kind, name, "", now, None, other)


# --- index ------------------------------------------------------------------------------------------------------


def index(pairs: LinkPairs) -> Iterator[Decision]:
    """Imports, exports, functions that the linker makes; what was numbered anew."""
    ours, theirs = pairs.a.index, pairs.b.index
    if ours is None or theirs is None:
        return
    for kind, list_of in (("import", _imports), ("export", _exports), ("made by the linker", _made)):
        yield from _listed("index", kind, list_of(pairs.a), list_of(pairs.b))
    for what in ("functions", "globals", "tables", "tags", "slots"):
        mine, others = getattr(ours, what), getattr(theirs, what)
        yield from _moved(
            "index", what,
            ((title(one), one, other, number, others[other]) for one, number in mine.items()
             if (other := pairs.other(one)) in others),
        )  # fmt: skip


def _imports(link: Link) -> Listed:
    assert link.index is not None
    return {
        f"{one.module}.{one.name}": (f"{KIND_NAMES[one.kind]}, {one.rule or 'it may be imported'}", one)
        for one in link.index.imports
    }


def _exports(link: Link) -> Listed:
    assert link.index is not None
    return {
        readable(one.export.name): (f"{KIND_NAMES[one.export.kind]}, {one.rule or 'it is exported'}", one)
        for one in link.index.exports
    }


def _made(link: Link) -> Listed:
    assert link.index is not None
    found: dict[str, tuple[str, object]] = {}
    for atom in link.index.functions:
        if atom.file is None:
            found[title(atom)] = (atom.rule or "the linker makes it", atom)
    return found


# --- relocate and emit ------------------------------------------------------------------------------------------


def relocate(pairs: LinkPairs) -> Iterator[Decision]:
    """Relocations that do not only follow a target that moved."""
    for one in RelocationValues(pairs).differing:
        atom, row = one.one
        name = f"{title(atom)}, relocation {row - atom.lo}"
        yield decided("relocate", "relocation", name, one.was, one.now, one.one, one.other)


def emit(pairs: LinkPairs) -> Iterator[Decision]:
    """Sections that only one output has."""
    ours, theirs = (
        {one.name: ("written", one) for one in (link.emit.sections if link.emit is not None else ())}
        for link in (pairs.a, pairs.b)
    )
    if pairs.a.emit is not None and pairs.b.emit is not None:
        yield from _listed("emit", "section", ours, theirs)
