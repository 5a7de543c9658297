"""The build id: a number for this very output, hashed over the file with the id's own bytes as blanks.

The hash is LLD's, which hashes in parallel: of each MiB of the file on its own, then of those hashes. "fast" is 64
bits of xxh3 made a UUID of version 5 in a namespace of LLD's, "sha1" (or "tree") is SHA-1. "uuid" is the only random
thing in a link. (LLD 22; reference: 2.8.)
"""

from __future__ import annotations

from collections.abc import Callable

CHUNK = 1 << 20
BLANK = b" "
NAMESPACE = bytes.fromhex("a1fa482d0e22038d338b521cd6d212b2")
SIZES = {"fast": 16, "sha1": 20, "tree": 20, "uuid": 16}


def id_size(style: str) -> int:
    """How many bytes the id of `style` (a value of --build-id, not "none") has."""
    return SIZES[style] if style in SIZES else len(_given(style))


def build_id(style: str, blank: bytes) -> bytes:
    """The id of `style` for the file `blank`, which has spaces in the id's place."""
    if style == "fast":
        from xxhash import xxh3_64_intdigest

        found = _in_chunks(blank, lambda data: xxh3_64_intdigest(data).to_bytes(8, "little"))
        return _as_uuid(_sha1(NAMESPACE + found)[:16], 5)
    if style in ("sha1", "tree"):
        return _in_chunks(blank, _sha1)
    if style == "uuid":
        from os import urandom

        return _as_uuid(urandom(16), 4)
    return _given(style)


def _sha1(data: bytes) -> bytes:
    from hashlib import sha1  # it takes a while to load, and most links have no build id

    return sha1(data).digest()


def _in_chunks(data: bytes, digest: Callable[[bytes], bytes]) -> bytes:
    return digest(b"".join(digest(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK)))


def _as_uuid(data: bytes, version: int) -> bytes:
    return data[:6] + bytes((data[6] & 15 | version << 4, data[7], data[8] & 63 | 128)) + data[9:]


def _given(style: str) -> bytes:
    """The bytes of 0xHEX; an odd last digit is a byte of its own."""
    digits = style[2:]
    return bytes(int(digits[at : at + 2], 16) for at in range(0, len(digits), 2))
