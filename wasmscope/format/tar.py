"""Tar archives as LLVM writes them (`--reproduce`), and the reading of them.

    tar    ::= entry* zero^1024          entry ::= extended? header contents, each filled up to 512 bytes with zeros
    header ::= name[100] mode[8] uid[8] gid[8] size[12] mtime[12] checksum[8] type[1] link[100] "ustar" 0 "00" …
               prefix[155] zero[12]

A name that does not fit in `name` and `prefix` is in an extended header of its own (type "x"). Owner and time are left
empty, so that equal contents make equal archives (checked with LLD 22.1.8).
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from wasmscope.errors import FormatError

BLOCK = 512
NAME_SIZE, PREFIX_SIZE = 100, 137
"""A name is shorter than the first; LLVM uses no more of the prefix than the second, for the sake of old readers."""
USTAR = slice(257, 262)


def is_tar(data: bytes) -> bool:
    """Whether `data` begins like a tar archive."""
    return data[USTAR] == b"ustar"


def read_tar(data: bytes, path: str) -> dict[str, bytes]:
    """The files in the archive `data`, by name, in order. `path` is its own name. Raises FormatError."""
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errors="surrogateescape") as tar:
            found = ((one.name, tar.extractfile(one)) for one in tar.getmembers() if one.isfile())
            return {name: file.read() for name, file in found if file is not None}
    except (tarfile.TarError, OSError) as error:
        raise FormatError(f"the tar archive cannot be read: {error}", path) from error


def write_tar(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of `files`, (name, contents); of two with one name the first is taken."""
    parts: list[bytes] = []
    seen: set[str] = set()
    for name, contents in files:
        if name not in seen:
            seen.add(name)
            parts += [_header(name, len(contents)), _filled(contents)]
    return b"".join(parts) + bytes(2 * BLOCK)


def _header(name: str, size: int) -> bytes:
    raw = name.encode("utf-8", "surrogateescape")
    split = _split(raw)
    if split is not None:
        return _block(split[1], split[0], size)
    text = _record(b"path", raw)
    return _block(b"", b"", len(text), b"x") + _filled(text) + _block(b"", b"", size)


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """Prefix and name, if it can be split at a slash so that both fit."""
    if len(name) < NAME_SIZE:
        return b"", name
    slash = name.rfind(b"/", 0, PREFIX_SIZE + 1)
    if slash < 0 or len(name) - slash - 1 >= NAME_SIZE:
        return None
    return name[:slash], name[slash + 1 :]


def _record(key: bytes, value: bytes) -> bytes:
    """`LENGTH key=value`, where the length counts its own digits."""
    size = len(key) + len(value) + 3
    total = size + len(str(size))
    total = size + len(str(total))
    return b"%d %s=%s\n" % (total, key, value)


def _block(name: bytes, prefix: bytes, size: int, type: bytes = b"\0") -> bytes:
    mode = b"0000664\0" if type == b"\0" else bytes(8)
    before = name.ljust(NAME_SIZE, b"\0") + mode + bytes(16) + b"%011o\0" % size + bytes(12)
    after = type + bytes(100) + b"ustar\00000" + bytes(80) + prefix.ljust(155, b"\0") + bytes(12)
    return before + b"%06o\0 " % (sum(before) + sum(after) + 8 * ord(" ")) + after


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)
