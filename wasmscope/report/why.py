"""Why something is as it is: who won a name, what keeps it in the output, which value it or a relocation has.

Facts of a symbol, atom, global, table or tag: `kind`, `name`, `file`, `state` (symbols), `value` and `slot`
(symbols, when they have one), `number` or `address`, `offset` (of an atom's bytes in the output), `source` (see
`report.lines`; null when nothing is known), `chosen`
(symbols: `rule`, `winner`, `candidates`: file, standing, outcome, rule, step, extracted_for), `live` (the path from
a root: thing, because, step; or null), `dead` (reason, help; or null), `references` (what names it: by, file, type,
file_offset, live), `steps` (numbers).
Facts of a relocation: `kind` "relocation", `of`, `file`, `source`, `type`, `names`, `formula`, `terms` (name, value,
step), `value`, `encoding`, `before`, `after`, `reread`, `range`, `ok`, `notes`, `lines` (the story as text), `steps`.
Anything else that was found has `kind`, `name` and `steps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.chosen import Candidate, why_chosen
from wasmscope.explain.find import Found, find
from wasmscope.explain.lines import line_at, source_of
from wasmscope.explain.naming import file_title, target_title, title, titled
from wasmscope.explain.paths import Edge
from wasmscope.explain.sentences import kept_why
from wasmscope.explain.state import state
from wasmscope.explain.steps import steps
from wasmscope.explain.symbols import Mention
from wasmscope.explain.value import why_value
from wasmscope.explain.why import why_dead, why_live
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Entity, Kept, Link, Symbol
from wasmscope.link.names import display
from wasmscope.report.lines import source_facts, source_text
from wasmscope.report.text import count, printable

Facts = dict[str, Any]


def found_exactly(link: Link, text: str) -> list[Found]:
    """What `text` means, names that merely contain it left out."""
    return [one for one in find(link, text) if not isinstance(one.thing, Symbol) or _is_called(one.thing, text)]


def _is_called(symbol: Symbol, text: str) -> bool:
    names = (symbol.name, display(symbol.name))
    return text in names or any(text.endswith(f":{name}") for name in names)


def nearest(link: Link, text: str, limit: int = 3) -> list[str]:
    """Names like `text`: those that contain it, else the closest in spelling."""
    from difflib import get_close_matches

    names = [one.thing.name for one in find(link, text) if isinstance(one.thing, Symbol)]
    everything = [one.name for one in link.resolve.symbols] if link.resolve else []
    return names[:limit] or get_close_matches(text, everything, n=limit)


def why_facts(link: Link, found: Found) -> Facts:
    """The facts of one thing that was found."""
    thing = found.thing
    if isinstance(thing, Mention):
        return _relocation(link, thing)
    facts: Facts = {"kind": found.kind, "name": _name(found)}
    if isinstance(thing, Symbol):
        facts |= _symbol(link, thing)
    elif isinstance(thing, Atom):
        facts |= _atom(link, thing)
    if isinstance(thing, Symbol | Atom | Entity):
        facts |= {"file": file_title(thing.file), **_kept(link, thing), "references": _references(link, thing)}
        facts["source"] = source_facts(source_of(thing))
    facts["steps"] = [thing] if isinstance(thing, int) else steps(link).of(thing)
    return facts


def _name(found: Found) -> str:
    if isinstance(found.thing, int):
        return f"step {found.thing}"
    return display(title(found.thing)) if isinstance(found.thing, Symbol) else title(found.thing)


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
        "live": [_edge(one) for one in path] or None,
        "dead": None if dead is None else {"reason": dead.reason, "help": dead.help},
    }


def _edge(edge: Edge) -> Facts:
    by_rule = edge.row < 0 and edge.through is not None
    because = edge.rule if by_rule else kept_why(Kept(edge.by, edge.row, edge.symbol, edge.rule))
    return {"thing": titled(edge.thing), "because": because, "step": edge.step}


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


# --- as text ----------------------------------------------------------------------------------------------------

REFERENCES_SHOWN = 20
STEPS_SHOWN = 12


def lines(facts: Facts) -> Iterator[str]:
    """One thing's facts as text."""
    for line in _lines(facts):
        yield printable(line)


def _lines(facts: Facts) -> Iterator[str]:
    if facts["kind"] == "relocation":
        source = f", {source_text(facts['source'])}" if facts["source"] else ""
        yield f"{facts['name']} ({facts['file']}), at {facts['file_offset']:#x}{source}"
        yield from (f"  {line}" for line in [*facts["lines"], *facts.get("notes", ())])
    else:
        yield from _heading(facts)
        if "chosen" in facts:
            yield from _chosen(facts["chosen"])
        yield from _living(facts)
        yield from _referring(facts)
    yield from _stepping(facts["steps"])


def _heading(facts: Facts) -> Iterator[str]:
    what = f"{facts['state']} {facts['what']}" if facts.get("state") else facts.get("what", facts["kind"])
    yield f"{facts['name']}: {what}" + (f", from {facts['file']}" if "file" in facts else "")
    if facts.get("symbol", facts["name"]) != facts["name"]:
        yield f"  symbol  {facts['symbol']}"
    if facts.get("source"):
        yield f"  source  {source_text(facts['source'])}"
    if facts.get("value") is not None:
        address = facts["what"] == "data"
        yield "  value   " + (
            f"{facts['value']} ({facts['value']:#x})" if address else f"{facts['what']} {facts['value']}"
        )
    for key, form in _PLACES.items():
        if facts.get(key) is not None:
            yield f"  {key:<7} {form.format(facts[key])}"


_PLACES = {
    "slot": "table slot {}",
    "number": "function {}",
    "address": "{0} ({0:#x})",
    "offset": "{0:#x} in the output file",
    "size": "{} bytes",
}


def _chosen(chosen: Facts) -> Iterator[str]:
    yield ""
    yield f"who stands for it: {chosen['winner'] or 'nobody'}, because {chosen['rule']}"
    for one in chosen["candidates"]:
        asked = one["extracted_for"]
        pulled = f" (pulled in by {asked['by']} for {asked['symbol']})" if asked else ""
        yield f"  {one['outcome']:<9} {one['standing']:<14} {one['file']}{pulled} @{one['step']}"


def _living(facts: Facts) -> Iterator[str]:
    if facts.get("live"):
        yield ""
        yield "what keeps it, from the root:"
        for depth, edge in enumerate(facts["live"]):
            yield f"  {'  ' * min(depth, 12)}{edge['thing']}: {edge['because']} @{edge['step']}"
    elif facts.get("dead"):
        yield ""
        yield f"not in the output: {facts['dead']['reason']}"
        yield f"  what would keep it: {facts['dead']['help']}"


def _referring(facts: Facts) -> Iterator[str]:
    references = facts.get("references")
    if not references:
        return
    yield ""
    yield (
        f"{count(len(references), 'relocation')} that name it:"
        if len(references) > 1
        else "1 relocation that names it:"
    )
    for one in references[:REFERENCES_SHOWN]:
        dead = "" if one["live"] else ", not in the output"
        yield f"  {one['by']} ({one['file']}) at {one['file_offset']:#x}: {one['type']}{dead}"
    if len(references) > REFERENCES_SHOWN:
        yield f"  … and {len(references) - REFERENCES_SHOWN:,} more"


def _stepping(numbers: list[int]) -> Iterator[str]:
    if numbers:
        yield ""
        more = f", … {numbers[-1]}" if len(numbers) > STEPS_SHOWN else ""
        yield f"steps that touch it: {', '.join(map(str, numbers[:STEPS_SHOWN]))}{more}"
