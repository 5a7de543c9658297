"""Address spaces: the same byte in the output, in an input, and in linear memory."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.debugger.cursor import Byte
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.origin import atom_at, destination, origin
from wasmscope.explain.steps import steps
from wasmscope.link.model import Atom, Link

ORDER = ("output", "input", "memory")
"""In which `other-side` goes around."""


class Sides(NamedTuple):
    """One byte in each space; None where it is not."""

    output: Byte | None
    input: Byte | None
    memory: Byte | None

    def after(self, byte: Byte) -> Byte | None:
        """The byte in the next space in which it is, or None if it is in no other."""
        here = 2 if byte.memory else 1 if byte.file is not None else 0
        return next((self[at % 3] for at in (here + 1, here + 2) if self[at % 3] is not None), None)


def sides_of(link: Link, byte: Byte) -> Sides:
    """Where `byte` is in each space."""
    if byte.memory:
        return _from_memory(link, byte)
    if byte.file is None:
        return _from_output(link, byte)
    there = destination(link, byte.file, byte.offset)
    atom = atom_at(byte.file, byte.offset)
    memory = _in_memory(link, atom, byte.offset - atom.start) if atom is not None else None
    return Sides(Byte(None, there) if there is not None else None, byte, memory)


def _from_output(link: Link, byte: Byte) -> Sides:
    if link.emit is None:
        return Sides(None, None, None)
    made = origin(link, byte.offset)
    memory = None
    if made.atom is not None and made.piece is not None:
        memory = _in_memory(link, made.atom, byte.offset - made.piece.start)
    return Sides(byte, Byte(made.file, made.input_offset) if made.file is not None else None, memory)


def _in_memory(link: Link, atom: Atom, offset: int) -> Byte | None:
    image = memory_image(link)
    address = image.address_of(atom, offset) if image is not None and atom.kind == "data" else None
    return Byte(None, address, memory=True) if address is not None else None


def _from_memory(link: Link, byte: Byte) -> Sides:
    image = memory_image(link)
    found = image.atom_at(byte.offset) if image is not None and byte.offset < image.size else None
    if found is None:
        return Sides(None, None, byte)
    atom, offset = found
    if atom.file is None:
        piece = steps(link).places.pieces.get(atom)
        return Sides(Byte(None, piece[1].start + offset) if piece is not None else None, None, byte)
    there = destination(link, atom.file, atom.start + offset)
    return Sides(Byte(None, there) if there is not None else None, Byte(atom.file, atom.start + offset), byte)
