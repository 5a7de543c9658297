"""Commands that move in time."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger import walk
from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, Work, times_in
from wasmscope.debugger.commands.references import MOST, offered
from wasmscope.debugger.commands.stopping import ENDS
from wasmscope.debugger.cursor import at_step
from wasmscope.debugger.filters import BadFilter, Filter, parse
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.panes.thing_card import Moment
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.step_table import StepTable
from wasmscope.explain.naming import count


def when(debugger: Debugger, rest: str) -> Answer:
    """Where in time the reader is: rr's word."""
    step = debugger.steps[debugger.place.step]
    return Answer(f"@{step.number} of {len(debugger.steps)}, {step.phase}: {debugger.opened.naming.words(step.text)}")


def mover(move: walk.Move, forward: bool) -> Callable[[Debugger, str], Answer]:
    """A command that moves the cursor as `move` says, as often as the rest of its line (none: once) has it."""

    def run(debugger: Debugger, rest: str) -> Answer:
        place = debugger.place
        number = place.step
        for _ in range(times_in(rest)):
            was, number = number, move(debugger.steps, number, forward)
            if was == number:
                break
        if number == place.step:
            raise Refused(ENDS[forward])
        debugger.go(at_step(debugger.steps, place, number))
        return DONE

    return run


def steps(debugger: Debugger, rest: str) -> Answer:
    """The steps that a filter lets through, as a list to choose from (see `debugger/filters.py`)."""
    table = StepTable(debugger.opened)
    try:
        chosen = parse(rest, table.fields)
    except BadFilter as error:
        raise Refused(str(error)) from None
    return Answer(work=_filtered(debugger, table, chosen))


def _filtered(debugger: Debugger, table: StepTable, chosen: Filter) -> Work:
    scene, words = debugger.scene(), debugger.opened.naming.words
    lines: list[CardLine] = []
    for rows, seen in chosen.sifted(scene, table):
        for number in map(table.thing, rows[: MOST - len(lines)]):
            step = debugger.steps[number]
            lead = "▶" if number == scene.place.step else " "
            spans = [(f"{lead}@{number:<7}", "number"), (f"{step.phase:<9}", "dim"), (words(step.text), "")]
            lines.append(CardLine(spans, Moment(number), 18))
        if len(lines) == MOST:
            break
        yield f"filtering the steps: {100 * seen // max(1, len(table))} %"
    if not lines:
        raise Refused(f"no step holds {chosen.text}")
    more = f", the first {MOST:,} only" if len(lines) == MOST else ""
    return offered(debugger, f"{count(len(lines), 'step')}: {chosen.text}{more}", lines)


def _step_fields(debugger: Debugger, begun: str) -> list[str]:
    return [f"{name}:" for name in StepTable.fields]


TIME: tuple[Command[Debugger], ...] = (
    Command("step", "one step forward", mover(walk.step, True), "[N]", ("s",)),
    Command("step-back", "one step back", mover(walk.step, False), "[N]", ("S", "reverse-step", "rs")),
    Command("next", "over the object: file, chain, atom", mover(walk.over, True), "[N]", ("n",)),
    Command("next-back", "back over the object", mover(walk.over, False), "[N]", ("N", "reverse-next", "rn")),
    Command("finish", "to the end of the phase", mover(walk.finish, True), "[N]", ("f",)),
    Command("finish-back", "to the start of the phase", mover(walk.finish, False), "[N]", ("F", "reverse-finish")),
    Command("phase", "to the first step of the next phase", mover(walk.first_of_phase, True), "[N]", ("}",)),
    Command("phase-back", "to the first step of the phase before", mover(walk.first_of_phase, False), "[N]", ("{",)),
    Command("steps", "the steps that hold: phase:mark name:gr* kind:define", steps, "FILTER", (), _step_fields),
    Command("when", "where in time this is", when),
)
