"""Commands that compare: moments, links, the output and a module."""

from __future__ import annotations

from dataclasses import replace

from wasmscope.debugger.commands.command import Answer, Command, Refused
from wasmscope.debugger.comparing import ModuleCompared
from wasmscope.debugger.cursor import DIFF
from wasmscope.debugger.goto import find_place
from wasmscope.debugger.session import Debugger
from wasmscope.errors import FormatError

USAGE = "[step | @A [@B] | before | --OPTION | MODULE]"


def diff(debugger: Debugger, rest: str) -> Answer:
    """Show view 5; `rest` says what it compares: nothing, what it did before."""
    words = rest.split()
    if rest.startswith("-"):
        return _with_options(debugger, rest)
    if words == ["step"]:
        debugger.compare_steps(None)
    elif words == ["before"]:
        if not debugger.compare_with_before():
            raise Refused("there is no link before this one: o or :set changes the question, R reads the inputs again")
    elif words and all(word.startswith(("@", "$")) for word in words):
        first, *others = (_step(debugger, word) for word in words)
        debugger.compare_steps(first, others[0] if others else None)
    elif rest:
        _with_module(debugger, rest)
    debugger.go(replace(debugger.place, view=DIFF), jump=True)
    return Answer(panes=("difference",))


def _step(debugger: Debugger, word: str) -> int:
    found = find_place(debugger.steps, debugger.place, word)
    if isinstance(found, str):
        raise Refused(found)
    return found.step


def _with_options(debugger: Debugger, rest: str) -> Answer:
    if debugger.relink is None:
        raise Refused("this link cannot be made anew: it was not opened from a command line")
    try:
        question = debugger.question.with_option(rest)
    except ValueError as error:
        raise Refused(str(error)) from None
    if question == debugger.question:
        raise Refused("that changes nothing: it is so already")
    debugger.relink(question, True)
    return Answer(f"this link and the one with {rest}", panes=("difference",))


def _with_module(debugger: Debugger, path: str) -> None:
    try:
        debugger.compare(ModuleCompared.of_link(debugger.opened, path))
    except (FormatError, LookupError) as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"cannot open {path}: {error.strerror}") from None


COMPARING: tuple[Command[Debugger], ...] = (
    Command("diff", "compare moments, links, or the output with a module", diff, USAGE, (),
            lambda debugger, begun: ["before", "step", "@", "--"]),
)  # fmt: skip
