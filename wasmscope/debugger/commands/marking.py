"""Commands for marks and notes, on a link or on a finished module."""

from __future__ import annotations

from typing import Any

from wasmscope.debugger.commands.command import DONE, Answer, Command, Refused
from wasmscope.debugger.commands.references import offered
from wasmscope.debugger.lines import CardLine
from wasmscope.debugger.reader import Session


def mark(session: Session[Any], rest: str) -> Answer:
    """Mark this place with a letter."""
    _one_letter(rest)
    made = session.marks.marks[rest] = session.mark_here()
    return Answer(f"marked as {rest}: {_called(session, made.thing.words)}")


def _called(session: Session[Any], words: str) -> str:
    """What names a thing, with files and names as the screen has them."""
    return str(session.scene().naming.words(words))


def _one_letter(text: str) -> None:
    if len(text) != 1 or not text.isprintable() or text.isspace():
        raise Refused("a mark is one letter")


def jump(session: Session[Any], rest: str) -> Answer:
    """To the place marked with a letter."""
    _one_letter(rest)
    if rest not in session.marks.marks:
        known = " ".join(sorted(session.marks.marks))
        raise Refused(f"nothing is marked as {rest}" + (f": the marks are {known}" if known else ""))
    there = session.marked(session.marks.marks[rest])
    if there is None:
        raise Refused(f"{_called(session, session.marks.marks[rest].thing.words)} is not there any more")
    session.go(there, jump=True)
    return DONE


def unmark(session: Session[Any], rest: str) -> Answer:
    """Take a mark away."""
    if session.marks.marks.pop(rest, None) is None:
        raise Refused(f"nothing is marked as {rest}")
    return DONE


def marks(session: Session[Any], rest: str) -> Answer:
    """Every mark, as a list to choose from."""
    if not session.marks.marks:
        raise Refused("nothing is marked: mark LETTER marks this place")
    lines = []
    for letter, one in sorted(session.marks.marks.items()):
        there = session.marked(one)
        gone = ("  gone", "pending") if there is None else ("", "")
        lines.append(CardLine([(f"{letter}  ", "op"), (_called(session, one.words), ""), gone], there, 3))
    return offered(session, "marks", lines)


def note(session: Session[Any], rest: str) -> Answer:
    """Note the rest of the line on what the cursor is on; without words take the note away."""
    name = session.name_here()
    told = _called(session, name.words)
    if rest:
        session.marks.notes[name] = rest
    elif session.marks.notes.pop(name, None) is None:
        raise Refused(f"nothing is noted on {told}")
    session.look += 1
    return Answer(f"noted on {told}" if rest else f"no note on {told} any more")


def notes(session: Session[Any], rest: str) -> Answer:
    """Every note, as a list to choose from."""
    if not session.marks.notes:
        raise Refused("nothing is noted: note TEXT notes it on what the cursor is on")
    lines = []
    for name, text in session.marks.notes.items():
        target = session.meant(name)
        gone = ("  gone", "pending") if target is None else ("", "")
        told = _called(session, name.words)
        lines.append(CardLine([(told, "name"), ("  ", ""), (text, "note"), gone], target, 2))
    return offered(session, "notes", lines)


def _letters(session: Session[Any], begun: str) -> list[str]:
    return sorted(session.marks.marks)


MARKING: tuple[Command[Session[Any]], ...] = (
    Command("mark", "mark this place", mark, "LETTER", ("m",)),
    Command("jump", "to a marked place", jump, "LETTER", ("'",), _letters),
    Command("unmark", "take a mark away", unmark, "LETTER", (), _letters),
    Command("marks", "every mark, to choose from", marks),
    Command("note", "note on what the cursor is on", note, "[TEXT]", (";",)),
    Command("notes", "every note, to choose from", notes),
)
