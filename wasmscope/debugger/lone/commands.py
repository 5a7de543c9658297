"""The commands of a session over a finished module: those of a link that make sense, under the same names."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from wasmscope.debugger.commands.command import DONE, Answer, Command, Commands, Refused, number_in
from wasmscope.debugger.commands.finding import FINDING
from wasmscope.debugger.commands.looking import pane_shown
from wasmscope.debugger.commands.table import COMMANDS as OF_A_LINK
from wasmscope.debugger.commands.taking import SUFFIXES, written
from wasmscope.debugger.comparing import ModuleCompared
from wasmscope.debugger.copying import MOST, as_c, as_python, identifier
from wasmscope.debugger.cursor import Byte
from wasmscope.debugger.export import panes_json, panes_text, unused
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.lone.listed import LONE_PANES, VIEW_PANES, status_lines
from wasmscope.debugger.lone.listing import ItemListing
from wasmscope.debugger.lone.place import BYTES, DIFF, ITEMS, RELOCS, VIEWS, WHY, LonePlace
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.errors import FormatError
from wasmscope.explain.lone_byte import HINT, byte_named, byte_there
from wasmscope.explain.lone_why import find_items, item_at, nearest, why_there
from wasmscope.explain.module_references import Item
from wasmscope.format.node import node_at
from wasmscope.report.lone_answers import at_facts, at_lines, why_facts

NO_STEPS = "a finished module has no steps: open its objects instead to walk through the link"
NUMBERS = {"f": "function", "func": "function"}


# --- going ----------------------------------------------------------------------------------------------------------


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
        return _at(session, session.place.start + number_in(text), session.place.memory)
    if not text.startswith("0x"):
        items = find_items(session.opened.lone, text)
        if items:
            view = session.place.view if session.place.view in (ITEMS, BYTES, WHY) else ITEMS
            return replace(session.at(items[0]), view=view)
    if text.startswith("@"):
        raise Refused(NO_STEPS)
    try:
        memory, offset = byte_named(session.opened.lone, text)
    except LookupError:
        close = nearest(session.opened.lone, text)
        raise Refused(f"nothing is called {text}" + (f": did you mean {', '.join(close)}?" if close else "")) from None
    return _at(session, offset, memory or (session.place.memory and text.startswith("0x")))


def _at(session: LoneSession, offset: int, memory: bool) -> LonePlace:
    found = session.followed(Byte(None, offset, memory))
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
        for _ in range(number_in(rest)):
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
    told = byte_there(session.opened.lone, place.start, place.memory, lines=False)
    there = told.offset if place.memory else told.address
    if there is None:
        raise Refused("the file puts nothing here" if place.memory else "this byte is not put into memory")
    session.go(_at(session, there, not place.memory), jump=True)
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


# --- asking ---------------------------------------------------------------------------------------------------------


def why(session: LoneSession, rest: str) -> Answer:
    """Show view 6, about what `rest` names."""
    place = find_place(session, rest) if rest else session.place
    session.go(replace(place, view=WHY), jump=True)
    return DONE


def at(session: LoneSession, rest: str) -> Answer:
    """The story of a byte: the one looked at, or one that is named."""
    place, lone = session.place, session.opened.lone
    try:
        memory, offset = byte_named(lone, rest) if rest else (place.memory, place.start)
        told = byte_there(lone, offset, memory)
    except LookupError as error:
        raise Refused(str(error)) from None
    return Answer("", [[(line, "")] for line in at_lines(at_facts(lone, told))], title=f"at {rest}".strip())


def references(inwards: bool) -> Callable[[LoneSession, str], Answer]:
    """What leads to the item looked at, or what it leads to, as a list to choose from."""

    def run(session: LoneSession, rest: str) -> Answer:
        item = _item(session)
        lone, of = session.opened.lone, session.opened.naming.of
        found = lone.references.to.get(item, []) if inwards else lone.references.of(item)
        picks = []
        for one in found:
            other = one.by if inwards else one.to
            name = of(other) if other is not None else "the module"
            target: object = Byte(None, one.offset) if one.offset >= 0 else other
            picks.append(CardLine([(name, "name"), (f"  {one.what}", "")], target))
        if not picks:
            raise Refused(f"nothing names {of(item)}" if inwards else f"{of(item)} names nothing")
        session.picks = picks
        return Answer(title=f"{'names' if inwards else 'named by'} {of(item)}", picks=picks)

    return run


def pick(session: LoneSession, rest: str) -> Answer:
    """To line N of the list that was shown last."""
    number = number_in(rest)
    if not 1 <= number <= len(session.picks):
        raise Refused(f"the list has {len(session.picks)} lines")
    problem = session.follow(session.picks[number - 1].target)
    if problem:
        raise Refused(problem)
    return DONE


def diff(session: LoneSession, rest: str) -> Answer:
    """Show view 5; with a file, how the module differs from the one in it."""
    if rest:
        try:
            session.comparison = ModuleCompared(rest, session.opened.module, session.opened.module.file)
        except FormatError as error:
            raise Refused(str(error)) from None
        except OSError as error:
            raise Refused(f"cannot open {rest}: {error.strerror}") from None
    session.go(replace(session.place, view=DIFF), jump=True)
    return DONE


def show(session: LoneSession, rest: str) -> Answer:
    """A pane as text."""
    return pane_shown(LONE_PANES, session.scene(), rest)


def where(session: LoneSession, rest: str) -> Answer:
    """What is looked at."""
    return Answer("", status_lines(session.scene(), ""))


def _item(session: LoneSession) -> Item:
    target = session.pane.target if session.pane is not None else None
    found = target if isinstance(target, Item) else None
    if found is None and session.place.view == BYTES and not session.place.memory:
        found = item_at(session.opened.lone, session.place.start)
    found = found or session.place.item
    if found is None:
        raise Refused("nothing is looked at")
    return found


# --- taking ---------------------------------------------------------------------------------------------------------


def _bytes(session: LoneSession) -> bytes:
    source, place = session.scene().source, session.place
    if place.end - place.start > MOST:
        raise Refused(f"these are {place.end - place.start:,} bytes: at most {MOST:,} are copied")
    return source.fetch(place.start, min(place.end, source.size))


def _identifier(session: LoneSession) -> str:
    item = session.place.item
    row = session.opened.row_of.get(item) if item is not None else None
    return identifier(session.opened.rows[row].name if row is not None else "", session.place.start)


def _wat(session: LoneSession) -> str:
    item = session.place.item
    if item is None or item.space != "function" or session.opened.bytes_of(item) is None:
        raise Refused("no function with a body is looked at")
    listing = ItemListing(session.scene(), item)
    lines = [listing.line(number) for number in range(len(listing))]
    body = [f"  {one.text}" + (f"  ;; <{one.note}>" if one.note else "") for one in lines]
    row = session.opened.rows[session.opened.row_of[item]]
    return "\n".join([f"(func ${session.opened.naming.of(item)} ;; {row.what}", *body, ")"])


def _json(session: LoneSession) -> str:
    lone = session.opened.lone
    return json.dumps(why_facts(lone, why_there(lone, _item(session))), indent=2, ensure_ascii=False)


def _command(session: LoneSession) -> str:
    place, file = session.place, session.opened.module.file
    if place.view == BYTES:
        return shlex.join(["wasmscope", "at", f"{'mem:' * place.memory}{place.start:#x}", file])
    if place.view in (ITEMS, WHY) and place.item is not None:
        return shlex.join(["wasmscope", "why", f"{place.item.space}:{place.item.number}", file])
    return shlex.join(["wasmscope", "dump", file] if place.view == RELOCS else ["wasmscope", file])


LONE_FORMATS: dict[str, Callable[[LoneSession], str]] = {
    "hex": lambda session: _bytes(session).hex(" "),
    "c": lambda session: as_c(_identifier(session), _bytes(session)),
    "python": lambda session: as_python(_identifier(session), _bytes(session)),
    "wat": _wat, "json": _json, "command": _command,
    "name": lambda session: session.opened.naming.of(_item(session)),
}  # fmt: skip
"""What can be copied, by the word for it."""


def _copied(session: LoneSession, format: str) -> str:
    if format not in LONE_FORMATS:
        raise Refused(f"copy as what? {', '.join(LONE_FORMATS)}")
    return LONE_FORMATS[format](session)


def copy(session: LoneSession, rest: str) -> Answer:
    """What is looked at, as a format says, to the clipboard of the front end."""
    format = rest or "command"
    text = _copied(session, format)
    return Answer(f"copied as {format}: {len(text):,} characters", [[(one, "")] for one in text.split("\n")],
                  copied=text)  # fmt: skip


def save(session: LoneSession, rest: str) -> Answer:
    """What is looked at, to a file that is not there yet."""
    format, _, path = rest.partition(" ")
    text = _copied(session, format)
    return written(path.strip() or unused(f"wasmscope.{SUFFIXES[format]}"), text + "\n")


def export(session: LoneSession, rest: str) -> Answer:
    """The view in sight, to a file that is not there yet."""
    format, _, path = rest.partition(" ")
    scene, name = session.scene(), VIEWS[session.place.view]
    panes = {one: LONE_PANES[one].rows(scene) for one in VIEW_PANES[session.place.view]}
    if format == "text":
        text, suffix = panes_text(f"wasmscope {name} {session.opened.module.file}", panes), "txt"
    elif format == "json":
        text, suffix = panes_json({"view": name, "file": session.opened.module.file}, panes), "json"
    elif format == "svg" and session.draw is not None:
        text, suffix = session.draw(), "svg"
    else:
        raise Refused("export as what? text, json, svg (of a screen)")
    return written(path.strip() or unused(f"wasmscope-{name.lower()}.{suffix}"), text)


# --- the table ------------------------------------------------------------------------------------------------------


def _formats(session: LoneSession, begun: str) -> Iterable[str]:
    return LONE_FORMATS


def _no_steps(session: Any, rest: str) -> Answer:
    raise Refused(NO_STEPS)


LONE: tuple[Command[LoneSession], ...] = (
    Command("goto", "go to a name, offset, address, number", goto, "PLACE", ("g",), names),
    Command("relocation", "next relocation", relocation(1), "[N]", (")",)),
    Command("relocation-back", "previous relocation", relocation(-1), "[N]", ("(",)),
    Command("field", "next field of the structure", field(1), "[N]", ("]",)),
    Command("field-back", "previous field", field(-1), "[N]", ("[",)),
    Command("other-side", "the same byte: file, memory", other_side, "", ("a", "space")),
    Command("names", "demangled names, or raw ones", naming, "[raw|demangled]", ("e",)),
    Command("back", "back to before the jump", back, "", ("u",)),
    Command("forward", "forward again", forward, "", ("U",)),
    Command("view", "bring a view in sight", view, "NAME or NUMBER", (), lambda session, begun: VIEWS),
    Command("why", "why a thing is in the module: view 6", why, "[PLACE]", (), names),
    Command("at", "the story of a byte", at, "[PLACE]", (), names),
    Command("refs-in", "what leads to this", references(True), "", ("x",)),
    Command("refs-out", "what this leads to", references(False), "", ("X",)),
    Command("pick", "go to a line of the list shown last", pick, "N"),
    Command("diff", "how the module differs from another", diff, "[FILE]"),
    Command("show", "a pane as text", show, "PANE [COUNT|all [FROM]]", ("info", "i"),
            lambda session, begun: LONE_PANES),
    Command("list", "code of the item looked at", lambda session, rest: show(session, f"code {rest}"), "[COUNT]",
            ("l",)),
    Command("where", "what is looked at", where),
    Command("copy", "copy what is looked at", copy, f"[{' | '.join(LONE_FORMATS)}]", ("y",), _formats),
    Command("save", "what is looked at, to a new file", save, "FORMAT [FILE]", (), _formats),
    Command("export", "the view, to a new file", export, "text | json | svg [FILE]"),
    *FINDING,
)  # fmt: skip


def _refused() -> Iterator[Command[LoneSession]]:
    """What only a link has, under its names, so that a key or a script hears why there is none."""
    own = {name for one in LONE for name in (one.name, *one.aliases)}
    for one in OF_A_LINK.all:
        if one.name not in own:
            aliases = tuple(name for name in one.aliases if name not in own)
            yield Command(one.name, "of a link only", _no_steps, "", aliases)


LONE_COMMANDS: Commands[LoneSession] = Commands((*LONE, *_refused()))
