"""`wasmscope size`: what the bytes of a link's output, or of a module, are spent on; and against others."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace

from wasmscope.cli.status import FAILED, OK, PARTIAL, UNREADABLE, USAGE, Stop
from wasmscope.cli.viewing import OURS, checked, link_of, linked_module, print_facts, tell
from wasmscope.cli.words import number, picked
from wasmscope.errors import FormatError
from wasmscope.explain.sizes.size import NoRowsError
from wasmscope.format.module import Module, read
from wasmscope.link.model import Link
from wasmscope.report.size import BY, TOP, Subject, lines, size_facts

WORDS = {**OURS, "--by": True, "--top": True, "--against": True, "--against-options": True}
"""The command's options, and whether each takes a value."""


def run(words: Sequence[str]) -> int:
    """`size [--by WHAT] [--top N] [--against FILE]... [--against-options OPTIONS]... [link options] FILE...`; the
    exit code."""
    options, rest = picked(words, WORDS)
    given = dict(options)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["size"])
    by = given.get("--by", "section")
    if by not in BY:
        raise Stop(USAGE, f"size: rows cannot be made by '{by}'", f"--by takes one of: {', '.join(BY)}")
    top = number(given["--top"], "--top") if "--top" in given else TOP
    it, status = _subject(rest, "--strict" in given)
    others = []
    for name, value in options:
        if name == "--against":
            others.append(_other(value, "--strict" in given))
        elif name == "--against-options":
            others.append(_other_link(it, rest, value, "--strict" in given))
    try:
        facts = size_facts(it, by, others)
    except NoRowsError as error:
        raise Stop(status or FAILED, f"size: {error}") from None
    print_facts(facts, lambda facts: lines(facts, top), "--json" in given)
    return status


def _subject(words: Sequence[str], strict: bool) -> tuple[Subject, int]:
    """What is looked at, and the exit code that it earns: a module that is linked already, or the link of `words`."""
    options = checked(words)
    module = linked_module(options)
    if module is not None:
        return Subject(module.file, module), PARTIAL if module.read_all() else OK
    link = link_of(options, strict)
    return Subject(link.options.output, link), tell(link)


def _other(name: str, strict: bool) -> Subject:
    """A module, or the link of a tar archive that --reproduce wrote. Raises Stop when there is none."""
    if name.endswith(".tar"):
        return _made(name, link_of(checked([name]), strict))
    return Subject(name, _module_at(name))


def _module_at(name: str) -> Module:
    try:
        with open(name, "rb") as file:
            return read(file.read(), name)
    except OSError as error:
        raise Stop(UNREADABLE, f"cannot open {name}: {error.strerror}") from None
    except FormatError as error:
        raise Stop(UNREADABLE, str(error)) from None


def _other_link(it: Subject, words: Sequence[str], more: str, strict: bool) -> Subject:
    """The same link with other options after its own."""
    if not isinstance(it.of, Link):
        raise Stop(USAGE, "size: --against-options needs objects to link, not a module that is linked already")
    try:
        added = shlex.split(more)
    except ValueError as error:
        raise Stop(USAGE, f"size: --against-options {more}: {str(error).lower()}") from None
    options = replace(checked([*words, *added]), output=it.of.options.output)
    return _made(more, link_of(options, strict))


def _made(name: str, link: Link) -> Subject:
    """`link` as something to compare with. Raises Stop if it failed."""
    if link.emit is None:
        text = f"size: the link with {name} failed, so there is nothing to compare with"
        raise Stop(tell(link) or FAILED, text)
    return Subject(name, link)
