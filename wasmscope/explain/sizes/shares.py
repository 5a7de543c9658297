"""Whose the bytes of a link's output are: each run of bytes with the thing and the file that it is there for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wasmscope.explain.sizes.runs import Run, custom_kind, section_runs
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Thing
from wasmscope.format.section_ids import CUSTOM_ID, DATA_ID
from wasmscope.format.types import GLOBAL, KIND_NAMES
from wasmscope.link.model import Atom, Link, Merge, Numbering, ObjectFile, OutputSection, Symbol


class Share(NamedTuple):
    """Bytes by their kind (see `runs.KINDS`)."""

    code: int = 0
    data: int = 0
    padding: int = 0
    names: int = 0
    entries: int = 0
    debug: int = 0
    custom: int = 0
    framing: int = 0

    @property
    def total(self) -> int:
        return sum(self)


class Owned(NamedTuple):
    """A run of output bytes and whose it is."""

    run: Run
    thing: Thing | None
    """None: nobody's alone; the linker made it for the whole."""
    sharers: tuple[Atom, ...] = ()
    """Of a merged string that several input atoms have: all of them; `thing` is the first."""

    @property
    def file(self) -> ObjectFile | None:
        """The input that it is there for; None: the linker."""
        return self.thing.file if self.thing is not None else None


def owned_runs(link: Link) -> Iterator[Owned]:
    """Every byte of the output of `link`, in order and without gaps. A link without output has none."""
    found = steps(link)
    module = found.output
    if link.emit is None or module is None:
        return
    numbered = _numbered(link)
    yield Owned(Run(0, 8, "framing", ""), None)
    for section, written in zip(module.sections, link.emit.sections, strict=True):
        holds_atoms = any(atom is not None for atom in written.pieces.atoms)
        if written.id == DATA_ID or (written.id == CUSTOM_ID and holds_atoms):
            yield from _pieces(found, written)
        else:
            for run in section_runs(module, section):
                yield Owned(run, numbered.get((run.space, run.number)))


def _numbered(link: Link) -> dict[tuple[str, int], Thing]:
    """What has which number in which index space of the output."""
    index = link.index
    assert index is not None
    things: dict[tuple[str, int], Thing] = {}
    for entry in reversed(index.imports):
        if entry.symbol is not None:
            things[KIND_NAMES[entry.kind], entry.number] = entry.symbol.target or entry.symbol
    things.update((("function", number), atom) for atom, number in index.functions.items())
    for space, entities in (("global", index.globals), ("table", index.tables), ("tag", index.tags)):
        things.update(((space, number), entity) for entity, number in entities.items())
    things.update((("global", number), symbol.target or symbol) for number, symbol in _addresses(index))
    return things


def _addresses(index: Numbering) -> Iterator[tuple[int, Symbol]]:
    """The globals that hold the address of a symbol, by number: GOT entries, and exported data."""
    yield from ((got.number, symbol) for symbol, got in index.got.items())
    first = index.imported_counts[GLOBAL] + len(index.globals) + len(index.got)
    yield from enumerate(index.data_globals, first)


def _pieces(found: Steps, section: OutputSection) -> Iterator[Owned]:
    """The runs of a section that atoms are in: the padding before an atom is there for that atom."""
    kind = "data" if section.id == DATA_ID else custom_kind(section.name)
    waiting: Run | None = None
    for piece in section.pieces:
        run = Run(piece.start, piece.start + piece.size, kind, section.name)
        if piece.atom is None:
            if waiting is not None:
                yield Owned(waiting, None)
            waiting = run._replace(kind="framing")
            continue
        if waiting is not None:
            placed = found.places.placed.get(piece.atom)
            padded = placed is not None and placed[1].pad > 0
            yield Owned(waiting._replace(kind="padding"), piece.atom) if padded else Owned(waiting, None)
            waiting = None
        merge = found.places.merged.get(piece.atom)
        if merge is None:
            yield Owned(run, piece.atom)
        else:
            yield from _strings(merge, run)
    if waiting is not None:
        yield Owned(waiting, None)


def _strings(merge: Merge, run: Run) -> Iterator[Owned]:
    """The strings of a merged atom; one that shares the tail of a longer one has no bytes of its own."""
    sharers: dict[int, dict[Atom, None]] = {}
    sizes: dict[int, int] = {}
    for one in merge.strings:
        if one.tail_of < 0:
            sharers.setdefault(one.offset, {})[one.atom] = None
            sizes[one.offset] = one.size
    for offset in sorted(sharers):
        start, atoms = run.start + offset, tuple(sharers[offset])
        part = run._replace(start=start, end=start + sizes[offset])
        yield Owned(part, atoms[0], atoms if len(atoms) > 1 else ())


def unlinked_share(thing: object) -> Share:
    """The bytes of an atom where there is no output yet: as many as in its object."""
    if not isinstance(thing, Atom):
        return Share()
    if thing.kind == "custom":
        return Share(debug=thing.size) if custom_kind(thing.name) == "debug" else Share(custom=thing.size)
    return Share(code=thing.size) if thing.kind == "function" else Share(data=thing.size)


def add_up(runs: Iterable[Run]) -> Share:
    """Bytes by kind of some runs."""
    sums = dict.fromkeys(Share._fields, 0)
    for run in runs:
        sums[run.kind] += run.size
    return Share(**sums)
