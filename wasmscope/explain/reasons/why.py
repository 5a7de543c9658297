"""Why something is kept or dropped: the path from a root; or the phase that dropped it, and what would keep it."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.naming import count, file_title, title, titled
from wasmscope.explain.reasons.chosen import Candidate, why_chosen
from wasmscope.explain.reasons.graph import NO_GC, graph, kept_thing
from wasmscope.explain.reasons.paths import Edge, shortest_path
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.format.linking import SYM_LOCAL, SYM_UNDEFINED
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
    phase: str
    """The first phase that decided so: "resolve" (never extracted, a definition or a COMDAT group that lost), "mark"
    (garbage collected) or "layout" (custom sections that are not copied)."""
    reason: str
    """One sentence."""
    mentions: tuple[Mention, ...]
    """The relocations that name it; none of them is in something live that can keep things."""
    help: str
    """What would keep it, in words."""
    options: tuple[str, ...]
    """Options of the command line each of which alone would keep it."""


def why_dead(link: Link, thing: Thing) -> Dead | None:
    """Why `thing` was dropped; None when it is kept, or when the link failed before symbols were resolved.

    Of a link that failed before its phase mark: why that phase would drop it.
    """
    target = kept_thing(thing)
    if link.resolve is None or why_live(link, target):
        return None
    if isinstance(target, Atom) and target.kind == "custom":
        return _custom(link, target) if link.layout is not None else None
    return _unextracted(link, target) or _lost(link, target) or _collected(link, target)


# --- phase resolve ----------------------------------------------------------------------------------------------


def _unextracted(link: Link, thing: Thing) -> Dead | None:
    """Its file never joined the link."""
    assert link.resolve is not None
    lazy = isinstance(thing, Symbol) and thing.state == "lazy"
    if not lazy and (thing.file is None or thing.file in link.resolve.bindings):
        return None
    reason = f"nothing asked for a symbol that {file_title(thing.file)} offers, so it did not join the link"
    names = [one.name for one in _offered(link, thing) if one.state == "lazy" and one.file is thing.file]
    if not names:
        return Dead(thing, "resolve", reason, _mentions(link, thing), "a strong mention of a symbol that it offers", ())
    option = f"--export={names[0]}"
    help = f"a strong mention of {names[0]}, or {option}"
    return Dead(thing, "resolve", reason, _mentions(link, thing), help, (option,))


def _offered(link: Link, thing: Thing) -> list[Symbol]:
    """The global symbols that stand for `thing`, or would if its own object's definitions had won."""
    assert link.resolve is not None
    if isinstance(thing, Symbol):
        return [thing]
    if thing.file is None or thing.file.module.linking is None:
        return []
    shared = [one for one in thing.file.records if not one.flags & SYM_UNDEFINED and one.flags & 3 != SYM_LOCAL]
    names = [one.name for one in shared if thing.file.target(one) is thing]
    return [link.resolve.by_name[name] for name in names if name in link.resolve.by_name]


def _lost(link: Link, thing: Thing) -> Dead | None:
    """Another object's copy stands for it: its COMDAT group lost, or each of its names went to another definition."""
    assert link.resolve is not None
    if isinstance(thing, Symbol):
        return None
    if isinstance(thing, Atom) and thing in link.resolve.discarded and thing.file is not None:
        if (thing.file, thing.kind, thing.index) in steps(link).symbols.unplugged:
            reason = "it is unplugged: the link is made as if its object did not hold it"
            return Dead(thing, "resolve", reason, _mentions(link, thing), "to plug it in again", ())
        group = thing.file.comdats[thing.comdat]
        reason = f"COMDAT group {group} was kept from another object"
        return Dead(thing, "resolve", reason, (), "nothing is lost: the copy that was kept stands for it", (NO_GC,))
    if steps(link).symbols.symbols_at.get(thing):
        return None
    for symbol in _offered(link, thing):
        own = next((one for one in why_chosen(link, symbol).candidates if one.file is thing.file), None)
        if own is not None and symbol.target is not thing:
            return _beaten(link, thing, symbol, own)
    return None


def _beaten(link: Link, thing: Thing, symbol: Symbol, own: Candidate) -> Dead:
    winner = file_title(symbol.file)
    rule = why_chosen(link, symbol).rule if own.outcome == "replaced" else own.rule
    reason = f"{symbol.name} is that of {winner}: {rule}"
    text = f"{symbol.name} of {winner} would have to go; {NO_GC} keeps this copy as well, though nothing can reach it"
    return Dead(thing, "resolve", reason, (), text, (NO_GC,))


# --- phase mark -------------------------------------------------------------------------------------------------


def _collected(link: Link, thing: Thing) -> Dead:
    assert link.resolve is not None
    found, by_name = steps(link).symbols, link.resolve.by_name
    meanings = [thing] if isinstance(thing, Symbol) else found.symbols_at.get(thing, [])
    mentions = _mentions(link, thing)
    shared = [one for one in meanings if one.defined and by_name.get(one.name) is one]  # --wrap gives names away
    reachable = isinstance(thing, Atom) or not isinstance(thing, Symbol) or bool(mentions)
    options = (*(f"--export={one.name}" for one in shared[:1]), *([NO_GC] if reachable else []))
    text = ", or ".join(("a relocation of something live", *options))
    return Dead(thing, "mark", _uncalled(link, thing, mentions), mentions, text, options)


def _mentions(link: Link, thing: Thing) -> tuple[Mention, ...]:
    found = steps(link).symbols
    meanings = [thing] if isinstance(thing, Symbol) else found.symbols_at.get(thing, [])
    return tuple(mention for symbol in meanings for mention in found.mentions(symbol))


def _uncalled(link: Link, thing: Thing, mentions: tuple[Mention, ...]) -> str:
    name = title(thing)
    if not mentions:
        return f"no relocation names {name}, and it is no root"
    atoms = dict.fromkeys(mention.atom for mention in mentions)
    if all(atom.kind == "custom" for atom in atoms):
        return f"only custom sections name {name}, and they keep nothing"
    dead = [atom for atom in atoms if atom.kind != "custom"]
    live = graph(link).number
    if all(atom not in live for atom in dead):
        listed = ", ".join(titled(atom) for atom in dead[:3]) + (f" and {len(dead) - 3} more" if len(dead) > 3 else "")
        return f"{count(len(dead), 'atom')} would keep {name}, and dead too: {listed}"
    return f"what names {name} takes the address of a stub, which is null"


# --- phase layout -----------------------------------------------------------------------------------------------


def _custom(link: Link, section: Atom) -> Dead:
    """Custom sections need no one to keep them."""
    assert link.resolve is not None
    name, options = section.name, link.options
    if section.file is not None and section.file not in link.resolve.bindings:
        found = _unextracted(link, section)
        assert found is not None
        return found
    if section in link.resolve.discarded:
        found = _lost(link, section)
        assert found is not None
        return found
    if name in NOT_COPIED or name.startswith("reloc."):
        text = f"{name} is the linker's own input: it is read, not copied"
        return Dead(section, "layout", text, (), "nothing: the linker writes its own, where the output has one", ())
    if not section.size:
        return Dead(section, "layout", f"{name} is empty", (), "any contents", ())
    given = {"--strip-all": options.strip_all, "--strip-debug": options.strip_debug}
    strip = " and ".join(option for option, is_given in given.items() if is_given)
    return Dead(section, "layout", f"{name} is stripped by {strip}", (), f"a link without {strip}", ())
