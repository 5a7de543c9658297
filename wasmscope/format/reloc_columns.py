"""Relocation columns of large sections, read with NumPy: what `relocs` does entry by entry, for all entries at once.

Every LEB ends in a byte below 128, so the ends, and from them the values, of all LEBs are found in a few passes
over the bytes. What is at all out of the ordinary is left to the loop, which says what is wrong with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Columns = tuple[list[int], list[int], list[int], list[int]]


def read_columns(data: bytes, pos: int, count: int, has_addend: tuple[bool, ...]) -> Columns | None:
    """Types, offsets, indices and addends of `count` entries from `pos` to the end of `data`.

    None if they are not plain.
    """
    raw = np.frombuffer(data, np.uint8, offset=pos)
    ends = np.flatnonzero(raw < 128)
    if not 3 * count <= len(ends) <= 4 * count or int(ends[-1]) != len(raw) - 1:
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    if int(lengths.max()) > 9:
        return None
    values = _values(raw, starts, lengths)
    at = _entries(values, count, has_addend, len(ends))
    if at is None:
        return None
    types = values[at]
    with_addend = np.array(has_addend)[types]
    place = np.where(with_addend, at + 3, at)
    sign = (raw[ends[place]].astype(np.int64) & 0x40) << 1 >> 7
    signed = values[place] - (sign << 7 * lengths[place])
    addends = np.where(with_addend, signed, 0)
    return types.tolist(), values[at + 1].tolist(), values[at + 2].tolist(), addends.tolist()


def _values(raw: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The unsigned value of each LEB."""
    values = raw[starts].astype(np.int64) & 127
    for place in range(1, int(lengths.max())):
        long = np.flatnonzero(lengths > place)
        values[long] |= (raw[starts[long] + place].astype(np.int64) & 127) << 7 * place
    return values


def _entries(
    values: NDArray[np.int64], count: int, has_addend: tuple[bool, ...], lebs: int
) -> NDArray[np.int64] | None:
    """Which LEB begins each entry; an entry is three LEBs, or four if its type has an addend."""
    if lebs == 4 * count or lebs == 3 * count:
        at = np.arange(count, dtype=np.int64) * (lebs // count)
    else:
        sizes = [4 if one else 3 for one in has_addend]
        known, numbers, place, found = len(sizes), values.tolist(), 0, []
        for _ in range(count):
            if place >= lebs or numbers[place] >= known:
                return None
            found.append(place)
            place += sizes[numbers[place]]
        if place != lebs:
            return None
        at = np.array(found, np.int64)
    types = values[at]
    if int(types.max()) >= len(has_addend) or int(np.array(has_addend)[types].sum()) + 3 * count != lebs:
        return None
    return at
