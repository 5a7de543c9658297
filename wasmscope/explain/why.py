"""Why something is kept or dropped: the path from a root, or who mentions it and is dead too."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.explain.naming import count, file_title, title, titled
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.link.layout import NOT_COPIED
from wasmscope.link.mark import STUB_SLOT, TYPE_INDEX
from wasmscope.link.model import Atom, Kept, Link, ObjectFile, Symbol


class Edge(NamedTuple):
    """A link of the path from a root: relocation `row` of `by` names `symbol`, which is `thing`; a root has no `by`."""

    thing: Thing
    by: Atom | None
    row: int
    """-1 when no relocation keeps it: for a root, and for what an object's being live keeps."""
    symbol: Symbol | None
    rule: str
    """"relocation", or the root's rule."""
    step: int
    """The step at which `thing` was marked."""
    through: Thing | None = None
    """The thing before it on the path: `by`, or the definition that made `thing`'s object live."""


def why_live(link: Link, thing: Thing) -> list[Edge]:
    """The shortest path from a root to `thing` (a symbol: to what it stands for), root first; empty if dropped.

    What the linker always keeps or makes itself (custom sections, wrappers, stubs) is a path of one.
    """
    found = steps(link)
    target: Thing | None = kept_thing(link, thing)
    if link.mark is None or target not in link.mark.why:
        return _unmarked(found, kept_thing(link, thing))
    path: list[Edge] = []
    parents = shortest_paths(found)
    while target is not None:
        path.append(parents[target])
        target = path[-1].through
    return path[::-1]


def _unmarked(found: Steps, thing: Thing) -> list[Edge]:
    """Phase mark does not decide on these, yet they are in the output."""
    if not isinstance(thing, Atom):
        return []
    if thing.kind == "custom" and thing in found.places.homes:
        step = found.number("layout", found.places.homes[thing])
        return [Edge(thing, None, -1, None, "custom sections are always kept", step)]
    row = found.places.number_row("function", thing) if found.link.index is not None else None
    if row is None:
        return []
    return [Edge(thing, None, -1, None, thing.rule, found.number("index", row))]


def kept_thing(link: Link, thing: Thing) -> Thing:
    """What the mark phase decides on: for a symbol its atom, global, table or tag, if it has one."""
    if isinstance(thing, Symbol) and thing.target is not None:
        return thing.target
    return thing


def shortest_paths(found: Steps) -> dict[Thing, Edge]:
    """For everything live, what keeps it first when walking breadth first from all roots. Built once per link.

    A constructor or RETAIN segment of a lazy object is no root by itself: it is kept once something of that object is.
    """
    if found.shortest is None:
        found.shortest = _walk(found)
    return found.shortest


def _walk(found: Steps) -> dict[Thing, Edge]:
    assert found.link.mark is not None
    live = found.link.mark.why
    waiting = _kept_with_their_object(found.link)
    late = {thing for things in waiting.values() for thing in things}
    edge_of: dict[Thing, Edge] = {}
    queue: deque[Thing] = deque()

    def reach(thing: Thing, kept: Kept, through: Thing | None) -> None:
        if thing in live and thing not in edge_of:
            step = found.number("mark", found.symbols.kept_row[thing])
            edge_of[thing] = Edge(thing, kept.by, kept.row, kept.symbol, kept.rule, step, through)
            queue.append(thing)

    for thing, kept in live.items():
        if kept.by is None and thing not in late:
            reach(thing, kept, None)
    while queue:
        by = queue.popleft()
        for thing in waiting.pop(by.file, ()) if by.file is not None and not isinstance(by, Symbol) else ():
            reach(thing, live[thing]._replace(by=by if isinstance(by, Atom) else None), by)
        if isinstance(by, Atom):
            for row, symbol in edges(found.link, by):
                reach(kept_thing(found.link, symbol), Kept(by, row, symbol, "relocation"), by)
    for thing, kept in live.items():  # the walk sees all of them; if not, the linker's own reason stands
        reach(thing, kept, kept.by)
    return edge_of


def _kept_with_their_object(link: Link) -> dict[ObjectFile, list[Thing]]:
    """Of each lazy object, the constructors and RETAIN segments that are roots as soon as the object counts as live."""
    assert link.resolve is not None
    assert link.mark is not None
    found: dict[ObjectFile, list[Thing]] = {}
    for file in link.resolve.objects:
        if not file.lazy:
            continue
        symbols = (link.resolve.bindings[file][init.symbol] for init in file.linking.init_funcs)
        wanted = [*(kept_thing(link, symbol) for symbol in symbols), *file.segments]
        for thing in wanted:
            kept = link.mark.why.get(thing)
            if kept is not None and kept.lazy is file:
                found.setdefault(file, []).append(thing)
    return found


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
            if not (symbol.stub and types[row] in STUB_SLOT):
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
    if link.mark is None or link.resolve is None or why_live(link, target):
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


def _custom(section: Atom) -> str:
    if not section.size:
        return f"{section.name} is empty"
    if section.name in NOT_COPIED or section.name.startswith("reloc."):
        return f"{section.name} is the linker's own input: it is read, not copied"
    return f"{section.name} is stripped"


def _help(link: Link, thing: Thing, symbols: list[Symbol]) -> str:
    assert link.resolve is not None
    if isinstance(thing, Atom) and thing in link.resolve.discarded:
        return "nothing: the copy that was kept stands for it"
    shared = [symbol for symbol in symbols if not symbol.local]
    if not shared:
        return "a relocation of something live, or --no-gc-sections"
    return f"a relocation of something live, --export={shared[0].name}, or --no-gc-sections"
