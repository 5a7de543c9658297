"""What `check_relocs` asks of the relocations of large sections, or of many, asked of whole columns with NumPy."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from wasmscope.format.reloc_columns import Columns
from wasmscope.format.relocs import TYPE_INDEX


class Patched(NamedTuple):
    """A section that relocations patch: how many do, its size in bytes, and what they may name."""

    relocs: int
    size: int
    types: int
    """How many types the module has."""
    kinds: Sequence[int]
    """The kind of each symbol of the module."""


def any_wrong(
    columns: Columns, sections: Sequence[Patched], widths: Sequence[int], allowed: Sequence[Set[int]]
) -> bool:
    """Whether an entry may be wrong: out of order, past the end of its section, its addend out of range, or its index
    of nothing that its type may name.

    `columns` are the entries of all `sections`; `widths` and `allowed` (kinds of symbols) are by relocation type.
    """
    type, offsets, indices, addends = columns
    if not len(type):
        return False
    counts = [one.relocs for one in sections]
    falls = offsets[1:] < offsets[:-1]
    falls[[first - 1 for first in accumulate(counts) if 0 < first < len(type)]] = False  # of the next section
    if bool(falls.any()):
        return True
    if bool((offsets + np.array(widths)[type] > np.repeat([one.size for one in sections], counts)).any()):
        return True
    if int(addends.min()) < -(1 << 31) or int(addends.max()) >= 1 << 31:
        return True
    limits = [(len(one.kinds), one.types) for one in sections]
    of_types = type == TYPE_INDEX
    if bool((indices >= np.repeat(limits, counts, axis=0)[np.arange(len(type)), of_types.astype(int)]).any()):
        return True
    named = ~of_types
    starts = np.repeat([0, *accumulate(len(one.kinds) for one in sections)][:-1], counts)
    kinds = np.array([kind for one in sections for kind in one.kinds], np.int64)
    fits = np.array([[kind in some for kind in range(6)] for some in allowed])
    return not bool(fits[type[named], kinds[(starts + indices)[named]]].all())
