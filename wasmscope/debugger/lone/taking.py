"""Taking something of a finished module along: as text, code, JSON, the command that prints it; a view as a file."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

from wasmscope.debugger.commands.command import Answer, Refused
from wasmscope.debugger.commands.taking import copy_as, save_as, written
from wasmscope.debugger.copying import MOST, as_c, as_python, as_wat, identifier
from wasmscope.debugger.export import compared, detail, panes_json, panes_text, unused
from wasmscope.debugger.lone.asking import item_of
from wasmscope.debugger.lone.listed import LONE_PANES, VIEW_PANES
from wasmscope.debugger.lone.listing import ItemListing
from wasmscope.debugger.lone.place import BYTES, ITEMS, RELOCS, VIEWS, WHY
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.explain.alone.lone_byte import address_text
from wasmscope.explain.alone.lone_why import why_there
from wasmscope.format.types import FUNCTION, FuncType
from wasmscope.report.lone_answers import why_facts


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
    module = session.opened.module
    type = module.functions[item.number - module.num_imported(FUNCTION)]
    signature = module.types[type] if type < len(module.types) else None
    return as_wat(
        session.opened.naming.of(item), signature if isinstance(signature, FuncType) else None, listing.data, lines
    )


def _json(session: LoneSession) -> str:
    lone = session.opened.lone
    return json.dumps(why_facts(lone, why_there(lone, item_of(session))), indent=2, ensure_ascii=False)


def _command(session: LoneSession) -> str:
    place, file = session.place, session.opened.module.file
    if place.view == BYTES:
        where = address_text(place.number, place.start) if place.memory else f"{place.start:#x}"
        return shlex.join(["wasmscope", "at", where, file])
    if place.view in (ITEMS, WHY) and place.item is not None:
        return shlex.join(["wasmscope", "why", f"{place.item.space}:{place.item.number}", file])
    return shlex.join(["wasmscope", "dump", file] if place.view == RELOCS else ["wasmscope", file])


LONE_FORMATS: dict[str, Callable[[LoneSession], str]] = {
    "hex": lambda session: _bytes(session).hex(" "),
    "c": lambda session: as_c(_identifier(session), _bytes(session)),
    "python": lambda session: as_python(_identifier(session), _bytes(session)),
    "wat": _wat, "json": _json, "command": _command,
    "name": lambda session: session.opened.naming.of(item_of(session)),
}  # fmt: skip
"""What can be copied, by the word for it."""


def _copied(session: LoneSession, format: str) -> str:
    if format not in LONE_FORMATS:
        raise Refused(f"in which form? {', '.join(LONE_FORMATS)}")
    return LONE_FORMATS[format](session)


def copy(session: LoneSession, rest: str) -> Answer:
    """What is looked at, as a format says, to the clipboard of the front end."""
    return copy_as(rest, lambda format: _copied(session, format))


def save(session: LoneSession, rest: str) -> Answer:
    """What is looked at, to a file that is not there yet."""
    return save_as(rest, lambda format: _copied(session, format))


def export(session: LoneSession, rest: str) -> Answer:
    """The view in sight, to a file that is not there yet."""
    format, _, path = rest.partition(" ")
    scene, name = session.scene(), VIEWS[session.place.view]
    panes = {one: LONE_PANES[one].rows(scene) for one in VIEW_PANES[session.place.view]} | detail(scene, session.row)
    if format == "text":
        what = compared(scene).get("compared", session.opened.module.file)
        text, suffix = panes_text(f"wasmscope {name} {what}", panes), "txt"
    elif format == "json":
        text, suffix = panes_json({"view": name, "file": session.opened.module.file, **compared(scene)}, panes), "json"
    elif format == "svg" and session.draw is not None:
        text, suffix = session.draw(), "svg"
    else:
        raise Refused("export as what? text, json, svg (of a screen)")
    return written(path.strip() or unused(f"wasmscope-{name.lower()}.{suffix}"), text)
