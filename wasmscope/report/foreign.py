"""`at --in`: a byte of a module that another linker made, with the objects that it was made of.

Facts: `there` (the byte in the module, as `at` tells of a module alone; null when it is not in it), `fate` (in words),
`how` (what its atom was matched by), `input` (the object's byte, as in `at`), `relocation` (name, file, type, names,
formula, expected: every right value, found, ok, message), `records` (what is wrong with the record of the module that
it is in, each a message).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.auditing.foreign import ForeignByte, Site
from wasmscope.explain.naming import file_title, target_title, title
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Link
from wasmscope.report.at import input_facts, input_lines
from wasmscope.report.lone_answers import at_facts, at_lines
from wasmscope.report.text import printable

Facts = dict[str, Any]


def foreign_facts(link: Link, lone: LoneModule, told: ForeignByte) -> Facts:
    """The facts of one byte."""
    return {
        "there": None if told.there is None else at_facts(lone, told.there),
        "fate": told.fate,
        "how": None if told.home is None else told.home.how,
        "input": None if told.input is None else input_facts(told.input),
        "relocation": None if told.site is None else _site(link, told.site),
        "records": [one.message for one in told.records],
    }


def _site(link: Link, site: Site) -> Facts:
    atom, row = site.mention
    assert atom.relocs is not None
    return {
        "name": f"relocation {row - atom.lo} of {title(atom)}",
        "file": file_title(atom.file),
        "type": RELOC_TYPES[atom.relocs.types[row]].name,
        "names": target_title(link, atom, row),
        "formula": site.formula,
        "expected": list(site.expected),
        "found": site.found,
        "ok": None if not site.expected else site.finding is None,
        "message": site.finding.message if site.finding is not None else None,
    }


def foreign_lines(facts: Facts) -> Iterator[str]:
    """The facts as text."""
    if facts["there"] is not None:
        yield from at_lines(facts["there"])
        yield printable(f"  here     {facts['fate']}")
    else:
        one = facts["input"]
        yield printable(f"{one['file']}:{one['offset']:#x}: {one['byte']:02x}, {facts['fate']}")
    if facts["input"] is not None:
        yield from map(printable, input_lines(facts["input"]))
    if facts["relocation"] is not None:
        yield ""
        yield from map(printable, _site_lines(facts["relocation"]))
    for message in facts["records"]:
        yield ""
        yield printable(f"✗ {message}")


def _site_lines(one: Facts) -> Iterator[str]:
    yield f"{one['name']} ({one['file']}), whose site it is in: {one['type']} {one['names']}"
    right = " or ".join(f"{value:#x}" for value in one["expected"]) or "cannot be told"
    found = "cannot be read" if one["found"] is None else f"{one['found']:#x}"
    mark = {True: " ✓", False: " ✗", None: ""}[one["ok"]]
    yield f"  expected {one['formula']} = {right}; found {found}{mark}"
    if one["message"]:
        yield f"  {one['message']}"
