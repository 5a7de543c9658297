"""A session on disk: place, marks, notes, watches, breakpoints, checkpoints come back when the same inputs are opened.

Everything is bound by name (a file, a symbol, a phase's row and what it is about), so that a build in between loses
nothing that is still there. One JSON file for each set of inputs, under `$XDG_STATE_HOME/wasmscope`; it is written
whole or not at all, while the session lasts: a program that is killed loses seconds of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wasmscope.debugger import named
from wasmscope.debugger.checkpoints import Checkpoint, Checkpoints
from wasmscope.debugger.cursor import VIEWS, Place, at_bytes, at_step, at_thing
from wasmscope.debugger.named import Mark, Named
from wasmscope.debugger.reader import Session
from wasmscope.debugger.session import Debugger
from wasmscope.explain.find import find
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.steps import Steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import PHASES, Atom, ObjectFile, Symbol

VERSION = 2
LISTS = {"breakpoints": "spec", "watches": "spec", "marks": "letter", "notes": "thing", "checkpoints": "label"}
"""What is kept as a list, and the fact that tells one in it from another."""
THINGS: dict[str, type] = {"thing": object, "symbol": Symbol, "atom": Atom, "relocation": Mention}
"""The fields of a place that are kept by name, and what each holds."""
Facts = dict[str, Any]


def state_folder() -> Path:
    """Where sessions are kept (XDG Base Directory Specification: the user's state)."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(home) / "wasmscope"


def path_of(inputs: Sequence[str]) -> Path:
    """The file of the session over these inputs: their absolute paths, in order, make its name."""
    key = "\0".join(os.path.abspath(one) for one in inputs)
    return state_folder() / f"{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}.json"


# --- to facts -----------------------------------------------------------------------------------------------------


def facts_of(debugger: Debugger) -> Facts:
    """What is kept of a session; no place while no link has worked."""
    stops, worked = debugger.stops, debugger.worked
    return {
        "version": VERSION,
        "inputs": [os.path.abspath(one.name) for one in debugger.question.options.inputs],
        **({"place": _place(*worked)} if worked is not None else {}),
        "breakpoints": [{"spec": one.spec, "enabled": one.enabled} for one in stops.breakpoints if not one.once],
        "watches": [{"spec": one.spec, "enabled": one.enabled} for one in stops.watches],
        "checks": stops.checks,
        **facts_of_marks(debugger),
        "checkpoints": [
            {"label": one.label, "phase": one.phase, "row": one.row, "name": one.name}
            for one in debugger.checkpoints.all
        ],
    }


def facts_of_marks(session: Session[Any]) -> Facts:
    """What is kept of marks and notes."""
    return {
        "marks": [{"letter": letter, **facts_of_mark(one)} for letter, one in session.marks.marks.items()],
        "notes": [{"thing": list(name), "text": text} for name, text in session.marks.notes.items()],
    }


def facts_of_mark(one: Mark) -> Facts:
    """What is kept of a mark but for its letter."""
    return {"thing": list(one.thing), "view": one.view, "step": one.step, "space": one.space}


def mark_of(facts: Facts, views: Sequence[str]) -> Mark | None:
    """A mark as it was kept, by the names of the session's views; None if it is not understood."""
    thing, step, view = name_of(facts.get("thing")), facts.get("step"), facts.get("view")
    if thing is None or not isinstance(step, int) or view not in views:
        return None
    return Mark(thing, str(view), step, str(facts.get("space", "")))


def _place(steps: Steps, place: Place) -> Facts:
    made: Facts = {"view": VIEWS[place.view], "end": place.step == len(steps)}
    moment = Checkpoints().add(steps, place.step)
    made["moment"] = {"phase": moment.phase, "row": moment.row, "name": moment.name}
    things = {field: getattr(place, field) for field in THINGS}
    names = {field: named.name_of(steps, thing) for field, thing in things.items()}
    made["things"] = {
        field: list(name) if name is not None else None for field, name in names.items() if name or not things[field]
    }
    made["file"] = place.file.name if place.file is not None else None
    made["bytes"] = [place.start, place.end]
    made["memory"] = place.memory
    return made


# --- and back -----------------------------------------------------------------------------------------------------


def restore(debugger: Debugger, facts: Facts) -> None:
    """Bring back what was kept; what is not there any more, or is not understood, stays away."""
    stops = debugger.stops
    breaks, watches = (
        [(str(one["spec"]), bool(one.get("enabled", True))) for one in _dicts(facts, key) if one.get("spec")]
        for key in ("breakpoints", "watches")
    )
    stops.restore(breaks, watches)
    stops.checks = bool(facts.get("checks", True))
    for number, one in enumerate(_dicts(facts, "checkpoints"), 1):
        if isinstance(one.get("row"), int) and "label" in one and one.get("phase") in PHASES:
            made = Checkpoint(number, str(one["label"]), str(one["phase"]), one["row"], str(one.get("name", "")))
            debugger.checkpoints.all.append(made)
    restore_marks(debugger, facts, VIEWS)
    place = facts.get("place")
    if isinstance(place, dict) and debugger.steps.failures:  # the error is what matters
        debugger.left = lambda: _kept(debugger, place)
    elif isinstance(place, dict):
        debugger.go(_kept(debugger, place))


def restore_marks(session: Session[Any], facts: Facts, views: Sequence[str]) -> None:
    """Bring back marks and notes."""
    for one in _dicts(facts, "marks"):
        mark, letter = mark_of(one, views), one.get("letter")
        if mark is not None and isinstance(letter, str):
            session.marks.marks[letter] = mark
    for one in _dicts(facts, "notes"):
        thing = name_of(one.get("thing"))
        if thing is not None and isinstance(one.get("text"), str):
            session.marks.notes[thing] = one["text"]


def name_of(facts: object) -> Named | None:
    """A name as it was kept: kind, file, name, offset, number."""
    if isinstance(facts, list) and len(facts) == 5 and isinstance(facts[3], int) and isinstance(facts[4], int):
        return Named(str(facts[0]), str(facts[1]), str(facts[2]), facts[3], facts[4])
    return None


def _dicts(facts: Facts, key: str) -> list[Facts]:
    found = facts.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _kept(debugger: Debugger, facts: Facts) -> Place:
    steps, moment = debugger.steps, facts.get("moment", {})
    step = len(steps)
    if not facts.get("end") and isinstance(moment, dict) and isinstance(moment.get("row"), int):
        if moment.get("phase") in PHASES:
            step = Checkpoint(0, "", moment["phase"], moment["row"], str(moment.get("name"))).step(steps)
    place = at_step(steps, debugger.place, step)
    things = facts.get("things")
    if isinstance(things, dict):
        place = _at_things(steps, place, things)
    view = facts.get("view")
    place = replace(place, view=VIEWS.index(view) if view in VIEWS else 0)
    return _at_bytes(debugger, place, facts)


def _at_things(steps: Steps, place: Place, names: Facts) -> Place:
    """`place` at the things of those names; what has none, or is not there any more, is what the step is about."""
    found: Facts = {field: None for field in THINGS if field in names and names[field] is None}
    for field in THINGS:
        name = name_of(names.get(field))
        thing = named.thing_of(steps, name) if name is not None else None
        if thing is not None and isinstance(thing, THINGS[field]):
            found[field] = thing
    if "thing" in names:
        place = at_thing(steps, place, found.get("thing") or found.get("symbol"))
    return replace(place, **found)


def _at_bytes(debugger: Debugger, place: Place, facts: Facts) -> Place:
    """The same bytes of the file of that name, if there still are so many."""
    name, span = facts.get("file"), facts.get("bytes")
    if not (isinstance(span, list) and len(span) == 2 and all(isinstance(one, int) for one in span)):
        return place
    file: ObjectFile | None = None
    if name is not None:
        found = (one.thing for one in find(debugger.link, str(name), limit=1) if isinstance(one.thing, ObjectFile))
        file = next(found, None)
        if file is None:
            return place
    emitted = debugger.link.emit
    size = len(file.module.data) if file is not None else len(emitted.data) if emitted is not None else 0
    image = memory_image(debugger.link) if facts.get("memory") else None
    if image is not None and span[1] <= image.size:
        return at_bytes(place, None, span[0], span[1], memory=True)
    if facts.get("memory") or span[1] > size:
        return place
    return at_bytes(place, file, span[0], span[1])


# --- files --------------------------------------------------------------------------------------------------------


def load(path: Path) -> Facts:
    """What was kept in a file; nothing if there is none, or if it is not one of ours."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) and facts.get("version") == VERSION else {}


def save(path: Path, facts: Facts) -> None:
    """Write a session, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}.", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(facts, file, indent=1)  # in ASCII: bytes of a name that were no UTF-8 are escaped
        os.replace(name, path)
    except BaseException:  # an interrupt, too
        os.unlink(name)
        raise


class SessionFile:
    """The file of a session that lasts: written again when something is different. What another program over the same
    inputs left in it meanwhile stays in it, what a front end knows nothing of (a theme) as well, and so does, beside
    it, a file that is not understood."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts = load(path)
        """What was kept when the session began."""
        self.strange = not self.facts and path.is_file()
        """There is a file, and it is damaged or of another version of the program."""
        self._written = self.facts
        self._known = {name: {_identity(name, one) for one in _dicts(self.facts, name)} for name in LISTS}

    def keep(self, facts: Facts) -> None:
        """Write `facts`, if they are others than those written last. Raises OSError."""
        now = {**self._written, **facts}
        if now == self._written:
            return
        if self.strange:
            os.replace(self.path, f"{self.path}.old")
            self.strange = False
        there, lists = load(self.path), {}
        for name in LISTS:
            self._known[name] |= {_identity(name, one) for one in facts.get(name, ())}
            theirs = [one for one in _dicts(there, name) if _identity(name, one) not in self._known[name]]
            lists[name] = [*facts.get(name, ()), *theirs]
        save(self.path, {**there, **facts, **lists})
        self._written = now

    def try_to_keep(self, facts: Facts) -> str:
        """As `keep`; why that failed, or ""."""
        try:
            self.keep(facts)
        except OSError as error:
            return f"the session is not kept: cannot write {self.path}: {error.strerror}"
        return ""


def _identity(name: str, one: Facts) -> str:
    return json.dumps(one.get(LISTS[name]))
