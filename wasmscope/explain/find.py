"""Finding what a person means: a name, a number of the output, a place in a file.

bump            a symbol by its name, raw or demangled, or by the name that it is exported or imported by (env.log,
                too); a file, section or segment by its name
b.o:inc         a symbol of one file, local ones too
b.o:inc#2       the second of those that are called so
b.o:0x1c4       the atom (and the relocation) at an offset of a file
func:38 global:0 table:0 tag:0 slot:5 type:2     what has that number in the output
atom:12         an atom by its number in link order
0x3649          the atom (or section) at an offset of the output
memory          the linear memory, and why it has its size
@204            a step
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, cast

from wasmscope.explain.namesakes import Called
from wasmscope.explain.naming import FileSection
from wasmscope.explain.origin import atom_at, origin, relocation_over
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol
from wasmscope.link.names import readable

NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)")
OF_SEVERAL = re.compile(r"(.+)#([1-9]\d*)")


class Found(NamedTuple):
    """Something that the text may mean."""

    kind: str
    """ "symbol", "file", "atom", "relocation", "segment", "section", "type", "global", "table", "tag", "import",
    "memory" or "step"."""
    thing: object
    """The symbol, file, atom, entity, segment, section …; a step's number."""


def find(link: Link, text: str, limit: int = 100) -> list[Found]:
    """What `text` may mean in `link`: what matches it exactly, else C++ symbols whose name it is without parameters,
    else symbols whose names contain it; at most `limit`."""
    found = steps(link)
    text = text.strip()
    if not text:
        return []
    exact = find_exactly(link, text)
    if exact:
        return exact[:limit]
    return list(_containing(found.symbols.names, text, limit)) or list(_containing(_bare(found), text, limit))


def _bare(found: Steps) -> dict[str, list[Symbol]]:
    """Symbols by their names without parameters and arguments of templates."""
    symbols = found.symbols
    return {key: [one for name in names for one in symbols.names[name]] for key, names in symbols.names_before.items()}


def find_exactly(link: Link, text: str) -> list[Found]:
    """What `text` means in `link` as it stands, not as a part of a name."""
    text = text.strip()
    found = list(_exact(steps(link), text)) if text else []
    name, number = numbered(text)
    if found or number is None:
        return found
    return list(_exact(steps(link), name))[number : number + 1]


def numbered(text: str) -> tuple[str, int | None]:
    """`inc#2` as its name and which of those that are called so it is, from 0; None if `text` does not say."""
    match = OF_SEVERAL.fullmatch(text)
    return (match[1], int(match[2]) - 1) if match is not None else (text, None)


def atom_called(found: Steps, text: str) -> Atom | None:
    """The atom that is called `b.o:inc`, of several of one name in such files `b.o:inc#2`."""
    colon = text.rfind(":")
    while colon > 0:
        for name, number in ((text[colon + 1 :], 0), numbered(text[colon + 1 :])):
            same = found.namesakes.of(Called("atom", text[:colon], name)) if number is not None else ()
            if number is not None and number < len(same):
                return cast(Atom, same[number])
        colon = text.rfind(":", 0, colon)
    return None


def _exact(found: Steps, text: str) -> Iterator[Found]:
    if text[0] == "@" and NUMBER.fullmatch(text[1:]):
        number = int(text[1:], 0)
        if number <= len(found):
            yield Found("step", number)
        return
    prefix, colon, rest = text.partition(":")
    if colon and prefix in NUMBERED and NUMBER.fullmatch(rest):
        yield from NUMBERED[prefix](found, int(rest, 0))
    yield from _in_file(found, text)
    named = list(_named(found, text))
    yield from named or _without_parameters(found, text)
    if text[:2].lower() == "0x" and NUMBER.fullmatch(text):
        yield from _in_output(found, int(text, 0))


# --- names ------------------------------------------------------------------------------------------------------


def _named(found: Steps, name: str) -> Iterator[Found]:
    link = found.link
    symbols = (*found.symbols.names.get(name, ()), *found.places.host_names.get(name, ()))
    yield from (Found("symbol", symbol) for symbol in dict.fromkeys(symbols))
    if link.index is not None and name in link.index.startup:
        yield Found("symbol", link.index.startup[name])
    yield from (Found("file", file) for file in found.symbols.files_named.get(name, ()))
    if link.layout is not None:
        if name == "memory" and not link.options.relocatable:
            yield Found("memory", link.layout.memory)
        yield from (Found("segment", one) for one in link.layout.segments if one.name == name)
    if link.emit is not None:
        yield from (Found("section", one) for one in link.emit.sections if one.name == name)


def _without_parameters(found: Steps, name: str) -> Iterator[Found]:
    names = found.symbols.names
    symbols = (symbol for one in found.symbols.names_before.get(name, ()) for symbol in names[one])
    yield from (Found("symbol", symbol) for symbol in dict.fromkeys(symbols))


def _containing(named: dict[str, list[Symbol]], text: str, limit: int) -> Iterator[Found]:
    seen: set[Symbol] = set()
    lowered = text.lower()
    for name, symbols in named.items():
        if lowered in name.lower():
            for symbol in symbols:
                if symbol not in seen:
                    seen.add(symbol)
                    yield Found("symbol", symbol)
        if len(seen) >= limit:
            return


# --- places -----------------------------------------------------------------------------------------------------


def _in_file(found: Steps, text: str) -> Iterator[Found]:
    name, colon, _ = text.rpartition(":")
    while colon and name:
        for file in found.symbols.files_named.get(name, ()):
            yield from _of_file(found, file, text[len(name) + 1 :])
        name, colon, _ = name.rpartition(":")


def _of_file(found: Steps, file: ObjectFile, text: str) -> Iterator[Found]:
    if NUMBER.fullmatch(text):
        yield from _at(file, int(text, 0))
        return
    symbols = found.link.resolve.bindings.get(file, []) if found.link.resolve else []
    yield from (Found("symbol", one) for one in dict.fromkeys(symbols) if text in (one.name, readable(one.name)))


def _at(file: ObjectFile, offset: int) -> Iterator[Found]:
    atom = atom_at(file, offset)
    if atom is None:
        sections = file.module.sections
        yield from (
            Found("section", FileSection(file, i)) for i, one in enumerate(sections) if one.start <= offset < one.end
        )
        return
    row = relocation_over(atom, offset - atom.start)
    if row is not None:
        yield Found("relocation", Mention(atom, row))
    yield Found("atom", atom)


def _in_output(found: Steps, offset: int) -> Iterator[Found]:
    if found.link.emit is None or offset >= len(found.link.emit.data):
        return
    made = origin(found.link, offset)
    if made.relocation is not None:
        yield Found("relocation", made.relocation)
    if made.atom is not None:
        yield Found("atom", made.atom)
    if made.section is not None:
        yield Found("section", made.section)


# --- numbers ----------------------------------------------------------------------------------------------------


def _index(what: str, kind: str) -> Callable[[Steps, int], Iterator[Found]]:
    def numbered(found: Steps, number: int) -> Iterator[Found]:
        rows = found.link.index.rows if found.link.index is not None else []
        for row in found.places.rows_numbered.get(number, ()):
            row_what, thing, _ = rows[row]
            if row_what == what:
                yield Found(kind, thing)
            elif row_what == "import" and getattr(thing, "kind", -1) == _IMPORTS.get(what):
                yield Found("import", thing)

    return numbered


def _atom(found: Steps, number: int) -> Iterable[Found]:
    atoms = found.symbols.atoms
    return [Found("atom", atoms[number])] if number < len(atoms) else []


_IMPORTS = {"function": 0, "table": 1, "global": 3, "tag": 4}
NUMBERED: dict[str, Callable[[Steps, int], Iterable[Found]]] = {
    "func": _index("function", "atom"),
    "global": _index("global", "global"),
    "table": _index("table", "table"),
    "tag": _index("tag", "tag"),
    "slot": _index("slot", "symbol"),
    "type": _index("type", "type"),
    "atom": _atom,
}
"""What can be asked for by its number."""
