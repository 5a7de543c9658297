"""What two links decided in another way, phase by phase, from the phases' own results. """

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import groupby
from typing import NamedTuple

from wasmscope.explain.link_pairs import LinkPairs
from wasmscope.explain.naming import file_title, title
from wasmscope.explain.relocation_values import RelocationValues
from wasmscope.explain.sentences import kept_why
from wasmscope.explain.sides import joined_by
from wasmscope.explain.steps import steps
from wasmscope.explain.why import why_dead
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.model import Atom, Entity, Layout, Link, ObjectFile, Symbol
from wasmscope.link.names import display


class Decision(NamedTuple):
    """One thing that was decided in another way; of things that moved alike, one after the other, one for all."""

    phase: str
    """ "options" or a phase."""
    kind: str
    """What it is about: "option", "file", "member", "symbol", "kept", "address", "number", …"""
    change: str
    """ "added" (only in b), "removed" (only in a), "changed", or "moved": it follows from other differences."""
    name: str
    was: str
    """What was decided in a, in words; "" where there is nothing."""
    now: str
    before: object = None
    after: object = None
    """The thing in each link: an `ObjectFile`, `Symbol`, `Atom`, `Segment`, …; None where it is not there."""
    total: int = 1
    """How many things."""


def _decision(phase: str, kind: str, name: str, was: str, now: str, before: object = None, after: object = None
) -> Decision:  # fmt: skip
    change = "changed" if was and now else "removed" if was else "added"
    return Decision(phase, kind, change, name, was, now, before, after)


# --- options and files ------------------------------------------------------------------------------------------

TALK = frozenset(("diagnostics", "inputs", "output"))
"""Fields of `Options` that say nothing of how to link, or are told as files."""


def _options(pairs: LinkPairs) -> Iterator[Decision]:
    for field in fields(pairs.a.options):
        was, now = getattr(pairs.a.options, field.name), getattr(pairs.b.options, field.name)
        if was != now and field.name not in TALK:
            yield Decision("options", "option", "changed", field.name.replace("_", "-"), _said(was), _said(now))


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def _load(pairs: LinkPairs) -> Iterator[Decision]:
    ours, theirs = (link.load.files if link.load is not None else [] for link in (pairs.a, pairs.b))
    back = set(pairs.files.values())
    for one in ours:
        other = pairs.files.get(one)
        if other is None:
            yield _decision("load", "file", one.name, "read", "", one)
        elif one.module.data != other.module.data:
            was, now = (f"{len(file.module.data):,} bytes" for file in (one, other))
            yield _decision("load", "file", other.name, was, now, one, other)
        elif one.lazy != other.lazy:
            was, now = ("waits until it is asked for" if file.lazy else "joins" for file in (one, other))
            yield _decision("load", "file", other.name, was, now, one, other)
    yield from (_decision("load", "file", one.name, "", "read", None, one) for one in theirs if one not in back)
    yield from _order(pairs, ours, [file for file in theirs if file in back])


def _order(pairs: LinkPairs, ours: list[ObjectFile], theirs: list[ObjectFile]) -> Iterator[Decision]:
    """Where the order of the files that both links have is another one first."""
    for one, other in zip((file for file in ours if file in pairs.files), theirs, strict=True):
        if pairs.files[one] is not other:
            yield Decision("load", "order", "changed", "the order of files", one.name, other.name, one, other)
            return


# --- resolve ----------------------------------------------------------------------------------------------------


def _resolve(pairs: LinkPairs) -> Iterator[Decision]:
    """Members pulled in or not, and symbols with another holder, in the order in which they were decided."""
    found = [*_members(pairs), *_symbols(pairs)]
    return (decision for _, decision in sorted(found, key=lambda one: one[0]))


def _members(pairs: LinkPairs) -> Iterator[tuple[int, Decision]]:
    rows = steps(pairs.a).symbols, steps(pairs.b).symbols
    for one, other in pairs.files.items():
        was, now = one in rows[0].joined, other in rows[1].joined
        if was != now and (one.lazy or other.lazy):
            row = rows[1].extracted.get(other, -1) if now else rows[0].extracted.get(one, -1)
            words = joined_by(pairs.a, one) or "joins", joined_by(pairs.b, other) or "joins"
            yield row, _decision("resolve", "member", other.name, *words, one, other)


def _symbols(pairs: LinkPairs) -> Iterator[tuple[int, Decision]]:
    ours, theirs = pairs.a.resolve, pairs.b.resolve
    if ours is None or theirs is None:
        return
    for symbol in ours.symbols:
        other = theirs.by_name.get(symbol.name)
        if other is None:
            yield _row(pairs.a, symbol), _decision("resolve", "symbol", title(symbol), _held(symbol), "", symbol)
        elif symbol.standing != other.standing or not _same_file(pairs, symbol, other):
            words = _held(symbol), _held(other)
            yield _row(pairs.b, other), _decision("resolve", "symbol", title(other), *words, symbol, other)
    for other in theirs.symbols:
        if other.name not in ours.by_name:
            yield _row(pairs.b, other), _decision("resolve", "symbol", title(other), "", _held(other), None, other)


def _row(link: Link, symbol: Symbol) -> int:
    """The event that made the symbol what it is."""
    holders = steps(link).symbols.holders_of.get(symbol)
    return holders[-1] if holders else -1


def _held(symbol: Symbol) -> str:
    return f"{symbol.standing}, {file_title(symbol.file)}"


def _same_file(pairs: LinkPairs, symbol: Symbol, other: Symbol) -> bool:
    if symbol.file is None or other.file is None:
        return symbol.file is other.file
    return pairs.files.get(symbol.file) is other.file


# --- mark -------------------------------------------------------------------------------------------------------


def _mark(pairs: LinkPairs) -> Iterator[Decision]:
    """What is kept in one of the links only, in the order in which it was marked."""
    if pairs.a.mark is None or pairs.b.mark is None:
        return
    ours, theirs = pairs.a.mark.why, pairs.b.mark.why
    found: list[tuple[int, Decision]] = []
    for row, (thing, kept) in enumerate(ours.items()):
        other = pairs.other(thing)
        if other not in theirs:
            now = "" if other is None else DROPPED
            found.append((row, _decision("mark", thing.kind, title(thing), kept_why(kept), now, thing, other)))
    for row, (other, kept) in enumerate(theirs.items()):
        one = pairs.back(other)
        if one not in ours:
            was = "" if one is None else DROPPED
            found.append((row, _decision("mark", other.kind, title(other), was, kept_why(kept), one, other)))
    yield from (decision for _, decision in sorted(found, key=lambda one: one[0]))


DROPPED = "dropped"


def reason(link: Link, thing: object, said: str) -> str:
    """What `said` of a thing in `link` means in full: of what was dropped, why."""
    if said != DROPPED or not isinstance(thing, Atom | Entity | Symbol):
        return said
    dead = why_dead(link, thing)
    return said if dead is None else f"{said}: {dead.reason}"


# --- layout -----------------------------------------------------------------------------------------------------


def _layout(pairs: LinkPairs) -> Iterator[Decision]:
    ours, theirs = pairs.a.layout, pairs.b.layout
    if ours is None or theirs is None:
        return
    yield from _listed("layout", "segment", _segments(ours), _segments(theirs))
    rules = [{one.name: (one.rule, one) for one in layout.boundaries} for layout in (ours, theirs)]
    yield from _listed("layout", "boundary", rules[0], rules[1])
    memories = [f"{one.memory.limits} pages, ends at {one.memory.end:#x}" for one in (ours, theirs)]
    if memories[0] != memories[1]:
        yield _decision("layout", "memory", "memory", memories[0], memories[1])
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
            yield _decision(phase, kind, name, was, now, thing, other)
    for name, (now, other) in theirs.items():
        if name not in ours:
            yield _decision(phase, kind, name, "", now, None, other)


# --- index ------------------------------------------------------------------------------------------------------


def _index(pairs: LinkPairs) -> Iterator[Decision]:
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
        display(one.export.name): (f"{KIND_NAMES[one.export.kind]}, {one.rule or 'it is exported'}", one)
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


def _relocate(pairs: LinkPairs) -> Iterator[Decision]:
    for one in RelocationValues(pairs).differing:
        atom, row = one.one
        name = f"{title(atom)}, relocation {row - atom.lo}"
        yield _decision("relocate", "relocation", name, one.was, one.now, one.one, one.other)


def _emit(pairs: LinkPairs) -> Iterator[Decision]:
    ours, theirs = (
        {one.name: ("written", one) for one in (link.emit.sections if link.emit is not None else ())}
        for link in (pairs.a, pairs.b)
    )
    if pairs.a.emit is not None and pairs.b.emit is not None:
        yield from _listed("emit", "section", ours, theirs)


def _failures(pairs: LinkPairs, phase: str) -> Iterator[Decision]:
    """How the phase failed in one of the links."""
    words = [_failure(link, phase) for link in (pairs.a, pairs.b)]
    if words[0] != words[1]:
        yield _decision(phase, "failure", "the link", words[0], words[1])


def _failure(link: Link, phase: str) -> str:
    if link.failed != phase:
        return ""
    errors = [one.text for one in getattr(link, phase).diagnostics if one.severity == "error"]
    return f"fails: {errors[0] if errors else 'a warning was fatal'}"


_PHASES: dict[str, Callable[[LinkPairs], Iterator[Decision]]] = {
    "load": _load, "resolve": _resolve, "mark": _mark, "layout": _layout, "index": _index, "relocate": _relocate,
    "emit": _emit,
}  # fmt: skip


def decisions(pairs: LinkPairs, phase: str) -> list[Decision]:
    """What was decided in another way in `phase` ("options" comes before all), in order."""
    if phase == "options":
        return list(_options(pairs))
    if any(getattr(link, phase) is None for link in (pairs.a, pairs.b)):
        return []
    return [*_failures(pairs, phase), *_PHASES[phase](pairs)]
