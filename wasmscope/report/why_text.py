"""The facts of `why` as text: what can be said, and nothing where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.link.names import displayed
from wasmscope.report.lines import source_text
from wasmscope.report.text import columns, count, printable, table

Facts = dict[str, Any]

WRITTEN = "  symbol  "
REFERENCES_SHOWN = 20
STEPS_SHOWN = 12


def lines(facts: Facts) -> Iterator[str]:
    """One thing's facts as text: names are demangled but for the one that says how the symbol is written in files."""
    for line in _lines(facts):
        yield printable(line if line.startswith(WRITTEN) else displayed(line))


def _lines(facts: Facts) -> Iterator[str]:
    if facts["kind"] == "memory":
        yield from _memory(facts)
        return
    if facts["kind"] == "relocation":
        source = f", {source_text(facts['source'])}" if facts["source"] else ""
        yield f"{facts['name']} ({facts['file']}), at {facts['file_offset']:#x}{source}"
        yield from (f"  {line}" for line in [*facts["lines"], *facts.get("notes", ())])
        yield from _trap(facts["traps"])
    else:
        yield from _heading(facts)
        if "chosen" in facts:
            yield from _chosen(facts["chosen"])
        if "extraction" in facts:
            yield from _joining(facts)
        yield from _living(facts)
        yield from _listing(facts)
        yield from _trap(facts.get("traps"))
        yield from _troubled(facts)
        yield from _referring(facts)
    yield from _stepping(facts["steps"])


def _heading(facts: Facts) -> Iterator[str]:
    what = f"{facts['state']} {facts['what']}" if facts.get("state") else facts.get("what", facts["kind"])
    yield f"{facts['name']}: {what}" + (f", from {facts['file']}" if "file" in facts else "")
    if facts.get("symbol", facts["name"]) != facts["name"]:
        yield f"{WRITTEN}{facts['symbol']}"
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
        yield from _path(facts["live"])
        for number, path in enumerate((facts["paths"] or ())[1:], 2):
            yield f"path {number}:"
            yield from _path(path)
        if facts["paths"] and facts.get("more_paths"):
            yield "  … and there are more paths (--paths N lists N)"
        yield from _dominated(facts)
    elif facts.get("dead"):
        dead = facts["dead"]
        yield ""
        yield f"not in the output, since phase {dead['phase']}: {dead['reason']}"
        yield f"  what would keep it: {dead['help']}"


def _path(path: list[Facts]) -> Iterator[str]:
    for depth, edge in enumerate(path):
        source = f", {source_text(edge['source'])}" if edge["source"] else ""
        step = f" @{edge['step']}" if edge["step"] else ""  # a link that failed earlier has none
        yield f"  {'  ' * min(depth, 12)}{edge['thing']}: {edge['because']}{source}{step}"


KEEPERS_SHOWN = 6


def _dominated(facts: Facts) -> Iterator[str]:
    retained, keepers = facts["retained"], facts["keepers"]
    if keepers:
        more = f", and {len(keepers) - KEEPERS_SHOWN} more" if len(keepers) > KEEPERS_SHOWN else ""
        yield f"it would go with any of: {', '.join(keepers[:KEEPERS_SHOWN])}{more}"
    if retained and retained["things"]:
        size = count(sum(retained["bytes"].values()), "byte")
        yield f"with it would go {count(retained['things'], 'thing')}, and {size} of the output, its own included"


def _joining(facts: Facts) -> Iterator[str]:
    yield f"  in the link: {facts['joined']}"
    for depth, one in enumerate(facts["extraction"]):
        yield f"  {'  ' * min(depth, 12)}{one['by']} pulled in {one['file']} for {one['symbol']} @{one['step']}"


def _listing(facts: Facts) -> Iterator[str]:
    unexported = facts.get("not_exported") if facts.get("live") else None
    if unexported or any(facts.get(key) for key in ("exported", "imported", "taken", "address_terms")):
        yield ""
    for one in facts.get("exported", ()):
        yield f"exported as {one['name']} ({one['kind']} {one['number']}): {one['why']} @{one['step']}"
    if unexported:
        yield f"not exported: {unexported}"
    for one in facts.get("imported", ()):
        yield f"imported as {one['name']} ({one['kind']} {one['number']}): {one['why']} @{one['step']}"
    taken = facts.get("taken")
    if taken:
        by = taken["by"]
        first = "{by} ({file}) at {file_offset:#x}, {type},".format(**by[0]) if by else "a GOT entry"
        more = f" first, and then by {count(len(by) - 1, 'relocation')} more" if len(by) > 1 else ""
        yield f"in table slot {taken['number']}: {first} takes its address{more} @{taken['step']}"
    if facts.get("address_terms"):
        terms = " + ".join(f"{one['value']:#x} {one['name']}" for one in facts["address_terms"])
        base = f"{facts['address_base']} + " if facts["address_base"] else ""
        yield f"at {base}{sum(one['value'] for one in facts['address_terms']):#x} = {terms}"


def _trap(trap: Facts | None) -> Iterator[str]:
    if trap:
        yield ""
        yield f"a call of it traps: {trap['reason']}"
        yield from (f"  {one}" for one in trap["details"])


def _troubled(facts: Facts) -> Iterator[str]:
    for one in facts.get("problems", ()):
        yield ""
        yield from one["text"].splitlines()
        yield from (f"  {note}" for note in one["notes"])
    if facts.get("near") and not facts.get("problems"):
        yield ""
        yield "nobody defines it:"
        yield from (f"  {one}" for one in facts["near"])


def _memory(facts: Facts) -> Iterator[str]:
    if "pages" not in facts:
        yield "memory: it has no size, as the options for it contradict each other"
        return
    most = f", at most {facts['most']:,}" if facts["most"] is not None else ""
    pages = count(facts["pages"], "page")
    yield f"memory: {pages} of {facts['page_size']:,} bytes{most}: {count(facts['size'], 'byte')}"
    yield from table(facts["blocks"], columns("start:hex size:number name/block why"))
    if facts["largest"]:
        yield ""
        yield "the largest things in it:"
        yield from table(facts["largest"], columns("address:hex size:number name"))


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
        source = f", {source_text(one['source'])}" if one["source"] else ""
        yield f"  {one['by']} ({one['file']}) at {one['file_offset']:#x}{source}: {one['type']}{dead}"
    if len(references) > REFERENCES_SHOWN:
        yield f"  … and {len(references) - REFERENCES_SHOWN:,} more"


def _stepping(numbers: list[int]) -> Iterator[str]:
    if numbers:
        yield ""
        more = f", … {numbers[-1]}" if len(numbers) > STEPS_SHOWN else ""
        yield f"steps that touch it: {', '.join(map(str, numbers[:STEPS_SHOWN]))}{more}"
