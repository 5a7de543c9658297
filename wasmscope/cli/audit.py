"""`wasmscope audit`: whether a module that another linker made has every relocation of its objects applied rightly."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from wasmscope.cli.status import FAILED, OK, PARTIAL, UNREADABLE, USAGE, Stop
from wasmscope.cli.viewing import checked, link_of, print_facts, split, tell
from wasmscope.errors import FormatError
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
    from wasmscope.explain.auditing.auditable import as_linked

    module = linked_module(rest[0])
    options = as_linked(checked(rest[1:]), module)
    link = link_of(options, "--strict" in given)
    status = tell(link)
    if link.resolve is None:
        raise Stop(status, "audit: the objects cannot be read, so there is nothing to compare with")
    from wasmscope.explain.auditing.object_order import audit_in_order, reordered
    from wasmscope.report.audit import audit_facts, checked_any, lines

    compared, found, order = audit_in_order(
        link, module, lambda order: link_of(reordered(options, order), "--strict" in given)
    )
    facts = audit_facts(compared, found, order)
    print_facts(facts, lambda facts: lines(facts, options.demangle), "--json" in given)
    if facts["groups"]:
        return FAILED
    return OK if checked_any(facts) else PARTIAL


def linked_module(path: str) -> Module:
    """The finished module in the file at `path`.

    Raises Stop when it is an object, or cut off; FormatError when it is no wasm file; OSError when it cannot be opened.
    """
    from wasmscope.explain.auditing.auditable import auditable

    with open(path, "rb") as file:
        module = read(file.read(), path)
    try:
        auditable(module)
    except FormatError as error:
        raise Stop(UNREADABLE, str(error), *error.__notes__) from None
    for one in module.errors:
        print(f"wasmscope: warning: {one}", file=sys.stderr)
    return module
