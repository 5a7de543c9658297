"""Commands that follow values through time, and tell who changed them."""

from __future__ import annotations

from collections.abc import Callable, Generator

from wasmscope.debugger.aside import aside
from wasmscope.debugger.commands.command import Answer, Command, Refused, Work
from wasmscope.debugger.commands.looking import shown
from wasmscope.debugger.commands.space import names
from wasmscope.debugger.commands.stopping import still
from wasmscope.debugger.covered import Unknown
from wasmscope.debugger.cursor import Place, at_bytes, at_step
from wasmscope.debugger.here import watch_here
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.stop_rows import next_hit, value_text, writer
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.stops import Breakpoint, Watch, after, told
from wasmscope.debugger.watches import GRAMMAR, Watched, is_value, watched, worded


def _words(debugger: Debugger, rest: str) -> str:
    text = rest or watch_here(debugger.opened, debugger.place)
    if not text:
        raise Refused("watch what? greet, greet.address, undefined, out 0x40..0x44, mem 0x1000, …")
    return worded(text)


def setter(stops: bool) -> Callable[[Debugger, str], Answer]:
    """A command that sets a watch, at whose changes a run stops or not."""
    return lambda debugger, rest: Answer(work=_setting(debugger, _words(debugger, rest), stops))


def _setting(debugger: Debugger, text: str, stops: bool) -> Work:
    opened = debugger.opened
    meant = yield from _looked_up(opened, text)
    still(debugger, opened)
    one = debugger.stops.set_watch(opened, text, meant, stops)
    return Answer(f"{one.label} {one.spec}: {_value(debugger, one)}")


def _looked_up(opened: Opened, text: str) -> Generator[str, None, Watched]:
    try:
        return (yield from aside(f"looking for {text}", lambda: watched(opened, text), len(opened.steps)))
    except Unknown as error:
        raise Refused(str(error)) from None


def _value(debugger: Debugger, one: Watch) -> str:
    value = debugger.stops.watched(debugger.opened, one)
    return debugger.opened.naming.words(value_text(value.read, debugger.place.step))


def toggle(debugger: Debugger, rest: str) -> Answer:
    """Watch what `rest` names or what is looked at; or no longer, if it is watched."""
    text = _words(debugger, rest)
    known = next((one for one in debugger.stops.watches if one.spec == text), None)
    if known is None:
        return setter(True)(debugger, text)
    debugger.stops.remove(known)
    return Answer(f"{known.label} {known.spec} is gone")


def writing(forward: bool) -> Callable[[Debugger, str], Answer]:
    """A command that runs to the step which next, or last, changes a value; of a breakpoint, to its next or last
    step."""

    def run(debugger: Debugger, rest: str) -> Answer:
        text = _words(debugger, rest)
        one = debugger.stops.find(text)
        if not isinstance(one, Breakpoint):
            return Answer(work=_to_change(debugger, text, one, forward, stay=not rest and is_value(text)))
        step = after(debugger.stops.covered(debugger.opened, one).steps, debugger.place.step, forward)
        _go(debugger, step, f"no {'later' if forward else 'earlier'} step is on {text}")
        return Answer(f"stopped at @{step}: {one.label} {one.spec}")

    return run


def _to_change(debugger: Debugger, text: str, one: Watch | None, forward: bool, stay: bool) -> Work:
    """`stay`: bytes are what is looked at, and are so still, whatever the step is about."""
    opened, place = debugger.opened, debugger.place
    at = place.step
    value = debugger.stops.watched(opened, one) if one is not None else (yield from _looked_up(opened, text))
    find = (lambda: value.next_change(at, len(opened.steps))) if forward else (lambda: value.last_change(at))
    step = yield from aside("looking back" if not forward else "looking ahead", find, len(value.steps))
    still(debugger, opened)
    step = _go(debugger, step, f"no {'later' if forward else 'earlier'} step changes {text}", place if stay else None)
    changes = ", ".join(told(*change) for change in value.changes(step))
    return Answer(f"{text}: {opened.naming.words(changes)}, by @{step}")


def _go(debugger: Debugger, step: int | None, why_not: str, bytes_of: Place | None = None) -> int:
    """To a step and what it is about; `bytes_of`: but with the bytes of that place."""
    if step is None:
        raise Refused(why_not)
    there = at_step(debugger.steps, debugger.place, step)
    if bytes_of is not None:
        there = at_bytes(there, bytes_of.file, bytes_of.start, bytes_of.end, bytes_of.memory)
    debugger.go(there, jump=True)
    return step


def go_to(debugger: Debugger, rest: str) -> Answer:
    """To the step that last changed a watch, or to the next one that a breakpoint is on."""
    one = debugger.stops.find(rest)
    if one is None:
        raise Refused(f"there is no {rest}; breakpoints and watches list what there is")
    scene = debugger.scene()
    step = writer(scene, one) if isinstance(one, Watch) else next_hit(scene, one)
    if not step:
        raise Refused(f"nothing has changed {one.spec} yet" if isinstance(one, Watch) else f"{one.spec} is nowhere")
    debugger.go(at_step(debugger.steps, debugger.place, step), jump=True)
    return Answer(f"{one.label} {one.spec}")


def values(debugger: Debugger, begun: str) -> list[str]:
    """What can be watched."""
    words = ("undefined", "symbols", "chain:code", "out ", "mem ")
    return [word for word in words if word.startswith(begun)] + names(debugger, begun)


WATCHING: tuple[Command[Debugger], ...] = (
    Command("watch", "follow a value, and stop where it changes", setter(True), "[VALUE]", (), values, GRAMMAR),
    Command("display", "follow a value without stopping", setter(False), "[VALUE]", (), values, GRAMMAR),
    Command("toggle-watch", "watch this, or no longer", toggle, "[VALUE]", (), values, GRAMMAR),
    Command("watches", "the list of watches", shown("watches"), "", ("W",)),
    Command("last-writer", "back to the step that changed it", writing(False), "[VALUE or LABEL]", (), values),
    Command("next-writer", "to the next step that changes it", writing(True), "[VALUE or LABEL]", (), values),
    Command("stop", "to the step of a breakpoint or watch", go_to, "LABEL"),
    Command("changes", "everything that the last step changed", shown("changes")),
)
