"""Why something is in a linked module, as far as the module itself can tell: what reaches it, what it names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.module_references import Item, Reference
from wasmscope.explain.bare_names import bare_names
from wasmscope.explain.debug_info.module_lines import lines_between
from wasmscope.explain.reasons.graph import reversed_edges
from wasmscope.explain.reasons.path_search import Search, breadth_first
from wasmscope.explain.sizes.shares import Share
from wasmscope.format.types import KIND_NAMES, KIND_NUMBERS
from wasmscope.link.names import display, readable

if TYPE_CHECKING:
    from wasmscope.explain.debug_info.source_line import SourceLine

NUMBERED = {"func": "function", "function": "function", "data": "data"} | {one: one for one in KIND_NAMES}
"""The words before the colon of `func:12`, and their index spaces."""


class LoneWhy(NamedTuple):
    """What is known of one thing in a module."""

    item: Item
    title: str
    path: tuple[Reference, ...]
    """The shortest way from an export, the start function or an active segment; empty when nothing reaches it."""
    keepers: tuple[Item, ...]
    """What alone keeps it, the nearest first: without one of them it would not be reached."""
    retains: Share | None
    """The bytes that would go with it; None when it is not reached."""
    named_by: tuple[Reference, ...]
    names: tuple[Reference, ...]


def find_items(lone: LoneModule, text: str) -> list[Item]:
    """What `text` means: a name (raw or demangled, also without parameters), `func:N`, `slot:N`, `0xOFFSET`, `memory`;
    empty when nothing is meant."""
    prefix, colon, rest = text.strip().partition(":")
    if colon and re.fullmatch(r"0[xX][0-9a-fA-F]+|\d+", rest):
        number = int(rest, 0)
        if prefix == "slot":
            held = lone.image.slots.get(number)
            return [] if held is None else [Item("function", held)]
        space = NUMBERED.get(prefix, "")
        if space and number < count_of(lone, space):
            return [Item(space, number)]
    if re.fullmatch(r"0[xX][0-9a-fA-F]+", text):
        found = item_at(lone, int(text, 0))
        return [found] if found is not None else []
    named = list(_named(lone, text)) or list(_called_for_short(lone, text))
    if not named and text == "memory":
        return [Item("memory", number) for number in range(count_of(lone, "memory"))]
    return named


def count_of(lone: LoneModule, space: str) -> int:
    """How many there are in an index space."""
    return len(lone.module.datas) if space == "data" else lone.module.total(KIND_NUMBERS[space])


def _named(lone: LoneModule, text: str) -> Iterator[Item]:
    exported = {(one.kind, one.number) for one in lone.exports if one.name == text}
    for space, names in lone.side.names.items():
        if space in NUMBERED:
            for number, name in names.items():
                if text in (name, display(name), readable(name)) or (space, number) in exported:
                    yield Item(space, number)
    known = {space: names.keys() for space, names in lone.side.names.items()}
    yield from (Item(space, number) for space, number in exported if number not in known.get(space, ()))


def _called_for_short(lone: LoneModule, text: str) -> Iterator[Item]:
    for space in NUMBERED:
        for number, name in lone.side.names.get(space, {}).items():
            if text in bare_names(readable(name)):
                yield Item(space, number)


def nearest(lone: LoneModule, text: str, limit: int = 3) -> list[str]:
    """Names of functions and globals like `text`: those that contain it, the shortest first, else the closest."""
    from difflib import get_close_matches

    names = [readable(name) for space in ("function", "global") for name in lone.side.names[space].values()]
    return sorted((name for name in names if text in name), key=len)[:limit] or get_close_matches(text, names, n=limit)


def item_at(lone: LoneModule, offset: int) -> Item | None:
    """The function or data segment that byte `offset` of the file is in."""
    module = lone.module
    for space, first, parts in (("function", lone.references.first, module.bodies), ("data", 0, module.datas)):
        position = bisect_right(parts, offset, key=lambda one: one.start) - 1
        if position >= 0 and offset < parts[position].end:
            return Item(space, first + position)
    return None


def why_there(lone: LoneModule, item: Item) -> LoneWhy:
    """What is known of `item`, which must be in the module."""
    reached = item in lone.graph.number
    keepers = tuple(lone.dominators.keepers(item)) if reached else ()
    return LoneWhy(
        item, lone.title(item), tuple(lone.graph.path(item)), keepers,
        lone.dominators.retains(item) if reached else None,
        tuple(lone.references.to.get(item, ())), tuple(lone.references.of(item)),
    )  # fmt: skip


def paths_to(lone: LoneModule, item: Item) -> Iterator[tuple[Reference, ...]]:
    """All simple ways from the module itself to `item`, the shortest first, found when asked for."""
    graph = lone.graph
    before = reversed_edges(graph.successors)
    for path in Search(breadth_first(graph.successors)[1], before, lone.dominators.dominates, graph.number.get(item)):
        yield tuple(graph.reason(by, node) for by, node in pairwise(path))


def source_of_item(lone: LoneModule, item: Item) -> SourceLine | None:
    """The first source line of a function; None when the debug information does not say."""
    position = item.number - lone.references.first
    if item.space != "function" or not 0 <= position < len(lone.module.bodies):
        return None
    body = lone.module.bodies[position]
    lines = [source for _, source in lines_between(lone.module, body.start, body.end)]
    return next((one for one in lines if one.line), lines[0] if lines else None)
