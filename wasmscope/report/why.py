"""Why something is as it is: who won a name, what keeps it in the output, which value it or a relocation has.

Facts of a symbol, atom, global, table or tag: `kind`, `name`, `file`, `state` (symbols), `value` and `slot`
(symbols, when they have one), `number` or `address`, `offset` (of an atom's bytes in the output), `source` (see
`report.lines`; null when nothing is known), `chosen` (symbols: `rule`, `winner`, `candidates`: file, standing, outcome,
rule, step, extracted_for), `live` (the shortest path from a root: thing, because, source, step; or null), `dead`
(phase, reason, help, options; or null), `references` (what names it: by, file, type, file_offset, source, live), those
of `report.why_more`, `steps` (numbers).
Facts of a relocation: `kind` "relocation", `of`, `file`, `source`, `type`, `names`, `formula`, `terms` (name, value,
step), `value`, `encoding`, `before`, `after`, `reread`, `range`, `ok`, `notes`, `lines` (the story as text), `traps`,
`steps`.
A file has `joined` and `extraction`, the memory `blocks`, `pages` and more (see `report.why_more`). Anything else that
was found has `kind`, `name` and `steps`.
"""

from __future__ import annotations

from typing import Any

from wasmscope.explain.debug_info.lines import line_at, source_of
from wasmscope.explain.find import Found, find
from wasmscope.explain.naming import file_title, target_title, title
from wasmscope.explain.reasons.chosen import Candidate, why_chosen
from wasmscope.explain.reasons.traps import why_traps
from wasmscope.explain.reasons.value import why_value
from wasmscope.explain.reasons.why import why_dead, why_live
from wasmscope.explain.state import state
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Entity, Link, Memory, ObjectFile, Symbol
from wasmscope.link.names import readable
from wasmscope.report.lines import source_facts
from wasmscope.report.why_more import file_facts, memory_facts, more_facts, path_facts, trap_facts

Facts = dict[str, Any]


def nearest(link: Link, text: str, limit: int = 3) -> list[str]:
    """Names like `text`: those that contain it, the shortest first, else the closest in spelling."""
    from difflib import get_close_matches

    names = sorted({readable(one.thing.name) for one in find(link, text) if isinstance(one.thing, Symbol)}, key=_length)
    everything = [readable(one.name) for one in link.resolve.symbols] if link.resolve else []
    return names[:limit] or get_close_matches(text, everything, n=limit)


def _length(name: str) -> tuple[int, str]:
    return len(name), name


def why_facts(link: Link, found: Found, paths: int = 1) -> Facts:
    """The facts of one thing that was found; `paths`: how many paths from the roots to list."""
    thing = found.thing
    if isinstance(thing, Mention):
        return _relocation(link, thing)
    if isinstance(thing, Memory):
        return {"kind": "memory", "name": "memory", **memory_facts(link), "steps": []}
    facts: Facts = {"kind": found.kind, "name": _name(found)}
    if isinstance(thing, Symbol):
        facts |= _symbol(link, thing)
    elif isinstance(thing, Atom):
        facts |= _atom(link, thing)
    if isinstance(thing, Symbol | Atom | Entity):
        facts |= {"file": file_title(thing.file), **_kept(link, thing), "references": _references(link, thing)}
        facts["source"] = source_facts(source_of(thing))
        facts |= more_facts(link, thing, paths)
    elif isinstance(thing, ObjectFile):
        facts |= file_facts(link, thing)
    facts["steps"] = [thing] if isinstance(thing, int) else steps(link).of(thing)
    return facts


def _name(found: Found) -> str:
    if isinstance(found.thing, int):
        return f"step {found.thing}"
    return readable(title(found.thing)) if isinstance(found.thing, Symbol) else title(found.thing)


def _symbol(link: Link, symbol: Symbol) -> Facts:
    now = state(link, len(steps(link))).symbol(symbol)
    chosen = why_chosen(link, symbol)
    winner = chosen.winner
    return {
        "symbol": symbol.name,
        "what": symbol.kind,
        "state": now.state,
        "value": now.value,
        "slot": now.slot,
        "chosen": {
            "rule": chosen.rule,
            "winner": None if winner is None else file_title(winner.file),
            "candidates": [_candidate(one) for one in chosen.candidates],
        },
    }


def _candidate(one: Candidate) -> Facts:
    asker = one.extracted
    return {
        "file": file_title(one.file),
        "standing": one.standing,
        "outcome": one.outcome,
        "rule": one.rule,
        "step": one.step,
        "extracted_for": None if asker is None else {
            "symbol": asker.symbol.name if asker.symbol else None,
            "by": file_title(asker.asker) if asker.asker else asker.rule,
        },
    }  # fmt: skip


def _atom(link: Link, atom: Atom) -> Facts:
    now = state(link, len(steps(link))).atom(atom)
    return {
        "what": atom.kind,
        "size": atom.size,
        "number": now.number,
        "address": now.address,
        "offset": now.output.start if now.output else None,
        "relocations": now.relocations,
    }


def _kept(link: Link, thing: Symbol | Atom | Entity) -> Facts:
    path = why_live(link, thing)
    dead = why_dead(link, thing)
    return {
        "live": path_facts(path) or None,
        "dead": None if dead is None else {
            "phase": dead.phase, "reason": dead.reason, "help": dead.help, "options": list(dead.options),
        },
    }  # fmt: skip


def _references(link: Link, thing: Symbol | Atom | Entity) -> list[Facts]:
    where = steps(link).symbols
    named = [thing] if isinstance(thing, Symbol) else where.symbols_at.get(thing, [])
    found = []
    for mention in (mention for symbol in named for mention in where.mentions(symbol)):
        atom, row = mention
        assert atom.relocs is not None
        found.append(
            {
                "by": title(atom),
                "file": file_title(atom.file),
                "type": RELOC_TYPES[atom.relocs.types[row]].name,
                "file_offset": atom.start + atom.site(row),
                "source": source_facts(line_at(link, mention)) if atom.kind != "custom" else None,
                "live": _is_written(link, atom),
            }
        )
    return found


def _is_written(link: Link, atom: Atom) -> bool:
    """Whether an atom's bytes are in the output (of a link that failed: whether it is kept)."""
    if link.emit is None or link.layout is None:
        return link.mark is not None and atom in link.mark.why
    return atom in steps(link).places.pieces or atom in link.layout.merges


def _relocation(link: Link, mention: Mention) -> Facts:
    atom, row = mention
    assert atom.relocs is not None
    facts: Facts = {
        "kind": "relocation",
        "name": f"relocation {row - atom.lo} of {title(atom)}",
        "of": title(atom),
        "file": file_title(atom.file),
        "source": source_facts(line_at(link, mention)),
        "type": RELOC_TYPES[atom.relocs.types[row]].name,
        "names": target_title(link, atom, row),
        "file_offset": atom.start + atom.site(row),
        "traps": trap_facts(why_traps(link, atom, row)),
        "steps": steps(link).of(mention),
    }
    try:
        story = why_value(link, atom, row)
    except LookupError:
        return facts | {"lines": ["it is not applied in this link: what it patches is not in the output"]}
    return facts | {
        "formula": story.formula,
        "terms": [{"name": one.name, "value": one.value, "step": one.step} for one in story.terms],
        "value": story.value,
        "encoding": story.encoding,
        "before": story.before.hex(),
        "after": story.after.hex(),
        "reread": story.reread,
        "range": story.range,
        "ok": story.ok,
        "notes": list(story.notes),
        "lines": story.lines,
    }
