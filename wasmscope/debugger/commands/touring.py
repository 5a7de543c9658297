"""The command that walks along the tour."""

from __future__ import annotations

from wasmscope.debugger.commands.command import Answer, Command, Refused
from wasmscope.debugger.lines import Line
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.tour import STOPS, Tour


def tour(debugger: Debugger, rest: str) -> Answer:
    """To the next stop (or the one before, the first, a number); `leave` ends the tour."""
    if rest == "leave":
        debugger.tour = None
        return Answer("the tour is over; tour begins it again")
    known = debugger.tour
    if rest in ("", "next"):
        goal = known.moved(1) if known is not None else Tour()
        if goal == known:
            raise Refused("that was the last stop; tour leave ends the tour")
    elif rest == "back" and known is not None:
        goal = known.moved(-1)
    elif rest.isdecimal() and 0 < int(rest) <= len(STOPS):
        goal = Tour(int(rest) - 1)
    else:
        raise Refused(f"tour next, back, leave, or a number up to {len(STOPS)}")
    return arrive(debugger, goal)


def arrive(debugger: Debugger, goal: Tour) -> Answer:
    """Go to a stop, by its commands. Raises Refused when another link than the tour's is looked at."""
    from wasmscope.debugger.commands.table import COMMANDS

    if not debugger.tours:
        raise Refused("the tour is a walk through samples/hello: wasmscope --tour opens it")
    debugger.tour = goal
    for line in goal.stop.lines:
        COMMANDS.run(debugger, line)
    return Answer(lines=tour_lines(goal), again="tour")


def tour_lines(goal: Tour) -> list[Line]:
    """What is said at a stop."""
    return [[(goal.title, "strong")], [(goal.stop.text(), "")]]


TOURING: tuple[Command[Debugger], ...] = (
    Command("tour", "along the tour of wasmscope --tour", tour, "[next | back | leave | N]", (),
            lambda debugger, begun: ("next", "back", "leave")),
)  # fmt: skip
