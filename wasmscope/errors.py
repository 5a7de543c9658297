"""The one family of errors, and diagnostics.

An error says where it is: the file, and where known the section and the offset in bytes from the start of that file.
A phase collects `Diagnostic`s, and a link stops between phases; a reader collects `FormatError`s and keeps what it
could read.
"""

from __future__ import annotations

from dataclasses import dataclass


class WasmError(Exception):
    """Something is wrong with a file, a link or a command line.

    message: what is wrong, lower case, without a trailing period. file: the name it was opened by. section: the name
    of the section in it. offset: bytes from the start of that file. expected: what would have been right.
    """

    def __init__(
        self, message: str, file: str = "", section: str = "", offset: int | None = None, expected: str = ""
    ) -> None:
        super().__init__(message, file, section, offset, expected)
        self.message = message
        self.file = file
        self.section = section
        self.offset = offset
        self.expected = expected

    @property
    def place(self) -> str:
        """Where it is, and what was expected: "section S, offset 0x2a; expected E", or "" when nothing is known."""
        where = [f"section {self.section}"] if self.section else []
        if self.offset is not None:
            where.append(f"offset {self.offset:#x}")
        parts = [", ".join(where)] if where else []
        if self.expected:
            parts.append(f"expected {self.expected}")
        return "; ".join(parts)

    @property
    def reason(self) -> str:
        """What is wrong, and what was expected, without the place."""
        return self.message + (f"; expected {self.expected}" if self.expected else "")

    def __str__(self) -> str:
        text = f"{self.file}: {self.message}" if self.file else self.message
        return f"{text} ({self.place})" if self.place else text


class FormatError(WasmError):
    """Bytes that are not what the format asks for."""


class LinkError(WasmError):
    """A link that cannot go on."""


class OptionError(WasmError):
    """A command line that cannot be understood."""


class NotFoundError(WasmError, LookupError):
    """What was asked for by a name or a place is not there."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message of a link."""

    severity: str
    """ "error", "warning", "note", or "log" for what only --verbose says."""
    text: str
    """The words LLD uses, without its "wasm-ld: error: " prefix; may have several lines."""
    notes: tuple[str, ...] = ()
    """What helps to understand and mend it: ours, not LLD's."""
    subject: object = None
    """What it is about: a symbol, an atom, an object."""

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}"
