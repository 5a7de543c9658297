"""`wasmscope diff`: how two files, two links, or two moments of a link differ. Exit codes as diff(1): 1 if they do."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from wasmscope.cli.progress import Progress
from wasmscope.cli.status import FAILED, OK, UNREADABLE, USAGE, Stop
from wasmscope.cli.viewing import checked, link_of, linked, print_facts, split, tell
from wasmscope.errors import FormatError
from wasmscope.explain.steps import Steps
from wasmscope.format.archive import Archive
from wasmscope.format.module import Module, read
from wasmscope.format.recognize import recognized
from wasmscope.link.model import PHASES, Link

USAGES = (
    "usage: wasmscope diff [--bytes] A B",
    '       wasmscope diff --options "OPTIONS" [LINK OPTIONS] FILE...',
    "       wasmscope diff --step A..B [LINK OPTIONS] FILE...",
    "       wasmscope diff [LINK OPTIONS] FILE... -- [LINK OPTIONS] FILE...",
)
Facts = dict[str, Any]


def run(words: Sequence[str]) -> int:
    """`diff [--json] [--bytes] [--all] A B`, or links (see USAGES); returns 0 if they are the same, 1 if not."""
    given, rest = split(words, {"--options": True, "--step": True, "--bytes": False, "--all": False})
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help(["diff"])
    if len({"--options", "--step"} & given.keys()) + ("--" in rest) > 1:
        raise Stop(USAGE, "diff: --options, --step and -- each ask for another comparison", *USAGES)
    if "--step" in given:
        return _steps(rest, given)
    if "--options" in given:
        more = _words(given["--options"])
        names = "as given", f"with {given['--options']}"
        return _links((rest, [*rest, *more]), names, given)
    if "--" in rest:
        middle = rest.index("--")
        return _sides((rest[:middle], rest[middle + 1 :]), given)
    if len(rest) != 2 or any(word.startswith("-") and word != "-" for word in rest):
        raise Stop(USAGE, "diff: two files to compare, or a link", *USAGES)
    if all(word.endswith(".tar") for word in rest):
        return _links(([rest[0]], [rest[1]]), (rest[0], rest[1]), given)
    return _files((rest[0], rest[1]), given)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Stop(USAGE, f"diff: --options cannot be read: {error}") from None


def _show(facts: Facts, lines: Iterator[str], given: dict[str, str], same: bool) -> int:
    print_facts(facts, lambda _: lines, "--json" in given)
    return OK if same else FAILED


# --- files ------------------------------------------------------------------------------------------------------


def _files(names: tuple[str, str], given: dict[str, str]) -> int:
    """Two modules or objects, or two archives; which, their first bytes say."""
    return _compared(_opened(names[0]), _opened(names[1]), given)


def _compared(a: Module | Archive, b: Module | Archive, given: dict[str, str]) -> int:
    from wasmscope.explain.comparing.diff_files import diff_files
    from wasmscope.report.diff import file_facts, lines

    with Progress("comparing"):
        found = diff_files(a, b)
        facts = file_facts(found, "--bytes" in given)
    _complain(found.errors)
    return _show(facts, lines(facts, "--all" in given), given, found.same)


def _opened(name: str) -> Module | Archive:
    """A file to compare. Raises FormatError when it is neither WebAssembly nor an archive."""
    if name == "-":
        data, name = sys.stdin.buffer.read(), "<stdin>"
    else:
        with open(name, "rb") as file:
            data = file.read()
    return recognized(data, name)


def _complain(errors: Sequence[FormatError]) -> None:
    """Say that something was compared in part only."""
    for file in dict.fromkeys(error.file for error in errors):
        first = next(error for error in errors if error.file == file)
        print(f"wasmscope: compared in part: {first}", file=sys.stderr)


# --- links ------------------------------------------------------------------------------------------------------


def _sides(lines: tuple[list[str], list[str]], given: dict[str, str]) -> int:
    """Two links; or a link and a module that something else linked from the same files."""
    if not all(lines):
        raise Stop(USAGE, "diff: nothing to link before or after --", *USAGES)
    modules = [_module(line) for line in lines]
    if not any(modules):
        return _links(lines, ("the first link", "the second link"), given)
    names = [module.file for module in modules if module is not None]
    found = [module or _output(line, names[0], given) for line, module in zip(lines, modules, strict=True)]
    return _compared(found[0], found[1], given)


def _output(line: list[str], name: str, given: dict[str, str]) -> Module:
    """What a link makes; without -o it is called `name`, as the name section tells. Raises Stop when it fails."""
    options = checked(line)
    link = link_of(options if options.output else replace(options, output=name), "--strict" in given)
    status = tell(link)
    if link.emit is None:
        raise Stop(status or FAILED, "diff: the link failed, so there is no output")
    return read(link.emit.data, "the link")


def _module(line: list[str]) -> Module | None:
    """The linked module that a side is, if it is one and nothing else."""
    if len(line) != 1 or line[0].startswith("-"):
        return None
    try:
        found = _opened(line[0])
    except (OSError, FormatError):
        return None
    return found if isinstance(found, Module) and found.custom("linking") is None else None


def _links(lines: tuple[list[str], list[str]], names: tuple[str, str], given: dict[str, str]) -> int:
    from wasmscope.explain.comparing.diff_links import diff_links
    from wasmscope.report.diff_links import link_facts, link_lines

    links = [linked(line, "--strict" in given) for line in lines]
    status = _told(links)
    found = diff_links(*links)
    with Progress("comparing"):
        facts = link_facts(found, names, "--bytes" in given)
    shown = _show(facts, link_lines(facts, "--all" in given), given, found.same)
    return UNREADABLE if status == UNREADABLE else shown


def _told(links: Sequence[Link]) -> int:
    """Say what each link said; the worst exit code that they earn."""
    return max(tell(link) for link in links)


# --- steps ------------------------------------------------------------------------------------------------------


def _steps(rest: Sequence[str], given: dict[str, str]) -> int:
    from wasmscope.explain.comparing.diff_steps import diff_steps
    from wasmscope.explain.steps import steps
    from wasmscope.report.diff_links import step_facts, step_lines

    first, dots, last = given["--step"].partition("..")
    if not dots:
        raise Stop(USAGE, f"diff: --step is A..B, but is '{given['--step']}'")
    link = linked(rest, "--strict" in given)
    status = tell(link)
    found = steps(link)
    difference = diff_steps(found, _moment(found, first, 0, False), _moment(found, last, len(found), True))
    facts = step_facts(difference)
    shown = _show(facts, step_lines(facts, "--all" in given), given, difference.first == difference.last)
    return UNREADABLE if status == UNREADABLE else shown


def _moment(steps: Steps, text: str, default: int, after: bool) -> int:
    """A step that a person typed: `90`, `@90`, or a phase: where it begins, or `after` it ends."""
    text = text.strip().removeprefix("@")
    if not text:
        return default
    if text in PHASES:
        _, start, end = steps.ranges[PHASES.index(text)]
        return end - 1 if after else start - 1
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if not 0 <= number <= len(steps):
        raise Stop(USAGE, f"diff: there is no step '{text}'", f"steps: 0 to {len(steps)}; phases: {', '.join(PHASES)}")
    return number
