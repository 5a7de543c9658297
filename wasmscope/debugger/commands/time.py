"""Commands that move in time."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger import walk
from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, number_in
from wasmscope.debugger.commands.stopping import ENDS
from wasmscope.debugger.cursor import at_step
from wasmscope.debugger.session import Debugger


def when(debugger: Debugger, rest: str) -> Answer:
    """Where in time the reader is: rr's word."""
    step = debugger.steps[debugger.place.step]
    return Answer(f"@{step.number} of {len(debugger.steps)}, {step.phase}: {debugger.opened.naming.words(step.text)}")


def mover(move: walk.Move, forward: bool) -> Callable[[Debugger, str], Answer]:
    """A command that moves the cursor as `move` says, as often as the rest of the line."""

    def run(debugger: Debugger, rest: str) -> Answer:
        place = debugger.place
        number = place.step
        for _ in range(number_in(rest)):
            was, number = number, move(debugger.steps, number, forward)
            if was == number:
                break
        if number == place.step:
            raise Refused(ENDS[forward])
        debugger.go(at_step(debugger.steps, place, number))
        return DONE

    return run


TIME: tuple[Command[Debugger], ...] = (
    Command("step", "one step forward", mover(walk.step, True), "[N]", ("s",)),
    Command("step-back", "one step back", mover(walk.step, False), "[N]", ("S", "reverse-step", "rs")),
    Command("next", "over the object: file, chain, atom", mover(walk.over, True), "[N]", ("n",)),
    Command("next-back", "back over the object", mover(walk.over, False), "[N]", ("N", "reverse-next", "rn")),
    Command("finish", "to the end of the phase", mover(walk.finish, True), "[N]", ("f",)),
    Command("finish-back", "to the start of the phase", mover(walk.finish, False), "[N]", ("F", "reverse-finish")),
    Command("phase", "to the first step of the next phase", mover(walk.first_of_phase, True), "[N]", ("}",)),
    Command("phase-back", "to the first step of the phase before", mover(walk.first_of_phase, False), "[N]", ("{",)),
    Command("when", "where in time this is", when),
)
