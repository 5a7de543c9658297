"""What things of a link are called, so that they are found again in another one of the same inputs, or of changed ones:
by kind, file and name, and where several are called so by which of them it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from wasmscope.explain.naming import FileSection, title
from wasmscope.explain.symbols import SymbolRows
from wasmscope.link.model import (
    Atom,
    Boundary,
    CustomSection,
    Entity,
    ExportEntry,
    ImportEntry,
    Link,
    ObjectFile,
    OutputSection,
    Segment,
    Symbol,
)


class Called(NamedTuple):
    """What several things may be called."""

    kind: str
    """A key of KINDS."""
    file: str
    """The name of the file that they are of, as LLD prints it; "" where that is the linker or the output."""
    name: str


class Namesakes:
    """The things of a link by what they are called; those of one name in an order that depends on the inputs alone."""

    def __init__(self, link: Link, symbols: SymbolRows) -> None:
        self.link = link
        self.symbols = symbols

    @cached_property
    def _known(self) -> dict[Called, list[Any]]:
        return {}

    @cached_property
    def _atoms(self) -> dict[ObjectFile, dict[str, list[Atom]]]:
        return {}

    def called(self, thing: object) -> Called | None:
        """What `thing`, of this link or of another, is called; None if it has no name that another link could have."""
        kind = next((word for word, one in KINDS.items() if isinstance(thing, one.type)), None)
        if kind is None:
            return None
        return Called(kind, KINDS[kind].file(thing), KINDS[kind].name(thing))

    def of(self, called: Called) -> Sequence[Any]:
        """The things of this link that are called so."""
        if called not in self._known:
            one = KINDS[called.kind]
            candidates = one.candidates(self, called)
            self._known[called] = [thing for thing in candidates if one.name(thing) == called.name]
        return self._known[called]

    def number(self, thing: object) -> int:
        """Which of its namesakes `thing`, of this link, is: from 0."""
        called = self.called(thing)
        same = self.of(called) if called is not None else ()
        return same.index(thing) if thing in same else 0

    def find(self, called: Called, number: int) -> Any:
        """The thing that is called so, of several that of `number`, or the first if there are fewer; None: nothing."""
        same = self.of(called)
        return same[number] if number < len(same) else same[0] if same else None

    def atoms_of(self, file: ObjectFile, name: str) -> Sequence[Atom]:
        """The atoms of a file, linked or not, that are called `name`."""
        if file not in self._atoms:
            found = self._atoms[file] = dict[str, list[Atom]]()
            for atom in (*file.functions, *file.segments, *file.customs):
                found.setdefault(title(atom), []).append(atom)
        return self._atoms[file].get(name, ())


class Kind(NamedTuple):
    """A kind of things: what they are, of which file, and those that may be called so."""

    type: type | tuple[type, ...]
    file: Callable[[Any], str]
    candidates: Callable[[Namesakes, Called], Iterable[Any]]
    name: Callable[[Any], str] = title


def _of_file(thing: Any) -> str:
    return thing.file.name if thing.file is not None else ""


def _of_none(thing: object) -> str:
    return ""


def _file_of_symbol(symbol: Symbol) -> str:
    """Of a symbol of an object alone, which others may have one of that name beside."""
    return _of_file(symbol) if symbol.number < 0 else ""


def _files(found: Namesakes, name: str) -> Iterator[ObjectFile]:
    return (file for file in found.symbols.files_named.get(name, ()) if file.name == name)


def _symbols(found: Namesakes, called: Called) -> Iterator[Symbol]:
    names = found.symbols.names
    known = dict.fromkeys((*names.get(called.name, ()), *names.get("", ())))
    return (one for one in known if _file_of_symbol(one) == called.file)


def _atoms(found: Namesakes, called: Called) -> Iterator[Atom]:
    if called.file:
        return (atom for file in _files(found, called.file) for atom in found.atoms_of(file, called.name))
    return (one for one in found.symbols.made if isinstance(one, Atom))


def _entities(found: Namesakes, called: Called) -> Iterator[Entity]:
    if called.file:
        files = _files(found, called.file)
        return (one for file in files for one in (*file.globals, *file.tables, *file.tags))
    return (one for one in found.symbols.made if isinstance(one, Entity))


def _sections(found: Namesakes, called: Called) -> Iterator[FileSection]:
    files = _files(found, called.file)
    return (FileSection(file, number) for file in files for number in range(len(file.module.sections)))


def _laid_out(field: str) -> Callable[[Namesakes, Called], Iterable[Any]]:
    return lambda found, called: getattr(found.link.layout, field, ())


def _numbered(field: str) -> Callable[[Namesakes, Called], Iterable[Any]]:
    return lambda found, called: getattr(found.link.index, field, ())


KINDS: dict[str, Kind] = {
    "symbol": Kind(Symbol, _file_of_symbol, _symbols),
    "atom": Kind(Atom, _of_file, _atoms),
    "entity": Kind(Entity, _of_file, _entities, lambda one: f"{one.kind} {one.name or one.index}"),
    "file": Kind(ObjectFile, _of_none, lambda found, called: _files(found, called.name)),
    "section": Kind(FileSection, _of_file, _sections, lambda one: one.section.name),
    "segment": Kind(Segment, _of_none, _laid_out("segments")),
    "custom section": Kind(CustomSection, _of_none, _laid_out("customs")),
    "boundary": Kind(Boundary, _of_none, _laid_out("boundaries")),
    "import": Kind(ImportEntry, _of_none, _numbered("imports"), lambda one: f"{one.module}.{one.name}"),
    "export": Kind(ExportEntry, _of_none, _numbered("exports"), lambda one: one.export.name),
    "output section": Kind(
        OutputSection, _of_none, lambda found, called: found.link.emit.sections if found.link.emit is not None else ()
    ),
}  # fmt: skip
"""What has a name that another link could have, too."""
