"""Why something is kept or dropped: the path from a root, or who mentions it and is dead too."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.graph import kept_thing
from wasmscope.explain.naming import count, file_title, title, titled
from wasmscope.explain.paths import Edge, shortest_path
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.link.layout import NOT_COPIED
from wasmscope.link.model import Atom, Link, Symbol


def why_live(link: Link, thing: Thing) -> list[Edge]:
    """The shortest path from a root to `thing` (a symbol: to what it stands for), root first; empty if it is dropped.

    Of a link that failed before its phase mark: the path that this phase would find.
    """
    return shortest_path(steps(link), thing)


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
    target = kept_thing(thing)
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
        if (thing.file, thing.kind, thing.index) in steps(link).symbols.unplugged:
            return "it is unplugged: the link is made as if its object did not hold it"
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
