"""Which bytes the hex view shows at a step, and what happened to each: of the output, or of an input."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from wasmscope.debugger.scene import Scene
from wasmscope.explain.naming import site_width
from wasmscope.explain.symbols import Mention
from wasmscope.link.model import Atom, ObjectFile, OutputSection, Piece

HEADER = 8
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ByteSpan(NamedTuple):
    """Bytes `start` to `end` (offsets in the source) with a role of BRACKETS, and a short label for the row below."""

    start: int
    end: int
    role: str
    label: str = ""


class OutputBytes:
    """The output as far as it stands at a step: the final layout, with what is not there yet unset."""

    def __init__(self, scene: Scene) -> None:
        assert scene.link.emit is not None
        self.scene = scene
        self.data = scene.link.emit.data
        self.size = len(self.data)

    def _pieces(self, start: int, end: int) -> Iterator[tuple[OutputSection, Piece]]:
        assert self.scene.link.emit is not None
        sections = self.scene.link.emit.sections
        return ((sections[i], piece) for i, piece in self.scene.steps.places.pieces_in(start, end))

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end` as they are now."""
        found = bytearray(self.data[start:end])
        for _, piece in self._pieces(start, end):
            atom = piece.atom
            if atom is None or self.scene.now.patched(atom) == atom.hi - atom.lo:
                continue
            now = self._now(atom)
            low, high = max(start, piece.start), min(end, piece.start + piece.size)
            if now:
                found[low - start : high - start] = now[low - piece.start : high - piece.start]
        return bytes(found)

    def _now(self, atom: Atom) -> bytes:
        """The bytes of an atom as they are now, in the places that they have in the end."""
        places, relocated = self.scene.steps.places, self.scene.link.relocate
        shrunk = places.shrunk(atom)
        if shrunk is None or relocated is None:
            return bytes(self.scene.now.bytes(atom))
        return shrunk.in_place(places.original(atom), relocated.bytes[atom], self.scene.now.patched(atom))

    def spans(self, start: int, end: int) -> list[ByteSpan]:
        """What happened to the bytes from `start` to `end`."""
        emitted = self.scene.now.done[6] > 0
        found = [ByteSpan(0, HEADER, "linker" if emitted else "unset", "magic, version")] if start < HEADER else []
        for section, piece in self._pieces(start, end):
            done = self.scene.now.section(section)
            stop = piece.start + piece.size
            if piece.atom is None or (piece.atom.file is None and not piece.atom.hi):
                now = done and not self.scene.before.section(section)
                role = "step" if now else "linker" if done else "unset"
                found.append(ByteSpan(piece.start, stop, role, piece.rule.split(":")[0]))
            elif not done and self.scene.now.place(piece.atom) is None:
                found.append(ByteSpan(piece.start, stop, "unset"))
            elif self._placed_now(piece.atom):
                found.append(ByteSpan(piece.start, stop, "step", "placed"))
            else:
                found += written_spans(self.scene, piece.atom, piece.start, start, end)
        return found

    def known(self, start: int, end: int) -> list[int | None]:
        """The bytes from `start` to `end` as they are now; None for those that are not there yet."""
        found: list[int | None] = list(self.fetch(start, end))
        for one in self.spans(start, end):
            if one.role == "unset":
                low, high = max(start, one.start), min(end, one.end, self.size)
                found[low - start : high - start] = [None] * max(0, high - low)
        return found

    def changed(self) -> tuple[int, int] | None:
        """The bytes, from start to end, that the last step wrote, patched or placed; None if it did none of these."""
        found, places = self.scene.steps, self.scene.steps.places
        thing = found.about(self.scene.place.step) if self.scene.place.step else None
        if isinstance(thing, OutputSection):
            return (0 if found.locate(self.scene.place.step)[1] == 0 else thing.start), thing.end
        atom = thing.atom if isinstance(thing, Mention) else thing
        piece = places.pieces.get(atom) if isinstance(atom, Atom) else None
        if piece is None:
            return None
        start, end = piece[1].start, piece[1].start + piece[1].size
        if isinstance(thing, Mention):
            low, high = places.written_site(*thing)
            return start + low, start + high
        assert isinstance(atom, Atom)
        return (start, end) if self._placed_now(atom) else None

    def _placed_now(self, atom: Atom) -> bool:
        return self.scene.now.place(atom) is not None and self.scene.before.place(atom) is None

    def mark(self, start: int, end: int) -> str:
        """The mark of stops on the bytes from `start` to `end`."""
        return self.scene.stops.mark_of_bytes("out", start, end) if self.scene.stops is not None else " "

    def whose(self, offset: int) -> str:
        """What the letter of the byte at `offset` stands for: the file that it is from, or the linker."""
        atoms = (piece.atom for _, piece in self._pieces(offset, offset + 1))
        return next((self.scene.naming.file(atom.file) for atom in atoms if atom is not None), "linker")

    def letters(self, start: int, end: int) -> str:
        """For each byte a letter: whose it is; L for the linker."""
        found = ["L"] * (end - start)
        for _, piece in self._pieces(start, end):
            letter = letter_of(self.scene, piece.atom)
            for offset in range(max(start, piece.start), min(end, piece.start + piece.size)):
                found[offset - start] = letter
        return "".join(found)


def letter_of(scene: Scene, atom: Atom | None) -> str:
    """The letter of an atom's file."""
    return letter_of_file(scene, atom.file if atom is not None else None)


def letter_of_file(scene: Scene, file: ObjectFile | None) -> str:
    """The letter of a file, L for the linker. Of many files some have the same."""
    position = scene.steps.symbols.files.get(file) if file is not None else None
    return "L" if position is None else LETTERS[position % len(LETTERS)]


def written_spans(scene: Scene, atom: Atom, base: int, start: int, end: int) -> Iterator[ByteSpan]:
    """The relocation sites of `atom` in the output, where its first byte is at `base`, between `start` and `end`."""
    shrunk = scene.steps.places.shrunk(atom)
    if shrunk is None:
        yield from site_spans(scene, atom, base, start, end)
        return
    for number, (low, high) in enumerate(shrunk.moved):
        if base + low < end and base + high > start:
            role = site_role(scene, Mention(atom, atom.lo + number))
            if role:
                yield ByteSpan(base + low, base + high, role, f"R{number}")


def site_spans(scene: Scene, atom: Atom, base: int, start: int, end: int) -> Iterator[ByteSpan]:
    """The relocation sites of `atom`, whose first byte is at `base`, between `start` and `end`."""
    if atom.relocs is None:
        return
    shift = base - atom.start + atom.base
    offsets = atom.relocs.offsets
    first = max(atom.lo, bisect_left(offsets, start - shift, atom.lo, atom.hi) - 1)
    for row in range(first, atom.hi):
        at = offsets[row] + shift
        if at >= end:
            return
        if at + site_width(atom, row) > start:
            role = site_role(scene, Mention(atom, row))
            if role:
                yield ByteSpan(at, at + site_width(atom, row), role, f"R{row - atom.lo}")


def site_role(scene: Scene, mention: Mention) -> str:
    """What has happened to a relocation's site: "" when the link leaves it alone."""
    number = scene.steps.places.relocation_row(*mention)
    if number is None:
        return ""
    step = scene.steps.number("relocate", number)
    return "step" if step == scene.place.step else "patched" if scene.done(step) else "pending"


class InputBytes:
    """An input, with the sites that the link patches in its copy."""

    def __init__(self, scene: Scene, file: ObjectFile) -> None:
        self.scene = scene
        self.file = file
        self.taken = file in scene.steps.symbols.files
        """The link took it; of a broken file only the bytes are shown."""
        self.data = file.module.data
        self.size = len(self.data)

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end`: an input never changes."""
        return bytes(self.data[start:end])

    def spans(self, start: int, end: int) -> list[ByteSpan]:
        """The sites between `start` and `end`."""
        if not self.taken:
            at = sorted({one.offset for one in self.file.module.errors if one.offset is not None})
            return [ByteSpan(one, one + 1, "error", "!") for one in at if start <= one < end]
        atoms, starts = atoms_in_order(self.file)
        found: list[ByteSpan] = []
        for atom in atoms[max(0, bisect_right(starts, start) - 1) :]:
            if atom.start >= end:
                break
            found += site_spans(self.scene, atom, atom.start, start, end)
        return found

    def changed(self) -> tuple[int, int] | None:
        """An input never changes."""
        return None

    def mark(self, start: int, end: int) -> str:
        """Stops are on bytes of the output."""
        return " "

    def whose(self, offset: int) -> str:
        """What the letter of the byte at `offset` stands for; the output has only what is in atoms."""
        letter = self.letters(offset, offset + 1)
        return {"-": "dropped", ".": "not copied"}.get(letter) or self.scene.naming.file(self.file)

    def letters(self, start: int, end: int) -> str:
        """For each byte the input's own letter where it is in the output, `-` where it is dropped."""
        found = ["."] * (end - start)
        atoms, starts = atoms_in_order(self.file) if self.taken else ([], [])
        for atom in atoms[max(0, bisect_right(starts, start) - 1) :]:
            if atom.start >= end:
                break
            letter = letter_of(self.scene, atom) if atom in self.scene.steps.places.pieces else "-"
            for offset in range(max(start, atom.start), min(end, atom.end)):
                found[offset - start] = letter
        return "".join(found)


@lru_cache(64)
def atoms_in_order(file: ObjectFile) -> tuple[list[Atom], list[int]]:
    """The atoms of a file that hold bytes, by where they start, and where they start."""
    atoms = sorted(
        (one for kind in (file.functions, file.segments, file.customs) for one in kind if one.size),
        key=lambda one: one.start,
    )
    return atoms, [one.start for one in atoms]
