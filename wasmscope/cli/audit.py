"""`wasmscope audit`: whether a module that another linker made has every relocation of its objects applied rightly."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from wasmscope.cli.status import FAILED, OK, PARTIAL, UNREADABLE, USAGE, Stop
from wasmscope.cli.viewing import checked, link_of, split, tell
from wasmscope.format.module import Module, read

LINKED = "usage: wasmscope audit LINKED [link options] OBJECT..."


def run(words: Sequence[str]) -> int:
    """`audit LINKED [--json] [--strict] [link options] OBJECT...`; returns the exit code: 1 when anything was
    found, 4 when nothing could be checked, as the module was made from other objects."""
    given, rest = split(words)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["audit"])
    if not rest or rest[0].startswith("-"):
        raise Stop(USAGE, "audit: no linked module given", LINKED)
    module = linked_module(rest[0])
    options = checked(rest[1:])
    if options.relocatable:
        raise Stop(USAGE, "audit: -r makes an object, whose relocations are still to be applied", LINKED)
    if not options.output:
        options = replace(options, output=os.path.basename(rest[0]))
    link = link_of(options, "--strict" in given)
    status = tell(link)
    if link.resolve is None:
        raise Stop(status, "audit: the objects cannot be read, so there is nothing to compare with")
    from wasmscope.explain.object_order import audit_in_order, reordered
    from wasmscope.report.audit import audit_facts, checked_any, lines
    from wasmscope.report.json import write

    compared, found, order = audit_in_order(
        link, module, lambda order: link_of(reordered(options, order), "--strict" in given)
    )
    facts = audit_facts(compared, found, order)
    if "--json" in given:
        write(facts)
    else:
        for line in lines(facts):
            print(line)
    if facts["groups"]:
        return FAILED
    return OK if checked_any(facts) else PARTIAL


def linked_module(path: str) -> Module:
    """The finished module in the file at `path`.

    Raises Stop when it is an object, or cut off; FormatError when it is no wasm file; OSError when it cannot be opened.
    """
    with open(path, "rb") as file:
        module = read(file.read(), path)
    if module.is_object:
        raise Stop(UNREADABLE, f"{path}: is an object, not a linked module", LINKED)
    broken = [*module.frame_errors.values()] or [one for one in module.read_all() if one.section in NEEDED]
    if broken:
        raise Stop(UNREADABLE, str(broken[0]), "only a module that can be read to its end can be audited")
    for error in module.errors:
        print(f"wasmscope: warning: {error}", file=sys.stderr)
    return module


NEEDED = frozenset(("type", "import", "function", "global", "element", "code", "data"))
"""Sections that have to be read in whole."""
