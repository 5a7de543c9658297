"""Merging of NUL-terminated strings: equal ones become one, and one that ends another shares its tail.

Distinct strings are placed in descending order of their reversed bytes, so that a string comes right after the longer
ones that it may end; it shares the tail of the string placed last, if it is its end (LLD 22; reference: 2.4).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SEG_STRINGS
from wasmscope.link.model import Atom, Merge, MergedStrings
from wasmscope.link.options import Options


def mergeable(atom: Atom, options: Options) -> bool:
    """Whether the strings of a data segment are merged."""
    return bool(atom.flags & SEG_STRINGS) and atom.align == 0 and options.optimize > 0 and atom.size > 0


def outside(atom: Atom) -> Diagnostic:
    """What LLD 22 says, and then stops, when it is asked for a place past the last string of `atom`."""
    assert atom.file is not None
    text = f"{atom.file.name}:({atom.name}): offset is outside the section"
    return Diagnostic("error", text, (f"the section has {atom.size} bytes, and no string begins at its end",), atom)


def merge_strings(atom: Atom, inputs: Sequence[Atom]) -> Merge:
    """The merge of `inputs` into the linker-made `atom`. A last string without its NUL is taken to the atom's end."""
    pieces = [(one, start, text) for one in inputs for start, text in _split(one.data)]
    offsets: dict[bytes, tuple[int, int]] = {}
    placed: list[bytes] = []
    size, last, last_offset = 0, b"", 0
    for text in sorted({text for _, _, text in pieces}, key=_reversed, reverse=True):
        if last.endswith(text):
            offsets[text] = (last_offset + len(last) - len(text), last_offset)
            continue
        offsets[text] = (size, -1)
        last, last_offset = text, size
        placed.append(text)
        size += len(text)
    starts: dict[Atom, list[int]] = {one: [] for one in inputs}
    first: dict[Atom, int] = {}
    for number, (one, start, _) in enumerate(pieces):
        first.setdefault(one, number)
        starts[one].append(start)
    return Merge(atom, b"".join(placed), MergedStrings(pieces, offsets), first, starts)


def _reversed(text: bytes) -> bytes:
    return text[::-1]


def _split(data: bytes) -> list[tuple[int, bytes]]:
    """(offset, string with its NUL) for each string in `data`."""
    pieces, start = [], 0
    while start < len(data):
        end = data.find(b"\0", start) + 1 or len(data)
        pieces.append((start, data[start:end]))
        start = end
    return pieces


def merged_offset(merge: Merge, atom: Atom, offset: int) -> int:
    """Where byte `offset` of the input `atom` is in the merged atom."""
    number = merge.first[atom] + max(bisect_right(merge.starts[atom], offset) - 1, 0)
    return offset + merge.strings.move(number)
