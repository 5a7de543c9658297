"""Commands that move in space: to what a name, a number or an offset means, along relocations, back and forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused, number_in
from wasmscope.debugger.cursor import LINK, VIEWS, WHY, at_thing
from wasmscope.debugger.goto import HINT, find_place
from wasmscope.debugger.session import Debugger


def goto(debugger: Debugger, rest: str) -> Answer:
    """To what `rest` names (see `debugger/goto.py`), or to checkpoint `$NAME`."""
    if not rest:
        raise Refused(f"go to what? {HINT}")
    checkpoint = debugger.checkpoints.find(rest) if rest.startswith("$") else None
    if checkpoint is not None:
        rest = f"@{checkpoint.step(debugger.steps)}"
    found = find_place(debugger.steps, debugger.place, rest)
    if isinstance(found, str):
        raise Refused(found)
    debugger.go(found, jump=True)
    return DONE


def names(debugger: Debugger, begun: str) -> list[str]:
    """Names of global symbols that begin with `begun`."""
    resolve = debugger.link.resolve
    return [name for name in resolve.by_name if name.startswith(begun)][:200] if resolve is not None else []


def relocation(by: int) -> Callable[[Debugger, str], Answer]:
    """To the relocation before or after."""

    def run(debugger: Debugger, rest: str) -> Answer:
        mention = debugger.opened.relocations.after(debugger.place.relocation, by * number_in(rest))
        if mention is None:
            raise Refused("there is no further relocation")
        debugger.go(at_thing(debugger.steps, debugger.place, mention, output=True))
        return DONE

    return run


def back(debugger: Debugger, rest: str) -> Answer:
    """Undo the last jump."""
    if not debugger.cursor.back():
        raise Refused("there is nothing to go back to")
    return DONE


def forward(debugger: Debugger, rest: str) -> Answer:
    """Redo the jump that was undone last."""
    if not debugger.cursor.forward():
        raise Refused("there is nothing to go forward to")
    return DONE


def said(debugger: Debugger, rest: str) -> Answer:
    """Show what the link said."""
    debugger.go(replace(debugger.place, thing=None, view=LINK), jump=True)
    return DONE


def view(debugger: Debugger, rest: str) -> Answer:
    """Bring a view in sight, by number (from 1) or name."""
    known = {name.lower(): position for position, name in enumerate(VIEWS)}
    position = int(rest) - 1 if rest.isdecimal() else known.get(rest.lower(), -1)
    if not 0 <= position < len(VIEWS):
        raise Refused(f"there is no view {rest}: they are {', '.join(VIEWS)}")
    if position != debugger.place.view:
        debugger.go(replace(debugger.place, view=position), jump=True)
    return DONE


def why(debugger: Debugger, rest: str) -> Answer:
    """Show view 6, about what `rest` names (a dot: the output as a whole)."""
    if rest == ".":
        debugger.go(replace(debugger.place, thing=None, symbol=None, atom=None, view=WHY), jump=True)
        return DONE
    found = find_place(debugger.steps, debugger.place, rest) if rest else debugger.place
    if isinstance(found, str):
        raise Refused(found)
    debugger.go(replace(found, view=WHY), jump=True)
    return DONE


SPACE: tuple[Command[Debugger], ...] = (
    Command("goto", "go to a name, step, offset, number", goto, "PLACE", ("g",), names),
    Command("relocation", "next relocation", relocation(1), "[N]", (")",)),
    Command("relocation-back", "previous relocation", relocation(-1), "[N]", ("(",)),
    Command("said", "what the link said, and failed checks", said, "", ("!",)),
    Command("back", "back to before the jump", back, "", ("u",)),
    Command("forward", "forward again", forward, "", ("U",)),
    Command("why", "why a thing is in the output: view 6", why, "[PLACE | .]", (), names),
    Command("view", "bring a view in sight", view, "NAME or NUMBER", (), lambda debugger, begun: VIEWS),
)
