"""`wasmscope why SYMBOL`: why a symbol is what it is, and why it is in the output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wasmscope.cli.status import FAILED, USAGE, Stop
from wasmscope.cli.viewing import checked, linked, linked_module, split, tell, tell_module
from wasmscope.cli.words import number
from wasmscope.format.module import Module
from wasmscope.link.model import Link


def run(words: Sequence[str]) -> int:
    """`why THING [--paths N] [--json] [--strict] [link options] FILE...`; returns 1 if there is no such thing."""
    given, rest = split(words, {"--paths": True})
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["why"])
    if not rest or rest[0].startswith("-"):
        raise Stop(USAGE, "why: no symbol given", "usage: wasmscope why SYMBOL [link options] FILE...")
    paths = number(given["--paths"], "--paths") if "--paths" in given else 1
    module = linked_module(checked(rest[1:]))
    if module is not None:
        return _tell_of_module(module, rest[0], "--json" in given, paths)
    link = linked(rest[1:], "--strict" in given)
    status = tell(link)
    return _tell_why(link, rest[0], status, "--json" in given, paths)


def _tell_why(link: Link, text: str, status: int, as_json: bool, paths: int) -> int:
    from wasmscope.explain.find import find_exactly
    from wasmscope.report.why import nearest, why_facts
    from wasmscope.report.why_text import lines

    found = find_exactly(link, text)
    if not found:
        raise _unknown(text, nearest(link, text), status)
    return _written([why_facts(link, one, paths) for one in found], lines, status, as_json)


def _tell_of_module(module: Module, text: str, as_json: bool, paths: int) -> int:
    """What a module that is linked already can tell of one of its things by itself."""
    from wasmscope.explain.alone.lone import LoneModule
    from wasmscope.explain.alone.lone_why import find_items, nearest, why_there
    from wasmscope.report.lone_answers import why_facts, why_lines

    lone, status = LoneModule(module), tell_module(module)
    found = find_items(lone, text)
    if not found:
        raise _unknown(text, nearest(lone, text), status)
    return _written([why_facts(lone, why_there(lone, one), paths) for one in found], why_lines, status, as_json)


def _unknown(text: str, close: Iterable[str], status: int) -> Stop:
    return Stop(status or FAILED, f"nothing is called '{text}'", *(f"did you mean {name}?" for name in close))


def _written(
    facts: list[dict[str, Any]], lines: Callable[[dict[str, Any]], Iterable[str]], status: int, as_json: bool
) -> int:
    """Print what was found out of each thing that has the name; returns `status`."""
    from wasmscope.report.json import write

    if as_json:
        write(facts)
        return status
    for position, one in enumerate(facts):
        if position:
            print()
        for line in lines(one):
            print(line)
    return status
