"""Commands that follow values through time, and tell who changed them."""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.debugger.commands.command import Answer, Command, Refused
from wasmscope.debugger.commands.looking import shown
from wasmscope.debugger.commands.space import names
from wasmscope.debugger.covered import Unknown
from wasmscope.debugger.cursor import at_step
from wasmscope.debugger.here import watch_here
from wasmscope.debugger.panes.stop_rows import next_hit, value_text, writer
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.stops import Breakpoint, Watch, after, told
from wasmscope.debugger.watches import Watched, watched


def _words(debugger: Debugger, rest: str) -> str:
    text = rest or watch_here(debugger.opened, debugger.place)
    if not text:
        raise Refused("watch what? greet, greet.address, undefined, out 0x40..0x44, mem 0x1000, …")
    return text


def setter(stops: bool) -> Callable[[Debugger, str], Answer]:
    """A command that sets a watch, at whose changes a run stops or not."""

    def run(debugger: Debugger, rest: str) -> Answer:
        try:
            one = debugger.stops.add_watch(debugger.opened, _words(debugger, rest), stops)
        except Unknown as error:
            raise Refused(str(error)) from None
        return Answer(f"{one.label} {one.spec}: {_value(debugger, one)}")

    return run


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


def _followed(debugger: Debugger, text: str) -> Watched:
    """What a label or the words of a watch follow."""
    one = debugger.stops.find(text)
    if isinstance(one, Watch):
        return debugger.stops.watched(debugger.opened, one)
    try:
        return watched(debugger.opened, text)
    except Unknown as error:
        raise Refused(str(error)) from None


def writing(forward: bool) -> Callable[[Debugger, str], Answer]:
    """A command that runs to the step which next, or last, changes a value; of a breakpoint, to its next or last
    step."""

    def run(debugger: Debugger, rest: str) -> Answer:
        text = _words(debugger, rest)
        at, end = debugger.place.step, len(debugger.steps)
        one = debugger.stops.find(text)
        if isinstance(one, Breakpoint):
            step = after(debugger.stops.covered(debugger.opened, one).steps, at, forward)
        else:
            value = _followed(debugger, text)
            step = value.next_change(at, end) if forward else value.last_change(at)
        if step is None:
            does = "is on" if isinstance(one, Breakpoint) else "changes"
            raise Refused(f"no {'later' if forward else 'earlier'} step {does} {text}")
        debugger.go(at_step(debugger.steps, debugger.place, step), jump=True)
        if isinstance(one, Breakpoint):
            return Answer(f"stopped at @{step}: {one.label} {one.spec}")
        changes = ", ".join(told(*change) for change in value.changes(step))
        return Answer(f"{text}: {debugger.opened.naming.words(changes)}, by @{step}")

    return run


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
    Command("watch", "follow a value, and stop where it changes", setter(True), "[VALUE]", (), values),
    Command("display", "follow a value without stopping", setter(False), "[VALUE]", (), values),
    Command("toggle-watch", "watch this, or no longer", toggle, "[VALUE]", (), values),
    Command("watches", "the list of watches", shown("watches"), "", ("W",)),
    Command("last-writer", "back to the step that changed it", writing(False), "[VALUE or LABEL]", (), values),
    Command("next-writer", "to the next step that changes it", writing(True), "[VALUE or LABEL]", (), values),
    Command("stop", "to the step of a breakpoint or watch", go_to, "LABEL"),
    Command("changes", "everything that the last step changed", shown("changes")),
)
