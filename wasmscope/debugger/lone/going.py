"""Moving through a finished module: to names, offsets and addresses, along its parts, back and forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wasmscope.debugger.commands.command import DONE, Answer, Refused, number_in, times_in
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.lone.place import BYTES, ITEMS, RELOCS, VIEWS, WHY, LonePlace
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.explain.alone.lone_byte import HINT, IN_MEMORY, byte_named, byte_there
from wasmscope.explain.alone.lone_why import find_items, nearest
from wasmscope.format.node import node_at

NO_STEPS = "a finished module has no steps: open its objects instead to walk through the link"


def find_place(session: LoneSession, text: str) -> LonePlace:
    """The place that `text` names. Raises Refused."""
    text = text.strip()
    kind, number = text[:1], text[1:]
    if number.isdecimal() and kind == "f":
        text = f"func:{number}"
    if number.isdecimal() and kind == "r":
        if int(number) >= len(session.opened.lone.relocations):
            raise Refused(f"there is no relocation {number}: {len(session.opened.lone.relocations):,} were kept")
        return replace(session.at_relocation(int(number)), view=RELOCS)
    if text in ("top", "end"):
        return session.at_byte(0 if text == "top" else len(session.opened.module.data) - 1)
    if text[:1] in ("+", "-") and text[1:]:
        return _at(session, session.place.start + number_in(text), session.place.space)
    if not text.startswith("0x"):
        items = find_items(session.opened.lone, text)
        if items:
            view = session.place.view if session.place.view in (ITEMS, BYTES, WHY) else ITEMS
            return replace(session.at(items[0]), view=view)
    if text.startswith("@"):
        raise Refused(NO_STEPS)
    try:
        memory, offset = byte_named(session.opened.lone, text)
    except LookupError as error:
        if IN_MEMORY.fullmatch(text.partition(":")[0]):
            raise Refused(str(error)) from None
        close = nearest(session.opened.lone, text)
        raise Refused(f"nothing is called {text}" + (f": did you mean {', '.join(close)}?" if close else "")) from None
    return _at(session, offset, session.place.space if memory is None and text.startswith("0x") else memory)


def _at(session: LoneSession, offset: int, memory: int | None) -> LonePlace:
    found = session.followed(Byte(None, offset, memory is not None, memory or 0))
    if isinstance(found, str):
        raise Refused(found)
    return found


def goto(session: LoneSession, rest: str) -> Answer:
    """To what `rest` names."""
    if not rest:
        raise Refused(f"go to what? a name, func:N, slot:N, {HINT}")
    session.go(find_place(session, rest), jump=True)
    return DONE


def names(session: LoneSession, begun: str) -> list[str]:
    """Names that begin with `begun`."""
    found = (name for space in session.opened.lone.side.names.values() for name in space.values())
    return [name for name in found if name.startswith(begun)][:200]


def relocation(by: int) -> Callable[[LoneSession, str], Answer]:
    """To the relocation before or after."""

    def run(session: LoneSession, rest: str) -> Answer:
        row, total = session.place.relocation + by * number_in(rest), len(session.opened.lone.relocations)
        if not 0 <= row < total:
            raise Refused("there is no further relocation" if total else "no relocation was kept")
        session.go(session.at_relocation(row))
        return DONE

    return run


def field(by: int) -> Callable[[LoneSession, str], Answer]:
    """To the field before or after the one at the cursor."""

    def run(session: LoneSession, rest: str) -> Answer:
        source, offset = session.scene().source, session.place.start
        end = offset + 1
        for _ in range(times_in(rest)):
            path = node_at(source.tree, offset)[1:]
            target = (path[-1].end if by > 0 else path[-1].start - 1) if path else offset + by
            if not 0 <= target < source.size:
                raise Refused("there is no further field")
            path = node_at(source.tree, target)[1:]
            offset, end = (path[-1].start, path[-1].end) if path else (target, target + 1)
        session.go(replace(session.at_byte(offset, end, source.memory), view=BYTES))
        return DONE

    return run


def other_side(session: LoneSession, rest: str) -> Answer:
    """The same byte in the file, or in memory."""
    place = session.place
    told = byte_there(session.opened.lone, place.start, place.space, lines=False)
    there = told.offset if place.memory else told.address
    if there is None:
        raise Refused("the file puts nothing here" if place.memory else "this byte is not put into memory")
    session.go(_at(session, there, None if place.memory else told.memory), jump=True)
    return DONE


def naming(session: LoneSession, rest: str) -> Answer:
    """Show names demangled or as they are in the file."""
    known = {"": not session.opened.naming.raw, "raw": True, "demangled": False}
    if rest not in known:
        raise Refused("names are raw or demangled")
    session.show_names(raw=known[rest])
    return Answer("names as they are in the file" if known[rest] else "names demangled")


def back(session: LoneSession, rest: str) -> Answer:
    """Undo the last jump."""
    if not session.cursor.back():
        raise Refused("there is nothing to go back to")
    return DONE


def forward(session: LoneSession, rest: str) -> Answer:
    """Redo the jump that was undone last."""
    if not session.cursor.forward():
        raise Refused("there is nothing to go forward to")
    return DONE


def view(session: LoneSession, rest: str) -> Answer:
    """Bring a view in sight, by number (from 1) or name."""
    known = {name.lower(): position for position, name in enumerate(VIEWS)}
    position = int(rest) - 1 if rest.isdecimal() else known.get(rest.lower(), -1)
    if not 0 <= position < len(VIEWS):
        raise Refused(f"there is no view {rest}: they are {', '.join(VIEWS)}")
    if position != session.place.view:
        session.go(replace(session.place, view=position), jump=True)
    return DONE
