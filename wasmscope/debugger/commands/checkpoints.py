"""Commands about checkpoints: moments with a name."""

from __future__ import annotations

from wasmscope.debugger.commands.command import Answer, Command, Refused
from wasmscope.debugger.commands.looking import shown
from wasmscope.debugger.cursor import at_step
from wasmscope.debugger.session import Debugger


def checkpoint(debugger: Debugger, rest: str) -> Answer:
    """Remember this moment, by a name or a number."""
    made = debugger.checkpoints.add(debugger.steps, debugger.place.step, rest)
    return Answer(f"checkpoint {made.label} at @{debugger.place.step}: restart {made.label} comes back")


def restart(debugger: Debugger, rest: str) -> Answer:
    """Back to a checkpoint, by name or number; without one to the start."""
    if not rest:
        debugger.go(at_step(debugger.steps, debugger.place, 0), jump=True)
        return Answer()
    found = debugger.checkpoints.find(rest)
    if found is None:
        raise Refused(f"there is no checkpoint {rest}")
    debugger.go(at_step(debugger.steps, debugger.place, found.step(debugger.steps)), jump=True)
    return Answer(f"checkpoint {found.label}")


def labels(debugger: Debugger, begun: str) -> list[str]:
    """Names that begin with `begun`."""
    return [one.label for one in debugger.checkpoints.all if one.label.startswith(begun)]


CHECKPOINTS: tuple[Command[Debugger], ...] = (
    Command("checkpoint", "remember this moment by a name", checkpoint, "[NAME]"),
    Command("checkpoints", "the list of checkpoints", shown("checkpoints")),
    Command("restart", "back to a checkpoint, or to the start", restart, "[NAME]", (), labels),
)
