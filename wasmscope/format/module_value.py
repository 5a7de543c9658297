"""A module as a value, and its bytes.

    module  ::= 00 61 73 6d version:u32le section*
    section ::= id:byte size:u32 byte^size            custom (id 0) ::= name byte*
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wasmscope.format.leb128 import name_bytes, uleb

if TYPE_CHECKING:
    from wasmscope.format.module import Module

MAGIC = b"\0asm"
VERSION = 1
HEADER = MAGIC + VERSION.to_bytes(4, "little")


@dataclass(slots=True)
class SectionValue:
    """A section as a value: `contents` come after the header, and after the name of a custom section (id 0)."""

    id: int
    name: str
    contents: bytes


@dataclass(slots=True)
class ModuleValue:
    """A module as a value. The section codecs (`sections.TYPES`, …) make the contents of each section."""

    sections: list[SectionValue] = field(default_factory=list)


def value_of(module: Module) -> ModuleValue:
    """The value of a module: all of it but the redundant bytes of section sizes."""
    return ModuleValue([SectionValue(one.id, one.name, module.contents(one)) for one in module.sections])


def build_section(id: int, contents: bytes, name: str = "") -> bytes:
    """A section with its header; `name` is written for custom sections only."""
    body = contents if id else name_bytes(name) + contents
    return bytes((id,)) + uleb(len(body)) + body


def build(value: ModuleValue) -> bytes:
    """The bytes of a module."""
    return HEADER + b"".join(build_section(one.id, one.contents, one.name) for one in value.sections)
