"""Answers about bytes: the story of one, and what all of them are spent on."""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.api.answer import Answer


class InputPlace(NamedTuple):
    """A byte of an object."""

    file: str
    """As LLD prints it: `main.o`, `libc.a(puts.o)`."""
    offset: int
    """Bytes from the start of that file (of a member: from the start of the member)."""


class Story(Answer):
    """The story of a byte of a link; `report/at.py` says what its facts are."""

    @property
    def fate(self) -> str:
        """What the linker made of it, in words."""
        return str(self.facts["fate"])

    @property
    def offset(self) -> int | None:
        """Where it is in the output's file; None when it is not."""
        output = self.facts["output"]
        return output and int(output["offset"])

    @property
    def address(self) -> int | None:
        """Where it is in memory when the program starts; None when it is not."""
        memory = self.facts["memory"]
        return memory and int(memory["address"])

    @property
    def inputs(self) -> tuple[InputPlace, ...]:
        """Where it is from: several places for a merged string, none for what the linker made."""
        return tuple(InputPlace(one["file"], one["offset"]) for one in self.facts["inputs"])


class ModuleStory(Answer):
    """The story of a byte of a module alone; `report/lone_answers.py` says what its facts are."""

    @property
    def offset(self) -> int | None:
        """Where it is in the file; None for memory that the file does not fill."""
        offset: int | None = self.facts["offset"]
        return offset

    @property
    def address(self) -> int | None:
        """Where it is in memory when the program starts; None when it is not."""
        address: int | None = self.facts["address"]
        return address

    @property
    def of(self) -> str | None:
        """What it is part of: a function, a data segment; None when it is of neither."""
        of: str | None = self.facts["of"]
        return of


class AuditedStory(Answer):
    """The story of a byte of an audited module, or of its objects; `report/foreign.py` says what its facts are."""

    @property
    def fate(self) -> str:
        """What it is, in words."""
        return str(self.facts["fate"])

    @property
    def input(self) -> InputPlace | None:
        """The object's byte; None for what the linker made, and for what could not be matched."""
        one = self.facts["input"]
        return one and InputPlace(one["file"], one["offset"])

    @property
    def expected(self) -> tuple[int, ...]:
        """Every value that the relocation there may have; () without one, or where that cannot be told."""
        return tuple((self.facts["relocation"] or {"expected": ()})["expected"])

    @property
    def found(self) -> int | None:
        """The value that is there; None without a relocation, or when it cannot be read."""
        found: int | None = (self.facts["relocation"] or {"found": None})["found"]
        return found


class SizeRow(NamedTuple):
    """Bytes that belong together."""

    name: str
    file: str
    """The input that it is from; "" where that is not known, or is the name."""
    size: int
    kinds: dict[str, int]
    """Bytes by kind: "code", "data", "debug", …"""
    changes: tuple[int, ...]
    """Bytes more than in each of the others."""
    retained: int | None
    """By dominator: the bytes that would go with it."""


class Sizes(Answer):
    """What the bytes of a file are spent on; `report/size.py` says what its facts are."""

    @property
    def total(self) -> int:
        """The size of the file, in bytes: what the rows add up to."""
        return int(self.facts["size"])

    @property
    def rows(self) -> tuple[SizeRow, ...]:
        """The rows, the largest first; with others to compare with, those that changed most first."""
        return tuple(
            SizeRow(one["name"], one["file"], one["size"], one["kinds"], tuple(one.get("changes", ())),
                    one.get("retained"))
            for one in self.facts["rows"]
        )  # fmt: skip
