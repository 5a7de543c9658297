"""`wasmscope dump`: what is in each file, as text or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from wasmscope.cli.status import OK, PARTIAL, UNREADABLE, USAGE, Stop
from wasmscope.cli.words import only

OURS = {"--json": False, "--lines": False, "--only": True, "--help": False, "-h": False}
"""The command's options, and whether each takes a value."""


def run(words: Sequence[str]) -> int:
    """`dump [--json] [--lines] [--only PART,...] FILE...`; returns the exit code."""
    given, files = only(words, OURS, "dump")
    if "--help" in given or "-h" in given:
        from wasmscope.cli.help import print_help

        return print_help(["dump"])
    if not files:
        raise Stop(USAGE, "dump: no files given", "usage: wasmscope dump [--json] FILE...")
    return _dump(files, _parts(given), "--json" in given, "--lines" in given)


def _parts(given: dict[str, str]) -> tuple[str, ...]:
    from wasmscope.report.dump import ALL
    from wasmscope.report.parts import ON_DEMAND

    if "--only" not in given:
        return ALL
    wanted = [word for word in given["--only"].split(",") if word]
    for word in wanted:
        if word not in (*ALL, *ON_DEMAND):
            raise Stop(USAGE, f"dump: there is no part '{word}'", f"parts: {', '.join((*ALL, *ON_DEMAND))}")
    return tuple(wanted)


def _dump(files: Sequence[str], parts: Sequence[str], as_json: bool, sources: bool) -> int:
    from wasmscope.report.dump import first_error, is_partial, lines
    from wasmscope.report.json import write

    status = OK
    shown = []
    for name in files:
        facts = _facts(name, parts, sources)
        if facts is None:
            status = UNREADABLE
            continue
        if is_partial(facts):
            status = status or PARTIAL
            print(f"wasmscope: {name}: read in part: {first_error(facts)}", file=sys.stderr)
        if as_json:
            shown.append(facts)
            continue
        if shown:
            print()
        shown.append({})
        for line in lines(facts):
            print(line)
    if as_json:
        write(shown)
    return status


def _facts(name: str, parts: Sequence[str], sources: bool) -> dict[str, Any] | None:
    """The facts of one file; None, with a message, if it cannot be read at all."""
    from wasmscope.errors import FormatError
    from wasmscope.report.dump import file_facts

    try:
        if name == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(name, "rb") as file:
                data = file.read()
        return file_facts("<stdin>" if name == "-" else name, data, parts, sources)
    except OSError as error:
        print(f"wasmscope: cannot open {name}: {error.strerror}", file=sys.stderr)
    except FormatError as error:
        print(f"wasmscope: {error}", file=sys.stderr)
    return None
