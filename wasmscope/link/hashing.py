"""Orders that come from LLVM's hash tables and show in LLD's output (reference: 2.10).

LLD walks three of its tables in bucket order: the names of --export and --export-if-defined, which decides the order in
which they pull archive members in; the functions whose signatures disagree, which decides the order of the warnings
and the numbers of the stubs; and the names in a stub library. The two kinds of table probe alike (steps of 1, 2, 3, …)
and are filled anew, in walking order, when they grow; they differ in size, in when they grow, and in the hash.

The facts (constants, order of mixing, growth) are those of LLVM 22's ADT/StringMap.h, ADT/DenseMap.h and ADT/Hashing.h;
the string hash of the latter is CityHash with a state of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

MASK = (1 << 64) - 1
SEED = 0xFF51AFD7ED558CCD
"""What LLVM begins every hash with in a release build."""
K0, K1, K2, K3 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F, 0xC949D7C7509E6557
PAIR = 0x9DDFEA08EB382D69


def string_map_order(names: Iterable[str]) -> list[str]:
    """`names` in the order in which an LLVM StringMap that they were put into one by one is walked.

    16 buckets at first; a name's bucket is the low bits of XXH3-64; when it is more than three quarters full after an
    insertion, the table doubles.
    """
    wanted = list(dict.fromkeys(names))
    if len(wanted) < 2:
        return wanted
    from xxhash import xxh3_64_intdigest

    table = _Table(16)
    for name in wanted:
        table.put(name, xxh3_64_intdigest(_raw(name)))
        if len(table.taken) * 4 > table.size * 3:
            table.double()
    return table.walk()


def dense_map_order(names: Iterable[str]) -> list[str]:
    """`names` in the order in which an LLVM DenseMap of them (as CachedHashStringRef) is walked.

    64 buckets at first; a name's bucket is the low bits of `string_hash`; when an insertion would fill three quarters,
    the table doubles before it.
    """
    wanted = list(dict.fromkeys(names))
    if len(wanted) < 2:
        return wanted
    table = _Table(64)
    for name in wanted:
        if (len(table.taken) + 1) * 4 >= table.size * 3:
            table.double()
        table.put(name, string_hash(_raw(name)))
    return table.walk()


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


class _Table:
    """Buckets with open addressing: `taken` maps the number of a bucket to the name and hash in it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.taken: dict[int, tuple[str, int]] = {}

    def put(self, name: str, hash: int) -> None:
        """Put a name into the first free bucket of its probe sequence."""
        bucket, step = hash & (self.size - 1), 0
        while bucket in self.taken:
            step += 1
            bucket = (bucket + step) & (self.size - 1)
        self.taken[bucket] = (name, hash)

    def double(self) -> None:
        """Twice the buckets, filled anew in walking order."""
        old = [self.taken[bucket] for bucket in sorted(self.taken)]
        self.size *= 2
        self.taken = {}
        for name, hash in old:
            self.put(name, hash)

    def walk(self) -> list[str]:
        """The names in bucket order."""
        return [self.taken[bucket][0] for bucket in sorted(self.taken)]


# --- LLVM's hash of a string ------------------------------------------------------------------------------------
# Numbers grow freely and are cut to 64 bits where their upper half matters: before a shift to the right.


def string_hash(data: bytes) -> int:
    """The 64-bit hash that LLVM 22 gives a string, in a release build."""
    size = len(data)
    if size > 64:
        return _long(data)
    if size > 32:
        return _up_to_64(data)
    if size > 16:
        return _up_to_32(data)
    if size > 8:
        first, last = _word(data, 0), _word(data, size - 8)
        return _pair(SEED ^ first, _right(last + size, size)) ^ last
    if size > 3:
        return _pair(size + (_word(data, 0, 4) << 3), SEED ^ _word(data, size - 4, 4))
    if size:
        ends = data[0] + (data[size >> 1] << 8), size + (data[-1] << 2)
        return _fold(ends[0] * K2 ^ ends[1] * K3 ^ SEED) * K2 & MASK
    return K2 ^ SEED


def _word(data: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _right(value: int, by: int) -> int:
    """`value` rotated to the right by `by` bits."""
    value &= MASK
    return (value >> by | value << 64 - by) & MASK


def _fold(value: int) -> int:
    value &= MASK
    return value ^ value >> 47


def _pair(low: int, high: int) -> int:
    """Two words become one."""
    first = _fold((low ^ high) * PAIR)
    return _fold((high ^ first) * PAIR) * PAIR & MASK


def _up_to_32(data: bytes) -> int:
    size = len(data)
    a, b = _word(data, 0) * K1, _word(data, 8)
    c, d = _word(data, size - 8) * K2, _word(data, size - 16) * K0
    return _pair(_right(a - b, 43) + _right(c ^ SEED, 30) + d, a + _right(b ^ K3, 20) - c + size + SEED)


def _up_to_64(data: bytes) -> int:
    size = len(data)
    front = _word(data, 0) + (size + _word(data, size - 16)) * K0
    back = _word(data, 16) + _word(data, size - 32)
    sum_1, mix_1 = _half(front, _word(data, 8), _word(data, 16), _word(data, 24))
    sum_2, mix_2 = _half(back, _word(data, size - 24), _word(data, size - 16), _word(data, size - 8))
    both = _fold((sum_1 + mix_2) * K2 + (sum_2 + mix_1) * K0)
    return _fold((SEED ^ both * K0) + mix_1) * K2 & MASK


def _half(start: int, second: int, third: int, fourth: int) -> tuple[int, int]:
    """Four words of a string of 33 to 64 bytes: their sum, and what rotating the partial sums makes of them."""
    two = start + second
    three = two + third
    mixed = _right(start + fourth, 52) + _right(start, 37) + _right(two, 7) + _right(three, 31)
    return three + fourth, mixed


def _long(data: bytes) -> int:
    """A string of more than 64 bytes: blocks of 64; the last 64 bytes are a block of their own unless they are one."""
    size = len(data)
    start = SEED * K1
    state = [0, SEED, _pair(SEED, K1), _right(SEED ^ K1, 49), start, _fold(SEED), _pair(start, _fold(SEED))]
    for at in range(0, size - 63, 64):
        state = _mixed(state, data, at)
    if size % 64:
        state = _mixed(state, data, size - 64)
    h0, h1, h2, h3, h4, h5, h6 = state
    return _pair(_pair(h3, h5) + _fold(h1) * K1 + h2, _pair(h4, h6) + _fold(size) * K1 + h0)


def _mixed(state: list[int], data: bytes, at: int) -> list[int]:
    """The state after one more block of 64 bytes."""
    h0, h1, h2, h3, h4, h5, h6 = state
    new_2 = _right(h0 + h1 + h3 + _word(data, at + 8), 37) * K1 ^ h6
    new_1 = _right(h1 + h4 + _word(data, at + 48), 42) * K1 + h3 + _word(data, at + 40)
    new_0 = _right(h2 + h5, 33) * K1
    new_3, new_4 = _quarter(data, at, h4 * K1, new_2 + h5)
    new_5, new_6 = _quarter(data, at + 32, new_0 + h6, new_1 + _word(data, at + 16))
    return [one & MASK for one in (new_0, new_1, new_2, new_3, new_4, new_5, new_6)]


def _quarter(data: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """Two words of the state after 32 more bytes."""
    one, two, three, four = (_word(data, at + step) for step in (0, 8, 16, 24))
    first = a + one
    sum = first + two + three
    return sum + four, _right(b + first + four, 21) + _right(sum, 44) + first
