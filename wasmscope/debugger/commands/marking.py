"""Commands for marks and notes."""

from __future__ import annotations

from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused
from wasmscope.debugger.commands.references import offered
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.marks import Mark, Named, here, meant
from wasmscope.debugger.session import Debugger


def mark(debugger: Debugger, rest: str) -> Answer:
    """Mark this place with a letter."""
    _one_letter(rest)
    debugger.marks.set(rest, debugger.opened, debugger.place, debugger.subject())
    return Answer(f"marked as {rest}: {_words(debugger.marks.marks[rest].thing)}")


def _one_letter(text: str) -> None:
    if len(text) != 1 or not text.isprintable() or text.isspace():
        raise Refused("a mark is one letter")


def jump(debugger: Debugger, rest: str) -> Answer:
    """To the place marked with a letter."""
    _one_letter(rest)
    if rest not in debugger.marks.marks:
        known = " ".join(sorted(debugger.marks.marks))
        raise Refused(f"nothing is marked as {rest}" + (f": the marks are {known}" if known else ""))
    there = debugger.marks.place(rest, debugger.opened, debugger.place)
    if there is None:
        raise Refused(f"{_words(debugger.marks.marks[rest].thing)} is not in this link")
    debugger.go(there, jump=True)
    return DONE


def unmark(debugger: Debugger, rest: str) -> Answer:
    """Take a mark away."""
    if debugger.marks.marks.pop(rest, None) is None:
        raise Refused(f"nothing is marked as {rest}")
    return DONE


def marks(debugger: Debugger, rest: str) -> Answer:
    """Every mark, as a list to choose from."""
    if not debugger.marks.marks:
        raise Refused("nothing is marked: mark LETTER marks this place")
    lines = []
    for letter, one in sorted(debugger.marks.marks.items()):
        there = debugger.marks.place(letter, debugger.opened, debugger.place)
        gone = ("  gone", "pending") if there is None else ("", "")
        lines.append(CardLine([(f"{letter}  ", "op"), (_mark_words(one), ""), gone], there, 3))
    return offered(debugger, "marks", lines)


def _mark_words(one: Mark) -> str:
    return f"{one.view}  {_words(one.thing)}  @{one.step}"


def _words(one: Named) -> str:
    """`symbol main of main.o`, `memory 0x1010`, `step 12`."""
    if not one.name:
        return f"{one.kind} {one.file}{':' * bool(one.file and one.offset)}{f'{one.offset:#x}' if one.offset else ''}"
    inside = f"+{one.offset:#x}" if one.offset and one.kind == "atom" else ""
    number = f"{one.offset} of " if one.kind == "relocation" else ""
    return f"{one.kind} {number}{one.name}{inside}{f' of {one.file}' if one.file else ''}"


def note(debugger: Debugger, rest: str) -> Answer:
    """Note the rest of the line on what the cursor is on; without words take the note away."""
    name = here(debugger.opened, debugger.place, debugger.subject())
    if rest:
        debugger.marks.notes[name] = rest
    elif debugger.marks.notes.pop(name, None) is None:
        raise Refused(f"nothing is noted on {_words(name)}")
    debugger.look += 1
    return Answer(f"noted on {_words(name)}" if rest else f"no note on {_words(name)} any more")


def notes(debugger: Debugger, rest: str) -> Answer:
    """Every note, as a list to choose from."""
    if not debugger.marks.notes:
        raise Refused("nothing is noted: note TEXT notes it on what the cursor is on")
    lines = []
    for name, text in debugger.marks.notes.items():
        thing = meant(debugger.opened, name)
        target = debugger.moment(thing) if isinstance(thing, int) else thing
        gone = ("  gone", "pending") if thing is None else ("", "")
        lines.append(CardLine([(_words(name), "name"), ("  ", ""), (text, "note"), gone], target, 2))
    return offered(debugger, "notes", lines)


def _letters(debugger: Debugger, begun: str) -> list[str]:
    return sorted(debugger.marks.marks)


MARKING: tuple[Command[Debugger], ...] = (
    Command("mark", "mark this place", mark, "LETTER", ("m",)),
    Command("jump", "to a marked place", jump, "LETTER", ("'",), _letters),
    Command("unmark", "take a mark away", unmark, "LETTER", (), _letters),
    Command("marks", "every mark, to choose from", marks),
    Command("note", "note on what the cursor is on", note, "[TEXT]", (";",)),
    Command("notes", "every note, to choose from", notes),
)
