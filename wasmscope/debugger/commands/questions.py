"""Commands that change the question: the link is made anew with other options, or without an object or an atom.

No file is ever changed. What is asked now can be said as a command line, and everything can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.debugger.commands.command import Answer, Command, Refused
from wasmscope.debugger.commands.references import offered
from wasmscope.debugger.lines import CardLine, CommandLine, Line
from wasmscope.debugger.question import Question
from wasmscope.debugger.session import Debugger
from wasmscope.explain.find import find
from wasmscope.explain.naming import titled
from wasmscope.link.model import Atom, ObjectFile, Symbol
from wasmscope.link.option_table import ROWS, TALK, Row

OBJECTS = 500
"""Objects listed at most."""
FIELDS = {"z_options": "stack_size"}
"""The field of the link's options that says what a row's own does not."""


def ask(debugger: Debugger, question: Question) -> Answer:
    """Have the link of `question` made. Raises Refused when it cannot be, or is the one that was asked for last."""
    if debugger.relink is None:
        raise Refused("this link cannot be made anew: it was not opened from a command line")
    if question == debugger.asked_last:
        raise Refused("that changes nothing: it is so already")
    debugger.asked_last = question
    debugger.relink(question, False)
    return Answer(f"linking anew: {', '.join(question.changes())}" if question.changed else "linking as it was given")


def set_option(debugger: Debugger, rest: str) -> Answer:
    """Add options to the command line."""
    try:
        return ask(debugger, debugger.asked_last.with_option(rest))
    except ValueError as error:
        raise Refused(str(error)) from None


def unset_option(debugger: Debugger, rest: str) -> Answer:
    """Take an added option back."""
    try:
        return ask(debugger, debugger.asked_last.without_option(rest))
    except ValueError as error:
        raise Refused(str(error)) from None


def leave_out(debugger: Debugger, rest: str) -> Answer:
    """Link without an object (the one looked at), or with it again."""
    name = rest or _file_at(debugger).name
    known = [file.name for file in (debugger.link.load.files if debugger.link.load else [])]
    if name not in known and name not in debugger.asked_last.left_out:
        meant = [one for one in known if one.endswith(name) or debugger.opened.naming.words(one) == name]
        if len(meant) != 1:
            raise Refused(f"no object is called {name}" if not meant else f"{name} may be {', '.join(meant[:5])}")
        name = meant[0]
    return ask(debugger, debugger.asked_last.leaving_out(name))


def _file_at(debugger: Debugger) -> ObjectFile:
    place = debugger.place
    file = place.thing if isinstance(place.thing, ObjectFile) else place.atom.file if place.atom else place.file
    if file is None:
        raise Refused("leave which object out?")
    return file


def unplug(debugger: Debugger, rest: str) -> Answer:
    """Link as if an object did not hold an atom (the one looked at), or did again."""
    atom = _atom_named(debugger, rest) if rest else debugger.place.atom
    if atom is None:
        raise Refused("unplug which atom?")
    if atom.file is None or atom.kind == "custom":
        raise Refused(f"{titled(atom)} cannot be unplugged: only functions and data of objects can")
    return ask(debugger, debugger.asked_last.unplugging(atom))


def _atom_named(debugger: Debugger, text: str) -> Atom:
    for one in find(debugger.link, text, limit=1):
        thing = one.thing.target if isinstance(one.thing, Symbol) else one.thing
        if isinstance(thing, Atom):
            return thing
    for out in debugger.asked_last.unplugged:
        for file in debugger.link.load.files if debugger.link.load else []:
            atoms = file.functions if out.kind == "function" else file.segments
            if file.name == out.file and atoms[out.number].name == text:
                return atoms[out.number]
    raise Refused(f"no atom is called {text}")


def as_given(debugger: Debugger, rest: str) -> Answer:
    """Link as the program was asked to at first."""
    return ask(debugger, debugger.asked_last.as_given())


def command_line(debugger: Debugger, rest: str) -> Answer:
    """The command line that asks the same of wasm-ld."""
    question, assumed = debugger.question, debugger.link.assumed
    lines: list[Line] = [[(question.command(assumed), "")]]
    fails = "with and without it the link fails" if debugger.link.failed else "without it the link fails"
    notes = [f"{' '.join(assumed)} is assumed: {fails}"] if assumed else []
    return Answer(lines=[*lines, *([(f"# {text}", "note")] for text in [*notes, *question.unsaid()])])


def options(debugger: Debugger, rest: str) -> Answer:
    """Every option that the link has and what it is now, and its objects, to choose from; `rest`: only those with that
    in their names. Choosing one links with it, without it, or asks for its value."""
    lines = [] if rest else list(_changes(debugger.question))
    lines += [*_options(debugger.question, rest), *_objects(debugger, rest)]
    if not lines:
        raise Refused(f"no option and no object has {rest} in its name")
    return offered(debugger, "What the link is asked to do", lines)


def _changes(question: Question) -> Iterator[CardLine]:
    if question.changed:
        yield CardLine([("* as given again; now: ", "changed"), (", ".join(question.changes()), "")],
                       CommandLine("as-given"), 4)  # fmt: skip


def _options(question: Question, rest: str) -> Iterator[CardLine]:
    now, given = question.options, question.as_given().options
    for row in _choices():
        field = FIELDS.get(row.sets, row.sets)
        value = getattr(now, field, None)
        if (value is None and not hasattr(now, field)) or rest not in row.spelling + FIELDS.get(row.sets, ""):
            continue
        changed = value != getattr(given, field)
        on = bool(value) or (value == 0 and changed) if row.takes_value else _is_on(row.value, value)
        yield CardLine([
            ("*" if changed else " ", "changed"), ("[x] " if on else "[ ] ", "strong" if on else "dim"),
            (f"{_written(row, value, on):<32}", "changed" if changed else ""), (f" {row.help}", "dim"),
        ], CommandLine(f"set {_begun(row)}"), 5)  # fmt: skip


def _objects(debugger: Debugger, rest: str) -> Iterator[CardLine]:
    """The objects that take part, and those left out."""
    joined = debugger.link.resolve.objects if debugger.link.resolve is not None else []
    out = debugger.question.left_out
    for name in [*out, *(file.name for file in joined[:OBJECTS])]:
        if rest in name:
            sign = ("[ ] ", "dim") if name in out else ("[x] ", "strong")
            yield CardLine(
                [("*" if name in out else " ", "changed"), sign, (name, "")], CommandLine(f"leave-out {name}"), 5
            )


def _written(row: Row, value: object, on: bool) -> str:
    """The option as it stands now, with its value if it has one."""
    if not row.takes_value:
        return row.spelling
    return f"{_begun(row)}{','.join(map(str, value)) if isinstance(value, tuple) else value if on else ''}"


def _begun(row: Row) -> str:
    """The option up to its value."""
    return row.spelling + ("stack-size=" if row.sets == "z_options" else "")


def _choices() -> list[Row]:
    """The options that have a say in the link, each once."""
    rows: dict[str, Row] = {}
    for row in ROWS:
        if row.state == "done" and row.sets not in TALK and row.value:  # one without a value is always an error
            rows.setdefault(row.spelling, row)
    return list(rows.values())


def _is_on(word: str, value: object) -> bool:
    return value is {"true": True, "false": False, "none": None}.get(word, word) or value == word


def spellings(debugger: Debugger, begun: str) -> list[str]:
    """Options that begin with `begun`."""
    return [_begun(row) for row in _choices()]


def added(debugger: Debugger, begun: str) -> list[str]:
    """Options that were added."""
    return list(debugger.question.more)


def files(debugger: Debugger, begun: str) -> list[str]:
    """Objects, and those left out."""
    known = [file.name for file in (debugger.link.load.files if debugger.link.load else [])]
    return [*debugger.question.left_out, *known]


QUESTION: tuple[Command[Debugger], ...] = (
    Command("options", "the link's options, and what they are now", options, "[TEXT]"),
    Command("set", "link with an option more", set_option, "OPTION", (), spellings),
    Command("unset", "link without an option that was added", unset_option, "OPTION", (), added),
    Command("leave-out", "link without an object, or with it again", leave_out, "[OBJECT]", (), files),
    Command("unplug", "link without an atom, or with it again", unplug, "[ATOM]"),
    Command("as-given", "link as it was asked for at first", as_given),
    Command("command-line", "the command line that asks the same", command_line),
)
