"""`wasmscope at PLACE`: the whole story of one byte of the output, of memory or of an input."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.cli.status import FAILED, USAGE, Stop
from wasmscope.cli.viewing import checked, linked, linked_module, split, tell, tell_module
from wasmscope.format.module import Module
from wasmscope.link.model import Link


def run(words: Sequence[str]) -> int:
    """`at PLACE [--json] [--strict] [link options] FILE...`; returns the exit code, 1 when there is no such byte."""
    given, rest = split(words)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["at"])
    if not rest:
        raise Stop(USAGE, "at: no place given", "usage: wasmscope at PLACE [link options] FILE...")
    module = linked_module(checked(rest[1:]))
    if module is not None:
        return _tell_of_module(module, rest[0], "--json" in given)
    link = linked(rest[1:], "--strict" in given)
    status = tell(link)
    return _tell_story(link, rest[0], status, "--json" in given)


def _tell_story(link: Link, text: str, status: int, as_json: bool) -> int:
    from wasmscope.explain.story import asked, story
    from wasmscope.report.at import at_facts, lines
    from wasmscope.report.json import write

    try:
        facts = at_facts(link, story(link, asked(link, text)))
    except LookupError as error:
        raise Stop(status or FAILED, f"at: {error.args[0]}") from None
    if as_json:
        write(facts)
    else:
        for line in lines(facts):
            print(line)
    return status


def _tell_of_module(module: Module, text: str, as_json: bool) -> int:
    """What a module that is linked already can tell of one of its bytes by itself."""
    from wasmscope.explain.lone import LoneModule
    from wasmscope.explain.lone_byte import lone_byte
    from wasmscope.report.json import write
    from wasmscope.report.lone_answers import at_facts, at_lines

    lone, status = LoneModule(module), tell_module(module)
    try:
        facts = at_facts(lone, lone_byte(lone, text))
    except LookupError as error:
        raise Stop(status or FAILED, f"at: {error.args[0]}") from None
    if as_json:
        write(facts)
    else:
        for line in at_lines(facts):
            print(line)
    return status
