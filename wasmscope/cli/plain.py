"""The prompt: a session line by line, as in gdb, for terminals without a screen, screen readers, pipes and scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from wasmscope.cli.status import FAILED, OK
from wasmscope.cli.viewing import tell
from wasmscope.debugger import saved
from wasmscope.debugger.commands.command import DONE, Answer, Command, Commands, Refused, refused, table_of, unknown
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.lines import Line, spans_of
from wasmscope.debugger.lone import listed as lone
from wasmscope.debugger.lone import saved as lone_saved
from wasmscope.debugger.lone.commands import LONE_COMMANDS
from wasmscope.debugger.lone.place import LonePlace
from wasmscope.debugger.panes.listed import MAIN, here_lines
from wasmscope.debugger.panes.status import state_span, step_lines, title_text
from wasmscope.debugger.render import text_of
from wasmscope.debugger.subject import byte_at
from wasmscope.debugger.titles import thing_title

PROMPT = "(wasmscope) "


class Prompt:
    """Runs command lines on `debugger` and prints what they say with `write` (one line a call)."""

    commands: Commands[Any] = COMMANDS
    """Those of the session."""
    kept: Any = saved
    """How it is kept: `facts_of` and `restore`."""

    def __init__(self, debugger: Any, write: Callable[[str], object] = print) -> None:
        self.debugger = debugger
        self.leaving = False
        self.write = write
        self.session: saved.SessionFile | None = None
        """Where the session is kept; None: it is not."""
        self._unkept = ""
        self._again = ""

    def resume(self, session: saved.SessionFile) -> None:
        """Go on where an earlier session over the same inputs was left, say where that is, and keep this one."""
        self.session, before = session, self.debugger.place
        self.kept.restore(self.debugger, session.facts)
        if session.facts:
            self.write("as you left it:")
            self.moved(before)

    def keep(self) -> None:
        """Keep the session, if it is another than the one kept; say once why that fails."""
        problem = self.session.try_to_keep(self.kept.facts_of(self.debugger)) if self.session is not None else ""
        if problem and not self._unkept:
            print(f"wasmscope: {problem}", file=sys.stderr)
            self._unkept = problem

    def greet(self) -> None:
        """Say what is linked and where we are."""
        self.write(text_of([(title_text(self.debugger.opened), ""), ("  ", ""), state_span(self.debugger.opened)]))
        self.say(step_lines(self.debugger.scene()))

    def run(self, line: str) -> bool:
        """Run one line (an empty one: the last once more, or what comes after it); False if it was refused."""
        line = line.strip() or self._again
        if not line:
            return True
        before, opened = self.debugger.place, self.debugger.opened
        answer = self._answer(line)
        self._again = answer.again or line
        if answer.refused:
            print(f"wasmscope: {text_of([(answer.notice, '')])}", file=sys.stderr)
            return False
        if self.debugger.opened is opened:
            self.moved(replace(before, view=self.debugger.place.view) if answer.panes else before)
        else:
            tell(self.debugger.link)
            self.greet()
        for pane in answer.panes:
            self.show(pane)
        self.say(answer.lines)
        self._choose(answer)
        if answer.notice:
            self.write(text_of([(answer.notice, "")]))
        return True

    def _answer(self, line: str) -> Answer:
        name, tables = line.split(" ", 1)[0], (PROMPT_COMMANDS, self.commands)
        table = table_of(name, *tables)
        if table is None:
            return refused(unknown(name, *tables))
        return table.run(self if table is PROMPT_COMMANDS else self.debugger, line)

    def _choose(self, answer: Answer) -> None:
        """Print a list to choose from, with the numbers that `pick` takes."""
        if answer.picks:
            self.write(text_of(spans_of(answer.title)))
        self.say([(f"{number:>4} ", "dim"), *one.spans] for number, one in enumerate(answer.picks, 1))

    def moved(self, before: Any) -> None:
        """Say where a command went: the step, the thing, or the pane of another view."""
        now = self.debugger.place
        if now.step != before.step:
            self.say(step_lines(self.debugger.scene()))
        elif replace(now, view=before.view) != before:
            if now.thing is before.thing and byte_at(now) != byte_at(before):
                self.write(text_of([(thing_title(self.debugger.opened, byte_at(now)), "")]))
            else:
                self.say(here_lines(self.debugger.scene()))
        elif now.view != before.view and now.view < len(MAIN):
            self.show(MAIN[now.view])

    def show(self, pane: str) -> None:
        """Print a pane."""
        answer = self.commands.run(self.debugger, f"show {pane}")
        self.say(answer.lines)
        if answer.again:  # there are more rows
            self.write(answer.notice)

    def say(self, lines: Iterable[Line]) -> None:
        """Print lines."""
        for line in lines:
            self.write(text_of(line))

    def completions(self, line: str) -> list[str]:
        """What the whole of `line` may become."""
        return sorted({*PROMPT_COMMANDS.completions(self, line), *self.commands.completions(self.debugger, line)})


class LonePrompt(Prompt):
    """The prompt over a finished module."""

    commands = LONE_COMMANDS
    kept = lone_saved

    def greet(self) -> None:
        opened = self.debugger.opened
        self.write(text_of([(lone.title_text(opened), ""), ("  ", ""), lone.state_span(opened)]))

    def moved(self, before: LonePlace) -> None:
        now = self.debugger.place
        if now.view != before.view:
            self.show(lone.MAIN[now.view])
        elif now != before:
            self.say(lone.status_lines(self.debugger.scene(), ""))


def _leave(prompt: Prompt, rest: str) -> Answer:
    prompt.leaving = True
    return DONE


def _help(prompt: Prompt, rest: str) -> Answer:
    if rest:
        tables = (PROMPT_COMMANDS, prompt.commands)
        table = table_of(rest, *tables)
        return Answer("", table.help(rest)) if table is not None else refused(unknown(rest, *tables))
    told: Line = [("an empty line repeats the last command; # begins a comment", "dim")]
    return Answer("", [*prompt.commands.help(""), *PROMPT_COMMANDS.help(""), told])


def _source(prompt: Prompt, rest: str) -> Answer:
    try:
        lines = list(commands_of([("-x", rest)]))
    except OSError as error:
        raise Refused(f"cannot open {rest}: {error.strerror}") from None
    if run_script(prompt, lines, keep_going=False):
        raise Refused(f"{rest} stops there")
    return DONE


def _reload(prompt: Prompt, rest: str) -> Answer:
    debugger = prompt.debugger
    if debugger.relink is None:
        raise Refused("there is nothing to link again")
    debugger.relink(debugger.question, False)
    return Answer("linked again")


PROMPT_COMMANDS: Commands[Prompt] = Commands(
    (
        Command("reload", "read the inputs again and link", _reload, "", ("R",)),
        Command("source", "run the commands in a file", _source, "FILE"),
        Command("help", "what a command does, or all of them", _help, "[COMMAND]", ("h", "?"),
                lambda prompt, begun: prompt.commands.names),
        Command("quit", "leave", _leave, "", ("q", "exit")),
    )
)  # fmt: skip
"""Commands of the prompt alone."""


class ScriptLine(NamedTuple):
    """A line of a script, and where it stands ("FILE:LINE"; "" for what came from elsewhere)."""

    text: str
    where: str = ""


def run_script(prompt: Prompt, lines: Iterable[ScriptLine], keep_going: bool) -> int:
    """Run `lines`, each shown before what it says; returns FAILED if one was refused (the first stops, unless
    `keep_going`)."""
    status = OK
    for text, where in lines:
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        print(PROMPT + text_of([(line, "")]))
        if not prompt.run(line):
            status = FAILED
            if where:
                print(f"  at {where}", file=sys.stderr)
            if not keep_going:
                return status
        if prompt.leaving:
            break
    return status


def converse(prompt: Prompt) -> int:
    """Read and run lines until the reader leaves; returns the exit code. An interrupt (Ctrl-C) drops the line that is
    being typed, or stops the command at work."""
    _edit_lines(prompt)
    while not prompt.leaving:
        working = False
        try:
            line = input(PROMPT)
            working = True
            prompt.run("" if line.lstrip().startswith("#") else line)
            prompt.keep()
        except EOFError:
            print()
            break
        except KeyboardInterrupt:
            print()
            print("interrupted" if working else "(quit or Ctrl-D leaves)", file=sys.stderr)
    return OK


def _edit_lines(prompt: Prompt) -> None:
    """Editing, history and Tab completion, where Python was built with readline."""
    try:
        import readline
    except ImportError:
        return
    found: list[str] = []

    def complete(word: str, number: int) -> str | None:
        if number == 0:
            begun = readline.get_line_buffer()[: readline.get_endidx()]
            found[:] = [one[readline.get_begidx() :] for one in prompt.completions(begun)]
        return found[number] if number < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")


def commands_of(scripts: Sequence[tuple[str, str]]) -> Iterator[ScriptLine]:
    """The lines of `-x FILE` and `-ex COMMAND`, in the order in which they were given. Raises OSError."""
    for option, value in scripts:
        if option == "-x":
            with open(value, encoding="utf-8", errors="surrogateescape") as file:
                text = file.read()
            yield from (ScriptLine(line, f"{value}:{number}") for number, line in enumerate(text.splitlines(), 1))
        else:
            yield ScriptLine(value)
