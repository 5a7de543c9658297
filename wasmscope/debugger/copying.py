"""What is looked at, to be taken along: as hex, C, Python, WAT, JSON, or the command that prints it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Sequence
from keyword import iskeyword

from wasmscope.debugger.commands.command import Refused
from wasmscope.debugger.comparing import LinksCompared, StepsCompared
from wasmscope.debugger.cursor import BYTES, DIFF, LINK, RELOCS, WHY
from wasmscope.debugger.panes.facts import heading_of
from wasmscope.debugger.panes.listing import CodeLine, Listing
from wasmscope.debugger.panes.structure import source_at
from wasmscope.debugger.question import Question
from wasmscope.debugger.session import Debugger
from wasmscope.errors import FormatError
from wasmscope.explain.find import Found
from wasmscope.explain.symbols import Mention
from wasmscope.format.code import body
from wasmscope.format.types import FuncType, type_name
from wasmscope.link.model import Atom, Entity, Symbol
from wasmscope.report.why import why_facts

MOST = 1 << 20
"""Bytes that are copied at most."""
ROW = 12
"""Bytes on a line of C or Python."""
RESERVED = {
    "alignas", "alignof", "auto", "bool", "break", "case", "char", "const", "constexpr", "continue", "default",
    "do", "double", "else", "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int", "long",
    "nullptr", "register", "restrict", "return", "short", "signed", "sizeof", "static", "static_assert", "struct",
    "switch", "thread_local", "true", "typedef", "typeof", "typeof_unqual", "union", "unsigned", "void", "volatile",
    "while",
}  # fmt: skip
"""The keywords of C (C23, 6.4.1): what other languages may call a function."""
NO_ID = re.compile(r"[^!#$%&'*+\-./:<=>?@\\^_`|~0-9A-Za-z]")
"""What a name in the text format cannot have in it (specification, 6.3.5 Identifiers)."""


def copied(debugger: Debugger, format: str) -> str:
    """What is looked at, in one of FORMATS. Raises Refused when there is nothing of that kind."""
    if format not in FORMATS:
        raise Refused(f"in which form? {', '.join(FORMATS)}")
    return FORMATS[format](debugger)


def _bytes(debugger: Debugger) -> bytes:
    source, place = source_at(debugger.scene()), debugger.place
    if source is None or place.end <= place.start:
        raise Refused("no bytes are looked at")
    if place.end - place.start > MOST:
        raise Refused(f"these are {place.end - place.start:,} bytes: at most {MOST:,} are copied")
    return source.fetch(place.start, min(place.end, source.size))


def _name(debugger: Debugger) -> str:
    thing = debugger.place.symbol or debugger.place.atom
    return identifier(thing.name if thing is not None else "", debugger.place.start)


def identifier(name: str, start: int) -> str:
    """A name in C and Python for the bytes from `start`, which are of what is called `name`."""
    safe = "".join(char if char.isascii() and char.isalnum() else "_" for char in name)
    if safe in RESERVED or iskeyword(safe):
        return f"{safe}_"
    return safe if safe and not safe[0].isdigit() else f"bytes_at_{start:x}"


def _hex(debugger: Debugger) -> str:
    return _bytes(debugger).hex(" ")


def _c(debugger: Debugger) -> str:
    return as_c(_name(debugger), _bytes(debugger))


def as_c(name: str, data: bytes) -> str:
    """An array in C."""
    rows = (data[at : at + ROW] for at in range(0, len(data), ROW))
    lines = "\n".join("    " + " ".join(f"{byte:#04x}," for byte in row) for row in rows)
    return f"static const unsigned char {name}[{len(data)}] = {{\n{lines}\n}};"


def _python(debugger: Debugger) -> str:
    return as_python(_name(debugger), _bytes(debugger))


def as_python(name: str, data: bytes) -> str:
    """An assignment in Python."""
    rows = (data[at : at + ROW] for at in range(0, len(data), ROW))
    lines = "\n".join(f'    "{row.hex(" ")}"' for row in rows)
    return f"{name} = bytes.fromhex(\n{lines}\n)"


def _wat(debugger: Debugger) -> str:
    """The code of the atom as it is at this step, as the text format has a function; what its relocations name as
    comments."""
    scene, atom = debugger.scene(), debugger.place.atom
    if atom is None or atom.kind != "function":
        raise Refused("no function is looked at")
    listing = Listing(scene, atom, None)
    return as_wat(scene.naming.of(atom), atom.signature, listing.before, [listing.line(n) for n in range(len(listing))])


def as_wat(name: str, signature: FuncType | None, data: bytes, lines: Sequence[CodeLine]) -> str:
    """A function in the text format: `data` is its body with its size, `lines` list it. Raises Refused when it cannot
    be read."""
    try:
        frame = body(data, 0, len(data))
    except FormatError as error:
        raise Refused(f"its code cannot be read: {error}") from None
    params, results = signature or ((), ())
    declared = [run.type for run in frame.locals for _ in range(run.number)]
    told = [
        f"({word} {' '.join(map(type_name, types))})"
        for word, types in (("param", params), ("result", results), ("local", declared))
        if types
    ]
    code = lines[2:-1]  # without the size and the locals; the end is the last )
    written = [f"  {one.text}" + (f"  ;; <{one.note}>" if one.note else "") for one in code]
    return "\n".join([" ".join([f"(func ${NO_ID.sub('_', name)}", *told, f";; {name}"]), *written, ")"])


def _json(debugger: Debugger) -> str:
    place = debugger.place
    thing = place.thing or place.symbol or place.atom
    if not isinstance(thing, Symbol | Atom | Entity | Mention):
        raise Refused("no symbol, atom, global or relocation is looked at")
    kinds = {Symbol: "symbol", Atom: "atom", Mention: "relocation"}
    kind = next((word for type, word in kinds.items() if isinstance(thing, type)), getattr(thing, "kind", ""))
    return json.dumps(why_facts(debugger.link, Found(kind, thing)), indent=2, ensure_ascii=False)


def _name_of(debugger: Debugger) -> str:
    return heading_of(debugger.place.thing)


def command(debugger: Debugger) -> str:
    """The command that prints what is looked at, for a shell. Raises Refused when no command line asks for the link."""
    place, words = debugger.place, _words(debugger.question)
    symbol = _called(place.symbol) if place.symbol is not None else ""
    mention = place.relocation
    if place.view == BYTES:
        space = f"{place.file.name}:" if place.file is not None else "mem:" if place.memory else ""
        at = f"{space}{place.start:#x}"
        made = ["at", at]
    elif place.view == RELOCS and mention is not None and mention.atom.file is not None:
        made = ["why", f"{mention.atom.file.name}:{mention.atom.start + mention.atom.site(mention.row):#x}"]
    elif place.view == DIFF:
        return shlex.join(["wasmscope", "diff", *_diff(debugger, words)])
    elif place.view == LINK or not symbol:
        made = ["steps", "--from", str(max(1, place.step)), "--to", str(max(1, place.step))]
    else:
        made = ["why", *(["--paths", "5"] if place.view == WHY else []), symbol]
    return shlex.join(["wasmscope", *made, *words])


def _called(symbol: Symbol) -> str:
    """A symbol as `why` finds it, and no other of that name: a local one with its file."""
    if symbol.local and symbol.file is not None:
        return f"{symbol.file.name}:{symbol.name}"
    return symbol.name


def _words(question: Question) -> list[str]:
    """The words that ask for the link of `question`. Raises Refused when there are none."""
    if question.unsaid():
        raise Refused(f"no command line says that: {question.unsaid()[0]}")
    return question.said()


def _diff(debugger: Debugger, words: list[str]) -> list[str]:
    found = debugger.comparison
    if isinstance(found, StepsCompared):
        first, last = found.moments
        return ["--step", f"{first}..{last}", *words]
    if not isinstance(found, LinksCompared) or found.asked[0] == found.asked[1]:
        raise Refused("no command compares these: they are not both on disk")
    before, after = found.asked
    return [*_words(before), "--", *_words(after)]


FORMATS: dict[str, Callable[[Debugger], str]] = {
    "hex": _hex, "c": _c, "python": _python, "wat": _wat, "json": _json, "command": command,
    "name": lambda debugger: _name_of(debugger),
}  # fmt: skip
"""What can be copied, by the word for it."""
