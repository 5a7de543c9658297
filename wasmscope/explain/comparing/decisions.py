"""What two links decided in another way, phase by phase, from the phases' own results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

from wasmscope.explain.comparing.decision import Decision, decided
from wasmscope.explain.comparing.decisions_on_output import emit, index, layout, relocate
from wasmscope.explain.comparing.link_pairs import LinkPairs
from wasmscope.explain.naming import file_title, title
from wasmscope.explain.reasons.why import why_dead
from wasmscope.explain.sentences import kept_why
from wasmscope.explain.sides import joined_by
from wasmscope.explain.steps import steps
from wasmscope.link.model import Atom, Entity, Link, ObjectFile, Symbol

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
            yield decided("load", "file", one.name, "read", "", one)
        elif one.module.data != other.module.data:
            was, now = (f"{len(file.module.data):,} bytes" for file in (one, other))
            yield decided("load", "file", other.name, was, now, one, other)
        elif one.lazy != other.lazy:
            was, now = ("waits until it is asked for" if file.lazy else "joins" for file in (one, other))
            yield decided("load", "file", other.name, was, now, one, other)
    yield from (decided("load", "file", one.name, "", "read", None, one) for one in theirs if one not in back)
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
            yield row, decided("resolve", "member", other.name, *words, one, other)


def _symbols(pairs: LinkPairs) -> Iterator[tuple[int, Decision]]:
    ours, theirs = pairs.a.resolve, pairs.b.resolve
    if ours is None or theirs is None:
        return
    for symbol in ours.symbols:
        other = pairs.symbols.get(symbol)
        if other is None:
            yield _row(pairs.a, symbol), decided("resolve", "symbol", title(symbol), _held(symbol), "", symbol)
        elif symbol.standing != other.standing or not _same_file(pairs, symbol, other):
            words = _held(symbol), _held(other)
            yield _row(pairs.b, other), decided("resolve", "symbol", title(other), *words, symbol, other)
    for other in theirs.symbols:
        if pairs.back(other) is None:
            yield _row(pairs.b, other), decided("resolve", "symbol", title(other), "", _held(other), None, other)


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
            found.append((row, decided("mark", thing.kind, title(thing), kept_why(kept), now, thing, other)))
    for row, (other, kept) in enumerate(theirs.items()):
        one = pairs.back(other)
        if one not in ours:
            was = "" if one is None else DROPPED
            found.append((row, decided("mark", other.kind, title(other), was, kept_why(kept), one, other)))
    yield from (decision for _, decision in sorted(found, key=lambda one: one[0]))


DROPPED = "dropped"


def reason(link: Link, thing: object, said: str) -> str:
    """What `said` of a thing in `link` means in full: of what was dropped, why."""
    if said != DROPPED or not isinstance(thing, Atom | Entity | Symbol):
        return said
    dead = why_dead(link, thing)
    return said if dead is None else f"{said}: {dead.reason}"


def _failures(pairs: LinkPairs, phase: str) -> Iterator[Decision]:
    """How the phase failed in one of the links."""
    words = [_failure(link, phase) for link in (pairs.a, pairs.b)]
    if words[0] != words[1]:
        yield decided(phase, "failure", "the link", words[0], words[1])


def _failure(link: Link, phase: str) -> str:
    if link.failed != phase:
        return ""
    errors = [one.text for one in getattr(link, phase).diagnostics if one.severity == "error"]
    return f"fails: {errors[0] if errors else 'a warning was fatal'}"


_PHASES: dict[str, Callable[[LinkPairs], Iterator[Decision]]] = {
    "load": _load,
    "resolve": _resolve,
    "mark": _mark,
    "layout": layout,
    "index": index,
    "relocate": relocate,
    "emit": emit,
}


def decisions(pairs: LinkPairs, phase: str) -> list[Decision]:
    """What was decided in another way in `phase` ("options" comes before all), in order."""
    if phase == "options":
        return list(_options(pairs))
    if any(getattr(link, phase) is None for link in (pairs.a, pairs.b)):
        return []
    return [*_failures(pairs, phase), *_PHASES[phase](pairs)]
