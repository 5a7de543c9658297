"""A link in one page: its inputs, how far each phase came, what is in the output, what was said.

Facts: `output`, `size` (bytes; null when the link failed), `failed` (phase or null), `assumed` (options), `steps`,
`inputs` (file, archive, size, joined), `phases` (phase, first step, steps), `sections` (name, start, size, atoms),
`memory` (page_size, pages, max, segments: name, address, size, atoms; boundaries: name, address, rule), `imports`
(kind, module, name, index), `exports` (kind, name, index, rule), `diagnostics` (severity, text, notes).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.steps import steps
from wasmscope.format.types import KIND_NAMES
from wasmscope.link.model import Link
from wasmscope.report.messages import said
from wasmscope.report.text import columns, count, printable, table

Facts = dict[str, Any]


def summary_facts(link: Link) -> Facts:
    """The facts of the whole link."""
    found = steps(link)
    return {
        "output": link.options.output,
        "size": len(link.emit.data) if link.emit else None,
        "failed": link.failed,
        "assumed": list(link.assumed),
        "steps": len(found),
        "inputs": _inputs(link),
        "phases": [{"phase": phase, "first": first, "steps": end - first} for phase, first, end in found.ranges],
        "sections": _sections(link),
        "memory": _memory(link),
        "imports": _imports(link),
        "exports": _exports(link),
        "diagnostics": [{"severity": one.severity, "text": one.text, "notes": list(one.notes)} for one in said(link)],
    }


def _inputs(link: Link) -> list[Facts]:
    joined = set(link.resolve.objects) if link.resolve else set()
    return [
        {
            "file": file.name,
            "archive": file.archive or None,
            "size": len(file.module.data),
            "joined": file in joined if link.resolve else None,
        }
        for file in (link.load.files if link.load else ())
    ]


def _sections(link: Link) -> list[Facts]:
    return [
        {
            "name": one.name,
            "start": one.start,
            "size": one.end - one.start,
            "atoms": sum(atom is not None for atom in one.pieces.atoms),
        }
        for one in (link.emit.sections if link.emit else ())
    ]


def _memory(link: Link) -> Facts | None:
    if link.layout is None:
        return None
    memory = link.layout.memory
    return {
        "page_size": memory.page_size,
        "pages": memory.limits.min,
        "max": memory.limits.max,
        "segments": [
            {"name": one.name, "address": one.address, "size": one.size, "atoms": len(one.chain)}
            for one in link.layout.segments
        ],
        "boundaries": [{"name": one.name, "address": one.address, "rule": one.rule} for one in link.layout.boundaries],
    }


def _imports(link: Link) -> list[Facts]:
    entries = link.index.imports if link.index else ()
    return [
        {"kind": KIND_NAMES[one.kind], "module": one.module, "name": one.name, "index": one.number} for one in entries
    ]


def _exports(link: Link) -> list[Facts]:
    entries = link.index.exports if link.index else ()
    return [
        {"kind": KIND_NAMES[one.export.kind], "name": one.export.name, "index": one.export.index, "rule": one.rule}
        for one in entries
    ]


# --- as text ----------------------------------------------------------------------------------------------------

INPUTS_SHOWN = 20


def lines(facts: Facts) -> Iterator[str]:
    """The facts as text."""
    size = f", {count(facts['size'], 'byte')}" if facts["size"] is not None else ""
    state = f": failed in phase {facts['failed']}" if facts["failed"] else size
    yield f"{printable(facts['output'])}{state}, {count(facts['steps'], 'step')}"
    yield from _block("Inputs", _shown_inputs(facts), "file size:number part_in_the_link")
    yield from _block(
        "Phases", [one for one in facts["phases"] if one["steps"]], "phase steps:number first/from_step:number"
    )
    yield from _block("Sections", facts["sections"], "name start:hex size:number atoms:number")
    memory = facts["memory"]
    if memory is not None:
        most = f", at most {memory['max']:,}" if memory["max"] is not None else ""
        pages = f"{count(memory['pages'], 'page')} of {memory['page_size']:,} bytes{most}"
        yield from ("", f"Memory: {pages}")
        yield from table(memory["segments"], columns("name/segment address:hex size:number atoms:number"))
        yield from _block("Boundaries", memory["boundaries"], "name address:hex rule")
    yield from _block("Imports", facts["imports"], "kind index:number module name")
    yield from _block("Exports", facts["exports"], "name kind index:number rule/why")


def _shown_inputs(facts: Facts) -> list[Facts]:
    """The plain files, and of archives the members that joined, as far as a page holds them."""
    inputs = [one for one in facts["inputs"] if not one["archive"] or one["joined"]]
    words = {True: "joined", False: "not asked for", None: ""}
    shown = [{**one, "part_in_the_link": words[one["joined"]]} for one in inputs[:INPUTS_SHOWN]]
    if len(inputs) > INPUTS_SHOWN:
        shown.append({"file": f"… and {len(inputs) - INPUTS_SHOWN:,} more"})
    return shown


def _block(heading: str, rows: list[Facts], spec: str) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{heading}:"
    yield from table(rows, columns(spec))
