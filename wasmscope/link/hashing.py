"""Orders that come from LLVM's hash tables and show in LLD's output (reference: 2.10)."""

from __future__ import annotations

from collections.abc import Iterable


def string_map_order(names: Iterable[str]) -> list[str]:
    """`names` in the order in which an LLVM StringMap that they were put into one by one is walked.

    16 buckets at first; a name's bucket is the low bits of XXH3-64, a taken one is passed with steps of 1, 2, 3, …; past
    three quarters full the table doubles and is filled anew in walking order.
    """
    wanted = list(names)
    if len(wanted) < 2:
        return wanted
    from xxhash import xxh3_64_intdigest

    size = 16
    table: dict[int, str] = {}
    for count, name in enumerate(wanted, 1):
        _put(table, size, name, xxh3_64_intdigest(name.encode("utf-8", "surrogateescape")))
        if count * 4 > size * 3:
            size *= 2
            table = _refill(table, size)
    return [table[bucket] for bucket in sorted(table)]


def _refill(table: dict[int, str], size: int) -> dict[int, str]:
    from xxhash import xxh3_64_intdigest

    new: dict[int, str] = {}
    for bucket in sorted(table):
        _put(new, size, table[bucket], xxh3_64_intdigest(table[bucket].encode("utf-8", "surrogateescape")))
    return new


def _put(table: dict[int, str], size: int, name: str, hash: int) -> None:
    bucket, step = hash & (size - 1), 0
    while bucket in table:
        step += 1
        bucket = (bucket + step) & (size - 1)
    table[bucket] = name


def variant_order(names: Iterable[str]) -> list[str]:
    """Names with several signatures, in the order in which LLVM's DenseMap of them is walked."""
    return list(names)
