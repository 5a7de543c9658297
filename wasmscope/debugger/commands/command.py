"""What a command is, what it answers, and how a line that was typed becomes one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Generic, NamedTuple, TypeVar

from wasmscope.debugger.lines import CardLine, Line, Title

Subject = TypeVar("Subject", contravariant=True)
"""What a command works on: the session, or (commands of the screen alone) the program."""


class Answer(NamedTuple):
    """What a command says. Whatever it did is in the session already."""

    notice: str = ""
    """One line, for the status line."""
    lines: Sequence[Line] = ()
    """More than a line: what was asked for."""
    refused: bool = False
    """It could not do what it says: `notice` tells why (and the screen rings the bell)."""
    copied: str = ""
    """What goes to the clipboard."""
    again: str = ""
    """The command line that goes on where this answer ended; "": the same once more."""
    picks: Sequence[CardLine] = ()
    """A list to choose from: each line leads to its target."""
    title: Title = ""
    """What `lines` or `picks` are, in a few words."""
    panes: Sequence[str] = ()
    """Panes that answer it, by name: a screen has them in sight now, others print them."""
    work: Work | None = None
    """There is more to do, which may take a while: see `Work`."""


Work = Generator[str, None, Answer]
"""Something long in small pieces: each `next` takes a few milliseconds and says how far it is; the end is the answer.

A front end with keys to attend to takes a piece at a time; others call `finished`."""
DONE = Answer()
CALLED = 28
"""Cells for how a command is called in the list of all; what takes more is not cut."""


class Refused(Exception):
    """A command cannot do what it says; the text says why, in one line."""


class Command(NamedTuple, Generic[Subject]):
    """A command. `run` gets what it works on and the rest of the line, and may raise Refused."""

    name: str
    about: str
    """What it does, in a few words."""
    run: Callable[[Subject, str], Answer]
    usage: str = ""
    """What may follow the name: "[N]", "SYMBOL", …; in ASCII, as columns stand beside it."""
    aliases: tuple[str, ...] = ()
    complete: Callable[[Subject, str], Iterable[str]] | None = None
    """Ends that the rest of the line may have."""
    forms: str = ""
    """Lines that say what may follow the name, and what it means."""


class Commands(Generic[Subject]):
    """Commands by name, alias and unambiguous beginning."""

    def __init__(self, commands: Iterable[Command[Subject]], unlisted: Iterable[Command[Subject]] = ()) -> None:
        """`unlisted` ones are known by their names, but nobody is told of them."""
        self.all = tuple(commands)
        self.by_name = {name: one for one in (*unlisted, *self.all) for name in (one.name, *one.aliases)}

    @property
    def names(self) -> list[str]:
        """Their full names."""
        return [one.name for one in self.all]

    def find(self, name: str) -> Command[Subject] | None:
        """The command called `name`, or the only one whose name begins so."""
        if name in self.by_name:
            return self.by_name[name]
        found = {one.name: one for one in self.all if one.name.startswith(name)} if len(name) > 1 else {}
        return next(iter(found.values())) if len(found) == 1 else None

    def close(self, name: str) -> list[str]:
        """Names much like `name`, and those that begin with it."""
        begin = [one.name for one in self.all if name and one.name.startswith(name)]
        return begin or get_close_matches(name, list(self.by_name), n=3)

    def completions(self, subject: Subject, line: str) -> list[str]:
        """What the whole of `line` may become: names of commands, or ends of what follows one."""
        name, blank, rest = line.lstrip().partition(" ")
        if not blank:
            return [one.name for one in self.all if one.name.startswith(name)]
        command = self.find(name)
        if command is None or command.complete is None:
            return []
        rest = rest.lstrip()
        return [f"{name} {one}" for one in command.complete(subject, rest) if one.startswith(rest)]

    def help(self, name: str) -> Sequence[Line]:
        """What a command does, how it is called, its other names; about all of them when `name` is ""."""
        if not name:
            return [[(f"{f'{one.name} {one.usage}':<{CALLED}}", "op"), (f"  {one.about}", "")] for one in self.all]
        command = self.find(name)
        if command is None:
            return []
        lines: list[Line] = [[(f"{command.name} {command.usage}".rstrip(), "op"), (f"  {command.about}", "")]]
        lines += [[(line, "")] for line in command.forms.splitlines()]
        return [*lines, [(f"also: {'  '.join(command.aliases)}", "dim")]] if command.aliases else lines

    def run(self, subject: Subject, line: str) -> Answer:
        """Run the command that `line` names with what follows it, to its end; never raises Refused."""
        return finished(self.begin(subject, line))

    def begin(self, subject: Subject, line: str) -> Answer:
        """As `run`, but what takes long is left as the answer's `work`."""
        name, _, rest = line.strip().partition(" ")
        command = self.find(name)
        if command is None:
            return refused(unknown(name, self))
        try:
            return command.run(subject, rest.strip())
        except Refused as error:
            return refused(str(error))


def table_of(name: str, *tables: Commands[Any]) -> Commands[Any] | None:
    """The one of `tables` with the command that `name` means among them all: the one called so, or the only one whose
    name begins so."""
    exact = next((one for one in tables if name in one.by_name), None)
    begun = [one for one in tables for command in one.all if len(name) > 1 and command.name.startswith(name)]
    return exact or (begun[0] if len(begun) == 1 else None)


def unknown(name: str, *tables: Commands[Any]) -> str:
    """That none of `tables` has the command `name`, and what may be meant."""
    close = [one for table in tables for one in table.close(name)]
    return f"there is no command {name}" + (f": did you mean {', '.join(close)}?" if close else "")


def finished(answer: Answer) -> Answer:
    """The answer once all its work is done; never raises Refused."""
    while answer.work is not None:
        try:
            while True:
                next(answer.work)
        except StopIteration as end:
            answer = end.value
        except Refused as error:
            answer = refused(str(error))
    return answer


def refused(text: str) -> Answer:
    """The answer of a command that could not do what it says."""
    return Answer(text, refused=True)


def number_in(text: str, default: int = 1) -> int:
    """A count that follows a command, decimal or 0x hexadecimal; raises Refused."""
    if not text:
        return default
    try:
        return int(text, 0)
    except ValueError:
        raise Refused(f"a number was expected, not {text}") from None


def times_in(text: str) -> int:
    """How often a command is to do what it does: once, or as the number after it says; raises Refused below 1."""
    number = number_in(text)
    if number < 1:
        raise Refused(f"how often? A number from 1 on, not {text}")
    return number
