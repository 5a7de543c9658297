"""`wasmscope [link options] FILE...`: the screen, the prompt, or a summary where there is no terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wasmscope.cli.progress import Progress
from wasmscope.cli.streams import prepare
from wasmscope.cli.viewing import OURS, checked, linked, linked_module, print_facts, tell, tell_module
from wasmscope.cli.words import picked
from wasmscope.format.module import Module
from wasmscope.link.collector import at_rest

if TYPE_CHECKING:
    from wasmscope.debugger.session import Debugger

SCRIPTS = ("-x", "-ex")
OPENING = {
    **OURS, "--plain": False, "-x": True, "-ex": True, "--keep-going": False,
    "--ascii": False, "--keys": True, "--theme": True, "--tour": False, "--no-session": False,
}  # fmt: skip
"""Options of the screen and the prompt, and whether each takes a value."""


def run(words: Sequence[str]) -> int:
    """Open the screen on the link that `words` ask for; the prompt with `--plain`, a script, or on a terminal that can
    show no screen; without a terminal print a summary. A module that is linked already is looked at alone."""
    found, rest = picked(words, OPENING)
    given = dict(found)
    if "-h" in given or "--help" in given:
        from wasmscope.cli.help import print_help

        return print_help([])
    if "--tour" in given:
        from wasmscope.debugger.tour import objects

        rest = [*objects(), *rest]
    module = linked_module(checked(rest))
    scripts = [one for one in found if one[0] in SCRIPTS]
    terminal = sys.stdout.isatty() and sys.stdin.isatty() and "--json" not in given
    if "--plain" in given or scripts or (terminal and _is_dumb()):
        return _prompt(rest, given, scripts, module)
    if terminal:
        return _open(rest, given) if module is None else _open_module(module, given)
    if module is not None:
        return _lone(module, "--json" in given)
    return _summary(rest, "--strict" in given, "--json" in given)


def _is_dumb() -> bool:
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def _lone(module: Module, as_json: bool) -> int:
    """Print what a module that is linked already can tell by itself."""
    from wasmscope.explain.alone.lone import LoneModule
    from wasmscope.report.lone import lines, lone_facts

    status = tell_module(module)
    facts = lone_facts(LoneModule(module))
    print_facts(facts, lines, as_json)
    return status


def _open(words: list[str], given: Mapping[str, str]) -> int:
    checked(words)  # before Textual is loaded and the screen is taken
    with at_rest():  # five hundred modules are all made to stay
        from wasmscope.tui.app import run as run_screen

    keys, theme = given.get("--keys", ""), given.get("--theme", "")
    return run_screen(words, "--strict" in given, keys, theme, "--ascii" in given, "--tour" in given, _keeps(given))


def _open_module(module: Module, given: Mapping[str, str]) -> int:
    from wasmscope.tui.module_program import run as run_screen

    keys, theme = given.get("--keys", ""), given.get("--theme", "")
    return run_screen(module, keys, theme, "--ascii" in given, _keeps(given)) or tell_module(module)


def _keeps(given: Mapping[str, str]) -> bool:
    """Whether the session is brought back from the last time, and kept for the next."""
    return "--no-session" not in given and "--tour" not in given


def _session(words: list[str], strict: bool) -> tuple[Debugger, int]:
    """A session over the link that `words` ask for, and the exit code."""
    checked(words)
    from wasmscope.debugger.question import Linker, Question
    from wasmscope.debugger.session import opened_on

    with Progress("linking"):
        debugger = opened_on(Question(tuple(words), strict), Linker())
    return debugger, tell(debugger.link)


def _prompt(
    words: list[str], given: Mapping[str, str], scripts: Sequence[tuple[str, str]], module: Module | None
) -> int:
    """The prompt: what scripts say first, then (with `--plain`, or without a script) what the reader or a pipe says."""
    if "--ascii" in given:
        prepare(raw=False, encoding="ascii")
    from wasmscope.cli import plain
    from wasmscope.debugger.saved import SessionFile, path_of

    lines = list(plain.commands_of(scripts))  # a script that cannot be read is no reason to link
    prompt: plain.Prompt
    if module is not None:
        from wasmscope.debugger.lone.opened import OpenedModule
        from wasmscope.debugger.lone.session import LoneSession

        prompt, status = plain.LonePrompt(LoneSession(OpenedModule(module))), tell_module(module)
    else:
        debugger, status = _session(words, "--strict" in given)
        debugger.tours = "--tour" in given
        prompt = plain.Prompt(debugger)
    interactive = sys.stdin.isatty() and ("--plain" in given or not scripts)
    if interactive or not scripts:
        prompt.greet()
    if interactive and _keeps(given) and not scripts:  # a script does the same every time
        prompt.resume(SessionFile(path_of([one.name for one in checked(words).inputs])))
    if "--tour" in given and module is None:
        prompt.run("tour")
    failed = plain.run_script(prompt, lines, "--keep-going" in given)
    if failed or prompt.leaving:
        return failed or status
    if interactive:
        return plain.converse(prompt) or status
    if not scripts:
        failed = plain.run_script(prompt, map(plain.ScriptLine, sys.stdin), "--keep-going" in given)
    return failed or status


def _summary(words: list[str], strict: bool, as_json: bool) -> int:
    link = linked(words, strict)
    status = tell(link)
    from wasmscope.report.summary import lines, summary_facts

    facts = summary_facts(link)
    print_facts(facts, lines, as_json)
    return status
