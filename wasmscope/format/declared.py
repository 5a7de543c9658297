"""Records declared with construct's own words: those of which a file has few. Loaded when such a record is met."""

from __future__ import annotations

import io
from typing import Any, Generic, TypeVar

from construct import Construct, ConstructError, stream_write

from wasmscope.errors import FormatError
from wasmscope.format.leb128 import Codec

T = TypeVar("T")


class InConstruct(Construct):
    """A codec as a construct, on a stream that is in memory (which is what construct makes of bytes)."""

    def __init__(self, codec: Codec[Any]) -> None:
        super().__init__()
        self.codec = codec

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        value, end = self.codec.read(stream.getvalue(), stream.tell())
        stream.seek(end)
        return value

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        raw = self.codec.write(obj)
        stream_write(stream, raw, len(raw), path)
        return obj


class Declared(Codec[T], Generic[T]):
    """A NamedTuple `cls` declared with construct's own words."""

    def __init__(self, cls: Any, struct: Construct) -> None:
        super().__init__()
        self.cls = cls
        self.struct = struct

    def read(self, data: bytes, pos: int) -> tuple[T, int]:
        """The record at `pos`; construct's errors become ours."""
        stream = io.BytesIO(data)
        stream.seek(pos)
        try:
            found = self.struct.parse_stream(stream)
        except ConstructError as error:
            raise FormatError(str(error).splitlines()[-1], offset=stream.tell()) from None
        return self.cls(*(found[field] for field in self.cls._fields)), stream.tell()

    def write(self, value: T) -> bytes:
        """The bytes of the record."""
        return bytes(self.struct.build(dict(zip(self.cls._fields, value, strict=True))))  # type: ignore[call-overload]
