"""Vectors: a count and that many records, each of which can say the bytes it came from.

    vec(B) ::= n:u32 B^n

`Contents` is the codec of everything a section holds. It reads into a value that the caller made, so what was read
before an error is kept; `base` is the file offset of the data, and what is recorded counts from the start of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Generic, NamedTuple, TypeVar

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import EXTENDS_PAST_END, Codec, read_byte, read_u32, uleb

T = TypeVar("T")
R = TypeVar("R")


class Vec(list[T]):
    """A list of records that knows where each was in the file. Two are equal when the records are."""

    __slots__ = ("_spans", "base", "starts")

    def __init__(self, items: Iterable[T] = ()) -> None:
        super().__init__(items)
        self.base = 0
        """File offset that `starts` count from."""
        self.starts: list[int] = []
        """Where each record begins, and after them where the last one ends; empty when the records were not read."""
        self._spans: list[tuple[int, int]] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and end file offset of each record; empty when the records were not read from a file."""
        if self._spans is None:
            at = [self.base + start for start in self.starts]
            self._spans = list(pairwise(at))
        return self._spans

    def span(self, index: int) -> tuple[int, int]:
        """First and end file offset of record `index`."""
        return self.base + self.starts[index], self.base + self.starts[index + 1]


class Contents(Codec[R], Generic[R]):
    """The codec of a whole section: `fill` reads all of `data`, `write` (under it in each subclass) gives it back."""

    section = ""
    """The section's name in messages."""

    def new(self) -> R:
        """An empty value to read into."""
        raise NotImplementedError

    def fill(self, data: bytes, out: R, base: int) -> int:
        """Read all records of `data` into `out`; the position reached. May raise IndexError where `data` ends."""
        raise NotImplementedError

    def decode(self, data: bytes, out: R, base: int = 0) -> None:
        """Read all of `data`, which starts at file offset `base`, into `out`. Raises FormatError, offset in `data`."""
        try:
            end = self.fill(data, out, base)
        except IndexError:
            raise FormatError(EXTENDS_PAST_END, offset=len(data), expected="more of the section") from None
        if end != len(data):
            place = min(end, len(data))
            raise FormatError(f"{self.section} section ended prematurely", offset=place, expected=_left(data, end))

    def read(self, data: bytes, pos: int) -> tuple[R, int]:
        """The value of everything from `pos` on."""
        out = self.new()
        self.decode(data[pos:], out)
        return out, len(data)


def _left(data: bytes, end: int) -> str:
    if end > len(data):
        return f"{end - len(data)} more bytes"
    return f"nothing after the last record, {len(data) - end} bytes are left"


class Vector(Contents[Vec[T]], Generic[T]):
    """A vector of records, each read and written by the codec `item`."""

    def __init__(self, section: str, item: Codec[T]) -> None:
        super().__init__()
        self.section = section
        self.item = item

    def new(self) -> Vec[T]:
        """An empty vector."""
        return Vec()

    def fill(self, data: bytes, out: Vec[T], base: int) -> int:
        """Read the count and the records."""
        out.base = base
        count, pos = read_u32(data, 0)
        starts, read = out.starts, self.item.read
        starts.append(pos)
        for _ in range(count):
            record, pos = read(data, pos)
            out.append(record)
            starts.append(pos)
        return pos

    def write(self, value: Iterable[T]) -> bytes:
        """The count and the records."""
        records = list(map(self.item.write, value))
        return uleb(len(records)) + b"".join(records)


class Record(Codec[T], Generic[T]):
    """A NamedTuple `cls` whose fields are read and written, in order, by `fields`."""

    def __init__(self, cls: Any, *fields: Codec[Any]) -> None:
        super().__init__()
        self.cls = cls
        self.fields = fields

    def read(self, data: bytes, pos: int) -> tuple[T, int]:
        """The record at `pos`."""
        values = []
        for field in self.fields:
            value, pos = field.read(data, pos)
            values.append(value)
        return self.cls(*values), pos

    def write(self, value: T) -> bytes:
        """The fields of the record."""
        return b"".join(field.write(one) for field, one in zip(self.fields, value, strict=True))  # type: ignore[call-overload]


class Subsection(NamedTuple):
    """A part of a custom section: its type, and file offsets of the type byte, of the contents and of their end."""

    type: int
    start: int
    contents: int
    end: int

    def decode(self, codec: Contents[R], data: bytes, out: R, base: int, section: str) -> None:
        """Read its contents `data` into `out`. FormatErrors count from the start of the section, at `base`."""
        try:
            codec.decode(data, out, self.contents)
        except FormatError as error:
            raise self._placed(error, base, section) from None

    def read(self, codec: Codec[T], data: bytes, base: int, section: str) -> T:
        """The one value that its contents `data` are."""
        try:
            value, end = codec.read(data, 0)
            if end != len(data):
                raise FormatError("ended prematurely", offset=end, expected=_left(data, end))
            return value
        except FormatError as error:
            raise self._placed(error, base, section) from None

    def _placed(self, error: FormatError, base: int, section: str) -> FormatError:
        error.offset = (error.offset or 0) + self.contents - base
        if error.message.endswith("ended prematurely"):
            error.message = f"{section} sub-section ended prematurely"
        return error


def read_subsections(data: bytes, pos: int, base: int, found: list[Subsection], section: str) -> Iterator[Subsection]:
    """Walk `subsection ::= type:byte size:u32 byte^size` from `pos` to the end; each is noted in `found` when met."""
    while pos < len(data):
        start = pos
        type, pos = read_byte(data, pos)
        size, pos = read_u32(data, pos)
        left = len(data) - pos
        part = Subsection(type, base + start, base + pos, base + pos + min(size, left))
        found.append(part)
        yield part
        if size > left:
            text = f"{section} sub-section ended prematurely"
            raise FormatError(text, offset=start, expected=f"at most {left} bytes")
        pos += size


def subsection_bytes(type: int, contents: bytes) -> bytes:
    """A subsection: type, size, contents."""
    return bytes((type,)) + uleb(len(contents)) + contents
