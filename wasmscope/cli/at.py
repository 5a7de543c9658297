"""`wasmscope at PLACE`: the whole story of one byte of the output, of memory or of an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wasmscope.cli.status import FAILED, OK, USAGE, Stop
from wasmscope.cli.viewing import checked, linked, linked_module, print_facts, split, tell, tell_module
from wasmscope.format.module import Module
from wasmscope.link.model import Link


def run(words: Sequence[str]) -> int:
    """`at PLACE [--in LINKED] [--json] [--strict] [link options] FILE...`; returns the exit code, 1 when there is no
    such byte."""
    given, rest = split(words, {"--in": True})
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["at"])
    if not rest:
        raise Stop(USAGE, "at: no place given", "usage: wasmscope at PLACE [link options] FILE...")
    if "--in" in given:
        return _tell_in(given["--in"], rest[0], rest[1:], given)
    module = linked_module(checked(rest[1:]))
    if module is not None:
        return _tell_of_module(module, rest[0], "--json" in given)
    link = linked(rest[1:], "--strict" in given)
    status = tell(link)
    return _tell_story(link, rest[0], status, "--json" in given)


def _tell_story(link: Link, text: str, status: int, as_json: bool) -> int:
    from wasmscope.explain.named_bytes import asked
    from wasmscope.explain.story import story
    from wasmscope.report.at import at_facts, lines

    try:
        facts = at_facts(link, story(link, asked(link, text)))
    except LookupError as error:
        raise Stop(status or FAILED, f"at: {error.args[0]}") from None
    print_facts(facts, lines, as_json)
    return status


def _tell_in(path: str, text: str, words: Sequence[str], given: Mapping[str, str]) -> int:
    """The story of a byte of a module that another linker made of the objects in `words`."""
    from wasmscope.cli.audit import linked_module

    module = linked_module(path)
    link = linked(words, "--strict" in given)
    status = tell(link)
    if link.resolve is None:
        raise Stop(status, "at: the objects cannot be read, so there is nothing to match the module with")
    from wasmscope.explain.alone.lone import LoneModule
    from wasmscope.explain.auditing.audit import audit
    from wasmscope.explain.auditing.foreign import foreign_byte
    from wasmscope.report.foreign import foreign_facts, foreign_lines

    lone = LoneModule(module)
    try:
        facts = foreign_facts(link, lone, foreign_byte(audit(link, module), lone, text))
    except LookupError as error:
        raise Stop(FAILED, f"at: {error.args[0]}") from None
    print_facts(facts, foreign_lines, "--json" in given)
    return OK


def _tell_of_module(module: Module, text: str, as_json: bool) -> int:
    """What a module that is linked already can tell of one of its bytes by itself."""
    from wasmscope.explain.alone.lone import LoneModule
    from wasmscope.explain.alone.lone_byte import lone_byte
    from wasmscope.report.lone_answers import at_facts, at_lines

    lone, status = LoneModule(module), tell_module(module)
    try:
        facts = at_facts(lone, lone_byte(lone, text))
    except LookupError as error:
        raise Stop(status or FAILED, f"at: {error.args[0]}") from None
    print_facts(facts, at_lines, as_json)
    return status
