"""What else there is to say of a thing: what keeps it beside the shortest path, where it is listed, whether it traps.

Of a symbol, atom, global, table or tag: `paths` (paths from the roots like `live`, the shortest first, as many as asked
for; null when one was asked for) and `more_paths` (whether there are others), `keepers` (what it would go with, the
nearest first), `retained` (what would go with it: `things`, and `bytes` of the output by kind), `address_terms` (of
data: what is below it, which adds up to its address: name, value, step), `address_base` (what that counts
from: a global, or "" for memory), `problems` (what the link says of it: text, notes).
Of a symbol: `exported` and `imported` (entries: name, kind, number, why, step), `not_exported` (why), `taken` (table
slot: number, step, by: by, file, type, file_offset), `traps` (kind, reason, details; or null), `near` (of an undefined
one: who nearly has it).
Of a file: `joined` (how it came into the link), `extraction` (who pulled in whom, from the command line on: file, by,
symbol, step). Of the memory: `pages`, `page_size`, `size`, `most` (pages), `blocks` (start, size, name, why, step),
`largest` (name, address, size).
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from wasmscope.explain.debug_info.lines import line_of_site
from wasmscope.explain.naming import file_title, title, titled, type_title
from wasmscope.explain.reasons.chosen import why_extracted
from wasmscope.explain.reasons.dominators import dominators
from wasmscope.explain.reasons.graph import kept_thing
from wasmscope.explain.reasons.hints import hints, missing
from wasmscope.explain.reasons.listed import Listing, why_exported, why_imported, why_not_exported, why_slot
from wasmscope.explain.reasons.memory_size import address_base, why_address, why_memory
from wasmscope.explain.reasons.paths import Edge, Paths
from wasmscope.explain.reasons.traps import Trap, why_symbol_traps
from wasmscope.explain.sentences import kept_why
from wasmscope.explain.symbols import Mention, Thing
from wasmscope.link.model import Kept, Link, ObjectFile, Symbol
from wasmscope.link.subjects import is_about
from wasmscope.report.lines import source_facts

Facts = dict[str, Any]


def more_facts(link: Link, thing: Thing, paths: int) -> Facts:
    """The facts of a thing; `paths`: how many paths to list."""
    facts = {**_paths(link, thing, paths), **_dominated(link, thing), "problems": _problems(link, thing)}
    if not isinstance(thing, Symbol) or thing.kind == "data":
        terms = why_address(link, thing)
        facts["address_terms"] = [{"name": one.name, "value": one.value, "step": one.step} for one in terms]
        facts["address_base"] = address_base(link, thing)
    if isinstance(thing, Symbol):
        facts |= _listed(link, thing)
    return facts


# --- what keeps it ----------------------------------------------------------------------------------------------


def path_facts(path: list[Edge]) -> list[Facts]:
    """A path, root first: each thing, and why it is kept."""
    return [_edge(one) for one in path]


def _edge(edge: Edge) -> Facts:
    by_rule = edge.row < 0 and edge.through is not None
    because = edge.rule if by_rule else kept_why(Kept(edge.by, edge.row, edge.symbol, edge.rule))
    source = line_of_site(edge.by, edge.row) if edge.by is not None and edge.row >= 0 else None
    undefined = isinstance(edge.thing, Symbol) and edge.thing.undefined
    thing = f"{title(edge.thing)}, undefined" if undefined else titled(edge.thing)
    return {"thing": thing, "because": because, "source": source_facts(source), "step": edge.step}


def _paths(link: Link, thing: Thing, most: int) -> Facts:
    if most <= 1:
        return {"paths": None}
    found = Paths(link, thing)
    listed = [path_facts(path) for path in islice(found, most)]
    more = found.gave_up or (len(listed) == most and next(found, None) is not None)
    return {"paths": listed, "more_paths": more}


def _dominated(link: Link, thing: Thing) -> Facts:
    above = dominators(link)
    if kept_thing(thing) not in above.graph.number:
        return {"keepers": [], "retained": None}
    share = {kind: size for kind, size in above.retains(thing)._asdict().items() if size}
    keepers = [one.name if isinstance(one, ObjectFile) else titled(one) for one in above.keepers(thing)]
    return {"keepers": keepers, "retained": {"things": sum(1 for _ in above.goes_with(thing)), "bytes": share}}


# --- where it is listed -----------------------------------------------------------------------------------------


def _listed(link: Link, symbol: Symbol) -> Facts:
    undefined = symbol.undefined and not symbol.linker and link.resolve is not None
    return {
        "exported": [_listing(one) for one in why_exported(link, symbol)],
        "not_exported": why_not_exported(link, symbol) or None,
        "imported": [_listing(one) for one in why_imported(link, symbol)],
        "taken": _slot(link, symbol),
        "traps": trap_facts(why_symbol_traps(link, symbol)),
        "near": list(missing(link, symbol.name)) if undefined else [],
    }


def _listing(one: Listing) -> Facts:
    return one._asdict()


def _slot(link: Link, symbol: Symbol) -> Facts | None:
    slot = why_slot(link, symbol)
    if slot is None:
        return None
    return {"number": slot.number, "step": slot.step, "by": [_site(one) for one in slot.takers]}


def _site(mention: Mention) -> Facts:
    atom, row = mention
    assert atom.relocs is not None
    type = type_title(atom.relocs.types[row])
    offset = atom.start + atom.site(row)
    return {"by": title(atom), "file": file_title(atom.file), "type": type, "file_offset": offset}


def trap_facts(trap: Trap | None) -> Facts | None:
    """Why a call traps."""
    return None if trap is None else {"kind": trap.kind, "reason": trap.reason, "details": list(trap.details)}


def _problems(link: Link, thing: Thing) -> list[Facts]:
    """What the link has to say of a thing, or of a symbol that stands for it."""
    about = [one for one in link.diagnostics if one.subject is not None and is_about(one.subject, thing)]
    return [{"text": one.text, "notes": [*one.notes, *hints(link, one)]} for one in about]


# --- files and memory -------------------------------------------------------------------------------------------


def file_facts(link: Link, file: ObjectFile) -> Facts:
    """How a file came into the link, or why it did not."""
    chain = why_extracted(link, file)
    linked = link.resolve is not None and file in link.resolve.bindings
    if chain:
        joined = f"{title(chain[-1].symbol)} was asked for, which it offers" if chain[-1].symbol else chain[-1].rule
    elif linked:
        joined = "it was named on the command line"
    else:
        joined = "not: nothing asked for a symbol that it offers" if file.lazy else "not: the link did not come so far"
    return {"joined": joined, "linked": linked, "extraction": [
        {
            "file": one.file.name,
            "by": file_title(one.asker) if one.asker is not None else one.rule,
            "symbol": title(one.symbol) if one.symbol is not None else None,
            "step": one.step,
        }
        for one in chain
    ]}  # fmt: skip


def memory_facts(link: Link) -> Facts:
    """Why the memory has its size; empty when it has none."""
    story = why_memory(link)
    return {} if story is None else {
        "pages": story.pages,
        "page_size": story.page_size,
        "size": story.size,
        "most": story.most,
        "blocks": [one._asdict() for one in story.blocks],
        "largest": [{"name": name, "address": address, "size": size} for name, address, size in story.largest],
    }
