"""How the option table's rows are written: every accepted spelling, the match of a word with one, and the help text."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from wasmscope.link.option_table import GROUPS, ROWS, Row
from wasmscope.link.release import NEWEST, Release


class Spelling(NamedTuple):
    """One accepted way to write an option: dashes and name (with "=" for that form), and where the value is."""

    text: str
    value: Literal["none", "joined", "next"]
    row: Row


def spellings() -> list[Spelling]:
    """Every accepted spelling of every row."""
    return [spelling for row in ROWS for name in row.names.split() for spelling in _spell(row, name)]


def _spell(row: Row, written: str) -> list[Spelling]:
    name = written.lstrip("-")
    if len(name) == 1:
        if not row.takes_value:
            return [Spelling("-" + name, "none", row)]
        return [Spelling("-" + name, "next", row), Spelling("-" + name, "joined", row)]
    prefixes = ["--"] if written.startswith("--") else ["-"] if row.takes == "next" else ["--", "-"]
    found = []
    for prefix in prefixes:
        if not row.takes_value:
            found.append(Spelling(prefix + name, "none", row))
        if row.takes in ("either", "next"):
            found.append(Spelling(prefix + name, "next", row))
        if row.takes in ("either", "="):
            found.append(Spelling(f"{prefix}{name}=", "joined", row))
        if row.takes == "joined":
            found.append(Spelling(prefix + name, "joined", row))
    return found


@cache
def _table() -> tuple[dict[str, list[Spelling]], int]:
    """The spellings by their text, and the longest text's length."""
    table: dict[str, list[Spelling]] = {}
    for spelling in spellings():
        table.setdefault(spelling.text, []).append(spelling)
    return table, max(map(len, table))


def longest_match(word: str, release: Release = NEWEST) -> Spelling | None:
    """The spelling that LLD takes `word` for: the longest one that it starts with, or is, as its value's place asks."""
    table, longest = _table()
    for size in range(min(longest, len(word)), 0, -1):
        for spelling in table.get(word[:size], ()):
            known = not release.lacks(spelling.row.since)
            if known and (spelling.value == "joined" or size == len(word)):
                return spelling
    return None


def nearest(word: str) -> str:
    """The option that `word` may have meant, with its value if it takes one; "" when nothing is close."""
    from difflib import get_close_matches

    name, equals, value = word.partition("=")
    if len(name) < 3:
        return ""
    names = sorted({text.rstrip("=") for text in _table()[0] if text.startswith("--")})
    close = get_close_matches("--" + name.lstrip("-"), names, n=1, cutoff=0.7)
    if not close:
        return ""
    return f"{close[0]}{equals}{value}" if f"{close[0]}=" in _table()[0] else close[0]


def usage(row: Row) -> str:
    """The row's spellings as `--help` shows them: `-e NAME, --entry=NAME`."""
    shown = []
    for name in sorted((name.lstrip("-") for name in row.names.split()), key=len):
        if len(name) == 1:
            shown.append(f"-{name} {row.metavar}".rstrip())
        else:
            joint = {"flag": "", "next": " ", "joined": ""}.get(row.takes, "=")
            shown.append(f"{'-' if row.takes == 'next' else '--'}{name}{joint}{row.metavar}")
    return ", ".join(shown)


def options_help() -> str:
    """The link options as text, group by group; what has no effect or is refused says so."""
    lines = []
    for group, rows in GROUPS.items():
        lines += ["", f"{group}:"]
        for row in rows:
            about = row.help if row.state == "done" else f"{row.help} ({row.state}: {row.why})"
            lines += _entry(usage(row), about)
    return "\n".join(lines[1:]) + "\n"


def _entry(left: str, about: str, column: int = 30, width: int = 110) -> list[str]:
    from textwrap import wrap

    text = wrap(about, width - column)
    first = f"  {left:{column - 2}}"
    if len(left) > column - 4:
        return [first.rstrip(), *(" " * column + line for line in text)]
    return [first + text[0], *(" " * column + line for line in text[1:])]
