"""Why something is kept or dropped: the path from a root, or who mentions it and is dead too."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.explain.naming import count, file_title, title, titled
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.link.mark import TABLE_INDEX, TYPE_INDEX
from wasmscope.link.model import Atom, Kept, Link, Symbol


class Edge(NamedTuple):
    """A link of the path from a root: relocation `row` of `by` names `symbol`, which is `thing`; a root has no `by`."""

    thing: Thing
    by: Atom | None
    row: int
    symbol: Symbol | None
    rule: str
    """"relocation", or the root's rule."""
    step: int
    """The step at which `thing` was marked."""


def why_live(link: Link, thing: Thing) -> list[Edge]:
    """The shortest path from a root to `thing` (a symbol: to what it stands for), root first; empty if dropped."""
    found = steps(link)
    target = kept_thing(link, thing)
    if link.mark is None or target not in link.mark.why:
        return []
    path: list[Edge] = []
    parents = shortest_paths(found)
    while True:
        kept = parents[target]
        step = found.number("mark", found.symbols.kept_row[target])
        path.append(Edge(target, kept.by, kept.row, kept.symbol, kept.rule, step))
        if kept.by is None:
            return path[::-1]
        target = kept.by


def kept_thing(link: Link, thing: Thing) -> Thing:
    """What the mark phase decides on: for a symbol its atom, global, table or tag, if it has one."""
    if isinstance(thing, Symbol) and thing.target is not None:
        return thing.target
    return thing


def shortest_paths(found: Steps) -> dict[Thing, Kept]:
    """For everything live, what keeps it first when walking breadth first from all roots. Built once per link."""
    known = found.symbols.shortest
    if known is not None:
        return known
    assert found.link.mark is not None
    live = found.link.mark.why
    parents: dict[Thing, Kept] = {thing: kept for thing, kept in live.items() if kept.by is None}
    queue = deque(parents)
    while queue:
        by = queue.popleft()
        if not isinstance(by, Atom):
            continue
        for row, symbol in edges(found.link, by):
            thing = kept_thing(found.link, symbol)
            if thing in live and thing not in parents:
                parents[thing] = Kept(by, row, symbol, "relocation")
                queue.append(thing)
    for thing, kept in live.items():  # what the walk does not see (it should see all) keeps the linker's own reason
        parents.setdefault(thing, kept)
    found.symbols.shortest = parents
    return parents


def edges(link: Link, atom: Atom) -> Iterator[tuple[int, Symbol]]:
    """The relocations of `atom` that keep what they name, as (row, symbol): custom sections keep nothing."""
    if atom.relocs is None or atom.file is None or atom.kind == "custom" or link.resolve is None:
        return
    bindings = link.resolve.bindings.get(atom.file)
    if bindings is None:
        return
    types, indices = atom.relocs.types, atom.relocs.indices
    for row in range(atom.lo, atom.hi):
        if types[row] != TYPE_INDEX:
            symbol = bindings[indices[row]]
            if not (symbol.stub and types[row] in TABLE_INDEX):
                yield row, symbol


class Dead(NamedTuple):
    """Why something is not in the output."""

    thing: Thing
    reason: str
    """One sentence."""
    mentions: tuple[Mention, ...]
    """The relocations that name it; none of them is in something live that can keep things."""
    help: str
    """What would keep it."""


def why_dead(link: Link, thing: Thing) -> Dead | None:
    """Why `thing` was dropped, or None when it is kept or the link never came to decide."""
    target = kept_thing(link, thing)
    if link.mark is None or link.resolve is None or target in link.mark.why:
        return None
    symbol_rows = steps(link).symbols
    meanings = [target] if isinstance(target, Symbol) else symbol_rows.symbols_at.get(target, [])
    mentions = tuple(mention for symbol in meanings for mention in symbol_rows.mentions(symbol))
    return Dead(target, _reason(link, target, mentions), mentions, _help(link, target, meanings))


def _reason(link: Link, thing: Thing, mentions: tuple[Mention, ...]) -> str:
    assert link.resolve is not None
    name = title(thing)
    if isinstance(thing, Atom) and thing in link.resolve.discarded and thing.file is not None:
        group = thing.file.comdats[thing.comdat]
        return f"COMDAT group {group} was kept from another object"
    if (isinstance(thing, Symbol) and thing.state == "lazy") or (
        thing.file is not None and thing.file not in link.resolve.bindings
    ):
        return f"nothing asked for a symbol that {file_title(thing.file)} offers, so it did not join the link"
    if not mentions:
        return f"no relocation names {name}, and it is no root"
    atoms = dict.fromkeys(mention.atom for mention in mentions)
    if all(atom.kind == "custom" for atom in atoms):
        return f"only custom sections name {name}, and they keep nothing"
    dead = [atom for atom in atoms if atom.kind != "custom"]
    if all(atom not in link.mark.why for atom in dead) if link.mark else False:
        listed = ", ".join(titled(atom) for atom in dead[:3]) + (f" and {len(dead) - 3} more" if len(dead) > 3 else "")
        return f"{count(len(dead), 'atom')} would keep {name}, and dead too: {listed}"
    return f"what names {name} takes the address of a stub, which is null"


def _help(link: Link, thing: Thing, symbols: list[Symbol]) -> str:
    assert link.resolve is not None
    if isinstance(thing, Atom) and thing in link.resolve.discarded:
        return "nothing: the copy that was kept stands for it"
    shared = [symbol for symbol in symbols if not symbol.local]
    if not shared:
        return "a relocation of something live, or --no-gc-sections"
    return f"a relocation of something live, --export={shared[0].name}, or --no-gc-sections"
