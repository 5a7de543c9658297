"""Relocation columns of large sections, read with NumPy: what `relocs` does entry by entry, for all entries at once.

Every LEB ends in a byte below 128, so the ends, and from them the values, of all LEBs are found in a few passes
over the bytes. What is at all out of the ordinary is left to the loop, which says what is wrong with it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Columns = tuple[Int64s, Int64s, Int64s, Int64s]


def columns_of(types: list[int], offsets: list[int], indices: list[int], addends: list[int]) -> Columns:
    """Columns that are lists, as arrays."""
    lists = types, offsets, indices, addends
    whole = np.fromiter(chain.from_iterable(lists), np.int64, 4 * len(types)).reshape(4, len(types))
    return whole[0], whole[1], whole[2], whole[3]


def read_columns(parts: Sequence[bytes], counts: Sequence[int], has_addend: tuple[bool, ...]) -> Columns | None:
    """Types, offsets, indices and addends of the entries of all `parts`: one has so many of them as `counts` says.

    None if they are not plain.
    """
    raw, count = np.frombuffer(b"".join(parts), np.uint8), sum(counts)
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
    firsts = list(accumulate(counts, initial=0))
    if np.append(starts[at], len(raw))[firsts].tolist() != list(accumulate(map(len, parts), initial=0)):
        return None
    types = values[at]
    with_addend = np.array(has_addend)[types]
    place = np.where(with_addend, at + 3, at)
    sign = (raw[ends[place]].astype(np.int64) & 0x40) << 1 >> 7
    signed = values[place] - (sign << 7 * lengths[place])
    addends = np.where(with_addend, signed, 0)
    return types, values[at + 1], values[at + 2], addends


def _values(raw: NDArray[np.uint8], starts: Int64s, lengths: Int64s) -> Int64s:
    """The unsigned value of each LEB."""
    values: Int64s = raw[starts].astype(np.int64) & 127
    for place in range(1, int(lengths.max())):
        long = np.flatnonzero(lengths > place)
        values[long] |= (raw[starts[long] + place].astype(np.int64) & 127) << 7 * place
    return values


def _entries(values: Int64s, count: int, has_addend: tuple[bool, ...], lebs: int) -> Int64s | None:
    """Which LEB begins each entry; an entry is three LEBs, or four if its type has an addend."""
    with_addend = np.array((*has_addend, True))  # the last one: for what is no type
    three = np.flatnonzero(~with_addend[np.minimum(values, len(has_addend))])
    short = np.array(_short_entries([three[three & 3 == phase].tolist() for phase in range(4)]), np.int64)
    sizes = np.full(count, 4, np.int64)
    numbers = (short + np.arange(len(short))) >> 2
    sizes[numbers[numbers < count]] = 3
    if int(sizes.sum()) != lebs:
        return None
    at = np.cumsum(sizes) - sizes
    types = values[at]
    if int(types.max()) >= len(has_addend) or not bool((with_addend[types] == (sizes == 4)).all()):
        return None
    return at


def _short_entries(three: list[list[int]]) -> list[int]:
    """Which LEBs begin an entry of three. `three`: those that may, as the type that they say has no addend, by their
    number modulo 4. All entries between two of three are of four, so the next one is the next with the same remainder.
    """
    found: list[int] = []
    place = 0
    while True:
        line = three[place & 3]
        number = bisect_left(line, place)
        if number == len(line):
            return found
        found.append(line[number])
        place = line[number] + 3
