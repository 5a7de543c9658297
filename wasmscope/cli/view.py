"""`wasmscope [link options] FILE...`: the screen, or a summary where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from wasmscope.cli.viewing import checked, linked, split, tell


def run(words: Sequence[str]) -> int:
    """Open the screen on the link that `words` ask for; without a terminal on stdout, print a summary."""
    given, rest = split(words)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help([])
    if sys.stdout.isatty() and sys.stdin.isatty() and "--json" not in given:
        return _open(rest, "--strict" in given)
    return _summary(rest, "--strict" in given, "--json" in given)


def _open(words: list[str], strict: bool) -> int:
    checked(words)  # before Textual is loaded and the screen is taken
    from wasmscope.tui.app import run as run_screen

    return run_screen(words, strict=strict)


def _summary(words: list[str], strict: bool, as_json: bool) -> int:
    link = linked(words, strict)
    status = tell(link)
    from wasmscope.report.json import write
    from wasmscope.report.summary import lines, summary_facts

    facts = summary_facts(link)
    if as_json:
        write(facts)
    else:
        for line in lines(facts):
            print(line)
    return status
