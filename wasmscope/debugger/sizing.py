"""What the bytes of a file are spent on, asked for in a session: a list that leads to the things."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from wasmscope.debugger.aside import aside
from wasmscope.debugger.commands.command import Answer, Refused, Work
from wasmscope.debugger.commands.references import offered
from wasmscope.debugger.lines import CardLine, CommandLine
from wasmscope.debugger.reader import Session
from wasmscope.errors import FormatError
from wasmscope.explain.sizes.size import NoRowsError
from wasmscope.format.module import read
from wasmscope.report.size import BY, Subject, size_facts, size_rows

Words = Callable[[str], str]
LISTED = 200
"""Rows listed."""
USAGE = f"[{' | '.join(BY)}] [against FILE]"


class Asked(NamedTuple):
    """What a size is asked for: by what rows are made, and the module that it is put beside, if any."""

    by: str
    others: tuple[Subject, ...]


def asked(rest: str) -> Asked:
    """What `BY against FILE`, each of which may be left out, asks for. Raises Refused."""
    by, against, path = f" {rest.removeprefix('--by').strip()} ".partition(" against ")
    words = by.split()
    if len(words) > 1 or (words and words[0] not in BY):
        raise Refused(f"size by what? {', '.join(BY)}; and against FILE")
    if against and not path.strip():
        raise Refused("size against which module? size against FILE")
    return Asked(words[0] if words else "section", (_module(path.strip()),) if against else ())


def _module(path: str) -> Subject:
    try:
        return Subject(path, read(Path(path).read_bytes(), path))
    except OSError as error:
        raise Refused(f"cannot open {path}: {error.strerror}") from None
    except FormatError as error:
        raise Refused(str(error)) from None


def sized(
    session: Session[Any], words: Words, it: Subject, what: Asked, goto: Callable[[str, dict[str, Any]], str]
) -> Work:
    """The sizes of `it`, in `words`; `goto` is the command that leads to what a row is about.

    Raises Refused where there are no rows of that kind.
    """
    try:
        facts = yield from aside("counting bytes", lambda: size_facts(it, what.by, what.others))
    except NoRowsError as error:
        raise Refused(str(error)) from None
    given = [row for row in facts["rows"] if not what.others or row["changes"][0]]
    shown = size_rows(facts | {"rows": given}, LISTED)
    lines = [_line(row, what, words, CommandLine(goto(what.by, row)) if row["size"] else None) for row in shown]
    title = f"size by {what.by}: {facts['size']:,} bytes"
    title += "".join(f", {facts['size'] - one['size']:+,} against {words(one['name'])}" for one in facts["against"])
    if not given:
        return Answer(f"{title}; no row differs")
    return offered(session, title + (f", the {len(shown)} largest" if len(given) > len(shown) else ""), lines)


def _line(row: dict[str, Any], what: Asked, words: Words, target: CommandLine | None) -> CardLine:
    amount = f"{row['retained']:>11,} {row['size']:>9,}" if what.by == "dominator" else f"{row['size']:>11,}"
    change = f"{row['changes'][0]:>+11,} " if what.others else ""
    indent = "  " * min(row.get("depth", 0), 12)
    spans = [(change + amount, "number"), (f"  {indent}{words(row['name'])}", "name")]
    return CardLine([*spans, (f"  {words(row['file'])}", "dim")], target, len(change) + 14)
