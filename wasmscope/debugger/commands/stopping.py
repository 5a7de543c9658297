"""Commands that set, list and take away breakpoints, and those that run to them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from wasmscope.debugger.aside import aside
from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, Work, times_in
from wasmscope.debugger.commands.looking import shown
from wasmscope.debugger.commands.space import names
from wasmscope.debugger.covered import GRAMMAR, KINDS, Unknown, looked_up, spelled
from wasmscope.debugger.cursor import at_step
from wasmscope.debugger.here import break_here
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.stops import Breakpoint, Halt, Watch
from wasmscope.link.model import PHASES

ENDS = ("nothing has happened yet: step goes forward", "this is the end of the link: step-back goes back")
KINDS_OF_STOP = ("breakpoint", "breakpoints", "watch", "watchpoint", "watchpoints", "display")
"""Words that gdb wants before a number."""
PASSED = ("no stop on the way back to the start", "no stop on the way to the end")


# --- running ----------------------------------------------------------------------------------------------------


def runner(forward: bool) -> Callable[[Debugger, str], Answer]:
    """A command that runs to the next stop (as often as the rest of the line), or to the end."""

    def run(debugger: Debugger, rest: str) -> Answer:
        return Answer(work=_running(debugger, times_in(rest), forward))

    return run


def _running(debugger: Debugger, times: int, forward: bool) -> Work:
    opened, stops, place = debugger.opened, debugger.stops, debugger.place

    def find() -> tuple[int, Halt | None]:
        at, halt = place.step, None
        for _ in range(times):
            halt = stops.next_halt(opened, at, forward)
            at = halt.step if halt is not None else len(opened.steps) if forward else 0
            if halt is None:
                break
        return at, halt

    at, halt = yield from aside("running", find, len(opened.steps) if stops.all else 0)
    still(debugger, opened)
    return arrive(debugger, at, halt, forward)


def still(debugger: Debugger, opened: Opened) -> None:
    """Raise Refused when `opened`, in which something was found, is not looked at any more."""
    if debugger.opened is not opened:
        raise Refused("the link is another by now: ask again")


def arrive(debugger: Debugger, at: int, halt: Halt | None, forward: bool) -> Answer:
    """Go to step `at`, where a run ended, and say what stopped it; Refused when it has not moved."""
    if at == debugger.place.step:
        raise Refused(ENDS[forward])
    debugger.go(at_step(debugger.steps, debugger.place, at))
    unknown = "; checks are still being made" if debugger.stops.waits(debugger.steps) else ""
    if halt is None:
        return Answer(PASSED[forward] + unknown) if debugger.stops.all or unknown else DONE
    reached = debugger.stops.breaks_at(debugger.opened, at)
    for one in [one for one in reached if one.once and one.enabled]:
        debugger.stops.remove(one)
    told = [debugger.opened.naming.words(one) for one in halt.reasons if one not in ("error", "warning", "note")]
    return Answer(f"stopped at @{at}: {', '.join(told)}{unknown}") if told else DONE


def advance(debugger: Debugger, rest: str) -> Answer:
    """Run to what `rest` names, or to another stop before it."""
    if not rest:
        raise Refused("advance to what? A symbol, phase, relocation, …")
    return Answer(work=_advancing(debugger, rest))


def _advancing(debugger: Debugger, text: str) -> Work:
    yield from _set(debugger, text, once=True)
    try:
        return (yield from _running(debugger, 1, forward=True))
    finally:
        debugger.stops.breakpoints = [one for one in debugger.stops.breakpoints if not one.once]


# --- setting ----------------------------------------------------------------------------------------------------


def _set(debugger: Debugger, text: str, once: bool) -> Generator[str, None, Breakpoint]:
    opened = debugger.opened
    try:
        spec, meant = yield from aside(f"looking for {text}", lambda: looked_up(opened.steps, text), len(opened.steps))
    except Unknown as error:
        raise Refused(str(error)) from None
    still(debugger, opened)
    return debugger.stops.set_break(opened, spec, meant, once)


def setter(once: bool) -> Callable[[Debugger, str], Answer]:
    """A command that sets a breakpoint, which stays or goes when it is reached."""
    return lambda debugger, rest: Answer(work=_setting(debugger, rest or _here(debugger), once))


def _here(debugger: Debugger) -> str:
    return break_here(debugger.opened, debugger.place)


def _setting(debugger: Debugger, text: str, once: bool) -> Work:
    one = yield from _set(debugger, text, once)
    return Answer(f"{one.label} {debugger.opened.naming.words(one.spec)}: {hits(debugger, one)}")


def hits(debugger: Debugger, one: Breakpoint) -> str:
    """How often a breakpoint stops a run, in words."""
    number = len(debugger.stops.covered(debugger.opened, one).steps)
    return "stops nowhere in this link" if not number else f"stops at {number:,} step{'s' * (number != 1)}"


def toggle(debugger: Debugger, rest: str) -> Answer:
    """Set a breakpoint on what `rest` names or on what is looked at; or take it away, if there is one."""
    try:
        spec = spelled(debugger.steps, rest or _here(debugger))
    except Unknown as error:
        raise Refused(str(error)) from None
    known = next((one for one in debugger.stops.breakpoints if one.spec == spec), None)
    if known is None:
        return setter(False)(debugger, spec)
    debugger.stops.remove(known)
    return Answer(f"{known.label} {known.spec} is gone")


def labelled(debugger: Debugger, rest: str) -> Iterator[Breakpoint | Watch]:
    """The breakpoints and watches that `rest` names: b1, w2, a number; all of them if it names none.

    Raises Refused when it comes to a name that none has.
    """
    words = rest.replace(",", " ").split()
    if not words:
        yield from debugger.stops.all
    for word in words:
        found = debugger.stops.find(word)
        if found is None:
            raise Refused(f"there is no {word}; breakpoints lists what there is")
        yield found


def delete(debugger: Debugger, rest: str) -> Answer:
    """Take breakpoints and watches away; `delete checkpoint NAME` a checkpoint."""
    kind, _, name = rest.partition(" ")
    if kind in ("checkpoint", "checkpoints"):
        found = debugger.checkpoints.find(name)
        if found is None:
            raise Refused(f"there is no checkpoint {name}")
        debugger.checkpoints.remove(found)
        return Answer(f"checkpoint {found.label} is gone")
    gone = list(labelled(debugger, name if kind in KINDS_OF_STOP else rest))
    for one in gone:
        debugger.stops.remove(one)
    return Answer(f"{', '.join(one.label for one in gone)} gone" if gone else "there was nothing to delete")


def enabler(on: bool) -> Callable[[Debugger, str], Answer]:
    """A command that lets breakpoints and watches stop a run, or keeps them from it; also "checks"."""

    def run(debugger: Debugger, rest: str) -> Answer:
        words = rest.split()
        if "checks" in words:
            debugger.stops.checks = on
            words.remove("checks")
            if not words:
                return Answer(f"failed checks {'stop' if on else 'do not stop'} a run")
        found = list(labelled(debugger, " ".join(words)))
        for one in found:
            one.enabled = on
        return Answer(f"{', '.join(one.label for one in found)} {'enabled' if on else 'disabled'}")

    return run


def flip(debugger: Debugger, rest: str) -> Answer:
    """Enable what is disabled, disable what is enabled."""
    for one in labelled(debugger, rest):
        one.enabled = not one.enabled
    return DONE


def labels(debugger: Debugger, begun: str) -> list[str]:
    """Labels that begin with `begun`."""
    known = [one.label for one in debugger.stops.all]
    return [one for one in known if one.startswith(begun.rpartition(" ")[2])]


def places(debugger: Debugger, begun: str) -> list[str]:
    """What a breakpoint can be on."""
    words = [*(f"{kind} " for kind in KINDS if kind != "thing"), *PHASES]
    return [word for word in words if word.startswith(begun)] + names(debugger, begun)


STOPPING: tuple[Command[Debugger], ...] = (
    Command("continue", "to the next stop, or the end", runner(True), "[N]", ("c", "run", "r")),
    Command("continue-back", "back to a stop, or the start", runner(False), "[N]", ("C", "reverse-continue", "rc")),
    Command("advance", "run to a place", advance, "PLACE", ("until",), places, GRAMMAR),
    Command("break", "stop there: a symbol, phase, …", setter(False), "[PLACE]", ("b",), places, GRAMMAR),
    Command("tbreak", "stop there once", setter(True), "[PLACE]", ("tb",), places, GRAMMAR),
    Command("toggle-break", "a breakpoint here, or none", toggle, "[PLACE]", (), places, GRAMMAR),
    Command("delete", "take breakpoints and watches away", delete, "[LABEL]...", ("d", "undisplay"), labels),
    Command("enable", "let them stop a run", enabler(True), "[LABEL]...", (), labels),
    Command("disable", "keep them, but do not stop", enabler(False), "[LABEL]...", (), labels),
    Command("toggle", "enable or disable them", flip, "[LABEL]...", (), labels),
    Command("breakpoints", "the list of breakpoints", shown("breakpoints"), "", ("B",)),
)
