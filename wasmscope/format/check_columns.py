"""What `check_relocs` asks of the relocations of a large section, asked of whole columns with NumPy."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from wasmscope.format.reloc_columns import Columns
from wasmscope.format.relocs import TYPE_INDEX


def any_wrong(
    columns: Columns, size: int, widths: Sequence[int], types: int, kinds: Sequence[int], allowed: Sequence[Set[int]]
) -> bool:
    """Whether an entry may be wrong: out of order, past the `size` bytes of its section, its addend out of range, or
    its index of nothing that its type may name.

    `widths` and `allowed` (kinds of symbols) are by relocation type; `types` is how many types the module has, `kinds`
    the kind of each of its symbols.
    """
    type, offsets, indices, addends = columns
    if not len(type):
        return False
    if bool((offsets[1:] < offsets[:-1]).any()) or bool((offsets + np.array(widths)[type] > size).any()):
        return True
    if int(addends.min()) < -(1 << 31) or int(addends.max()) >= 1 << 31:
        return True
    of_types = type == TYPE_INDEX
    named = indices[~of_types]
    if bool((indices[of_types] >= types).any()) or bool((named >= len(kinds)).any()):
        return True
    fits = np.array([[kind in some for kind in range(6)] for some in allowed])
    return not bool(fits[type[~of_types], np.array(kinds, np.int64)[named]].all())
