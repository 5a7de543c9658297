"""What is printed where the terminal's encoding lacks a character: never an error, and never what could control it."""

from __future__ import annotations

import codecs
import sys
from functools import partial

SHOWN, RAW = "wasmscope.shown", "wasmscope.raw"


def prepare(raw: bool, encoding: str | None = None) -> None:
    """Make stdout and stderr print everything, in `encoding` (None: the locale's).

    A byte of a name that was no UTF-8 comes out as it went in. `raw`, as LLD: so does every character. Otherwise a
    glyph of ours has its stand-in, and what is left is escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=encoding, errors=RAW if raw else SHOWN)


def _encode(error: UnicodeError, raw: bool) -> tuple[str | bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    char = error.object[error.start]
    if raw or 0xDC80 <= ord(char) <= 0xDCFF:
        return char.encode("utf-8", "surrogateescape"), error.start + 1
    from wasmscope.debugger.glyphs import ascii_words

    return ascii_words(char), error.start + 1


codecs.register_error(SHOWN, partial(_encode, raw=False))
codecs.register_error(RAW, partial(_encode, raw=True))
