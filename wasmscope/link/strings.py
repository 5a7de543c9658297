"""Merging of NUL-terminated strings: equal ones become one, and one that ends another shares its tail.

Distinct strings are placed in descending order of their reversed bytes, so that a string comes right after the longer
ones that it may end; it shares the tail of the string placed last, if it is its end (LLD 22; reference: 2.4).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SEG_STRINGS
from wasmscope.link.model import Atom, Merge, MergedStrings
from wasmscope.link.options import Options

BACKWARDS = itemgetter(slice(None, None, -1))


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
    distinct: set[bytes] = set().union(*(one.strings[1] for one in inputs))
    offsets: dict[bytes, int] = {}
    tails: dict[bytes, int] = {}
    placed: list[bytes] = []
    size, last, last_offset = 0, b"", 0
    for text in sorted(distinct, key=BACKWARDS, reverse=True):
        if last.endswith(text):
            offsets[text] = last_offset + len(last) - len(text)
            tails[text] = last_offset
            continue
        offsets[text] = last_offset = size
        last = text
        placed.append(text)
        size += len(text)
    first = dict(zip(inputs, accumulate((len(one.strings[0]) for one in inputs), initial=0), strict=False))
    starts = {one: one.strings[0] for one in inputs}
    return Merge(atom, b"".join(placed), MergedStrings(inputs, offsets, tails), first, starts)


def merged_offset(merge: Merge, atom: Atom, offset: int) -> int:
    """Where byte `offset` of the input `atom` is in the merged atom."""
    number = max(bisect_right(merge.starts[atom], offset) - 1, 0)
    string = merge.strings[merge.first[atom] + number]
    return offset + string.offset - string.start
