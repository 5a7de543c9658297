"""Archives (`.a`): the members of an ar file.

    archive ::= "!<arch>\n" (header byte^size padding to 2)*
    thin    ::= "!<thin>\n" header* (members are files beside the archive; only index and long names are inside)
    header  ::= name:16 date:12 owner:6 group:6 mode:8 size:10 "`\n"     (ASCII, padded with blanks)

GNU: a short name ends in "/"; "/123" is an offset into the member "//" that holds long names; "/" and "/SYM64/" are
indexes. BSD: "#1/len" says that the name is the first len bytes of the contents; "__.SYMDEF…" are indexes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property

from wasmscope.errors import FormatError

MAGIC, THIN_MAGIC = b"!<arch>\n", b"!<thin>\n"
HEADER_SIZE = 60
_INDEXES = ("/", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED", "__.SYMDEF_64", "__.SYMDEF_64 SORTED")


class Member:
    """One member. `offset` and `size` are of its contents in the archive; `path` is the file that a thin one names."""

    def __init__(self, archive: Archive, name: str, offset: int, size: int, path: str = "") -> None:
        self.archive = archive
        self.name = name
        self.offset = offset
        self.size = size
        self.path = path

    def __repr__(self) -> str:
        return f"Member({self.name!r}, offset={self.offset:#x}, size={self.size})"

    @cached_property
    def data(self) -> bytes:
        """The contents. Raises FormatError when a thin archive's file cannot be read."""
        if not self.path:
            return bytes(self.archive.data[self.offset : self.offset + self.size])
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except OSError as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: OSError) -> FormatError:
        """What is wrong with a thin archive whose file cannot be read (LLVM's words)."""
        text = f"could not get the buffer for a child of the archive: '{self.name}': {error.strerror}"
        return FormatError(text, self.archive.path, offset=self.offset)


class Archive:
    """An ar file. `path` is its name in messages, and where a thin archive's members are looked for."""

    def __init__(self, path: str, data: bytes | memoryview) -> None:
        self.path = path
        self.data = data
        self.thin = data[:8] == THIN_MAGIC
        if not self.thin and data[:8] != MAGIC:
            raise FormatError("invalid archive magic", path, offset=0, expected='"!<arch>\\n" or "!<thin>\\n"')

    def members(self) -> Iterator[Member]:
        """The members in order, without indexes; asked again, the same. Raises FormatError where the archive is
        malformed."""
        found, wrong = self._found
        yield from found
        if wrong is not None:
            raise wrong.with_traceback(None)

    @cached_property
    def _found(self) -> tuple[list[Member], FormatError | None]:
        """The members, and what is wrong behind the last of them."""
        found: list[Member] = []
        try:
            found.extend(self._read())
        except FormatError as error:
            return found, error
        return found, None

    def _read(self) -> Iterator[Member]:
        pos, end, long_names = 8, len(self.data), b""
        while pos < end:
            raw, size = self._header(pos)
            start = pos + HEADER_SIZE
            inside = not self.thin or raw in ("/", "//", "/SYM64/")
            if inside and start + size > end:
                raise self._error(f"member of {size} bytes extends beyond the end", pos, f"at most {end - start} bytes")
            if raw == "//":
                long_names = bytes(self.data[start : start + size])
            else:
                name, skip = self._name(raw, long_names, start, size)
                if name.rstrip("\0") not in _INDEXES:
                    path = os.path.join(os.path.dirname(self.path), name) if self.thin else ""
                    yield Member(self, name, start + skip, size - skip, path)
            pos = start + size + (size & 1) if inside else start

    def _header(self, pos: int) -> tuple[str, int]:
        """Name (blanks cut off) and size in the header at `pos`."""
        header = bytes(self.data[pos : pos + HEADER_SIZE])
        if len(header) < HEADER_SIZE:
            raise self._error("remaining size of archive too small for next archive member header", pos, "60 bytes")
        if header[58:] != b"`\n":
            raise self._error("terminator characters in archive member header are not correct", pos + 58, '"`\\n"')
        digits = header[48:58].rstrip(b" ")
        if not digits.isdigit():
            text = "characters in size field in archive header are not all decimal numbers"
            raise self._error(text, pos + 48, "digits")
        return header[:16].rstrip(b" ").decode("utf-8", "surrogateescape"), int(digits)

    def _name(self, raw: str, long_names: bytes, start: int, size: int) -> tuple[str, int]:
        """The full name, and how many bytes of the contents it takes."""
        if raw.startswith("#1/") and raw[3:].isdigit():
            length = int(raw[3:])
            if length > size:
                raise self._error("long name extends past the end of the member", start, f"at most {size} bytes")
            return bytes(self.data[start : start + length]).rstrip(b"\0").decode("utf-8", "surrogateescape"), length
        if raw.startswith("/") and raw[1:].isdigit():
            offset = int(raw[1:])
            if offset >= len(long_names):
                text = f"long name offset {offset} past the end of the string table"
                raise self._error(text, start - HEADER_SIZE, f"less than {len(long_names)}")
            end = long_names.find(b"\n", offset)
            name = long_names[offset : end if end >= 0 else len(long_names)].split(b"\0", 1)[0]
            return name.removesuffix(b"/").decode("utf-8", "surrogateescape"), 0
        return (raw if raw in _INDEXES else raw.removesuffix("/")), 0

    def _error(self, message: str, offset: int, expected: str) -> FormatError:
        return FormatError(message, self.path, "", offset, expected)
