"""Commands about what leads where: references in and out, the way back, and lists to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, Work, number_in
from wasmscope.debugger.lines import CardLine, CommandLine, Title
from wasmscope.debugger.reader import Session
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.titles import place_title, thing_line, thing_title
from wasmscope.explain.find import find
from wasmscope.explain.naming import count
from wasmscope.explain.references import Reference, references_in, references_out

MOST = 5000
"""References listed at most."""


def references(out: bool) -> Callable[[Debugger, str], Answer]:
    """References of what the rest of the line names, or of what the cursor is on."""

    def run(debugger: Debugger, rest: str) -> Answer:
        thing = _meant(debugger, rest) if rest else debugger.subject(out)
        if thing is None:
            raise Refused("there is nothing under the cursor")
        found = (references_out if out else references_in)(debugger.link, thing)
        return Answer(work=_listed(debugger, found, thing, "from" if out else "to"))

    return run


def _meant(debugger: Debugger, text: str) -> object:
    found = find(debugger.link, text, limit=1)
    if not found or found[0].kind == "step":
        raise Refused(f"nothing is called {text}")
    return found[0].thing


def _listed(debugger: Debugger, found: Iterator[Reference], thing: object, word: str) -> Work:
    name = thing_title(debugger.opened, thing)
    naming = debugger.opened.naming
    lines: list[CardLine] = []
    for one in found:
        if len(lines) == MOST:
            lines.append(CardLine([(f"and more: only the first {MOST:,} are listed", "dim")]))
            break
        lines.append(CardLine([(f"{one.kind:<11}", "dim"), (naming.words(one.text), "")], one.thing, 11))
        yield f"{count(len(lines), 'reference')} {word} {name}"
    if not lines:
        raise Refused(f"nothing leads {word} {name}")
    title = [(f"{count(len(lines), 'reference')} {word} ", ""), *thing_line(debugger.opened, thing)]
    return offered(debugger, title, lines)


def offered(debugger: Session[Any], title: Title, lines: Sequence[CardLine]) -> Answer:
    """The answer that shows a list to choose from."""
    debugger.picks = lines
    return Answer(title=title, picks=lines)


def arrived(why: str) -> Answer:
    """The answer to a move that leads somewhere, unless there is a reason why not; raises Refused."""
    if why:
        raise Refused(why)
    return DONE


def pick(debugger: Debugger, rest: str) -> Answer:
    """To the line of that number (from 1) of the list shown last."""
    number = number_in(rest)
    if not debugger.picks:
        raise Refused("there is no list to choose from")
    if not 1 <= number <= len(debugger.picks):
        raise Refused(f"the list has {count(len(debugger.picks), 'line')}")
    target = debugger.picks[number - 1].target
    if isinstance(target, CommandLine):
        from wasmscope.debugger.commands.table import COMMANDS

        return COMMANDS.begin(debugger, target.text)
    return arrived(debugger.follow(target))


def follow(debugger: Debugger, rest: str) -> Answer:
    """To what the thing under the cursor names; in the plain prompt what Enter does on the screen."""
    target = debugger.pane.target if debugger.pane is not None else None
    return arrived(debugger.follow(target) if target is not None else debugger.enter())


def jumps(debugger: Debugger, rest: str) -> Answer:
    """The way here, as a list to choose from."""
    places, here = debugger.cursor.way()
    lines = [
        CardLine([("▶ " if number == here else "  ", "step"), (place_title(debugger.opened, place), "")], place, 4)
        for number, place in enumerate(places)
    ]
    return offered(debugger, f"the way here: {count(len(places), 'place')}", lines)


REFERENCES: tuple[Command[Debugger], ...] = (
    Command("refs-in", "what leads to this", references(False), "[NAME]", ("x", "refs", "xrefs")),
    Command("refs-out", "what this leads to", references(True), "[NAME]", ("X",)),
    Command("follow", "to what is under the cursor", follow),
    Command("pick", "to a line of the list shown last", pick, "N"),
    Command("jumps", "the way here, to choose from", jumps, "", ("history",)),
)
