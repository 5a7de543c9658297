"""`wasmscope at OFFSET`: where a byte of the output is from."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.cli.status import FAILED, USAGE, Stop
from wasmscope.cli.viewing import linked, split, tell
from wasmscope.cli.words import number


def run(words: Sequence[str]) -> int:
    """`at OFFSET [--json] [--strict] [link options] FILE...`; returns the exit code, 1 when there is no such byte."""
    given, rest = split(words)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["at"])
    if not rest:
        raise Stop(USAGE, "at: no offset given", "usage: wasmscope at OFFSET [link options] FILE...")
    offset = number(rest[0], "at: OFFSET")

    link = linked(rest[1:], "--strict" in given)
    status = tell(link)
    from wasmscope.report.at import at_facts, lines
    from wasmscope.report.json import write

    if link.emit is None:
        raise Stop(status or FAILED, "at: the link failed, so there is no output")
    if offset >= len(link.emit.data):
        size = len(link.emit.data)
        raise Stop(FAILED, f"the output has no byte {offset:#x}", f"it is {size:#x} ({size:,}) bytes long")
    facts = at_facts(link, offset)
    if "--json" in given:
        write(facts)
    else:
        for line in lines(facts):
            print(line)
    return status
