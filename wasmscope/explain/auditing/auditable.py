"""What an audit can be made of: a finished module that can be read to its end, and options that make such a module."""

from __future__ import annotations

import os
from dataclasses import replace

from wasmscope.errors import FormatError, OptionError
from wasmscope.format.module import Module, read
from wasmscope.link.model import Link
from wasmscope.link.options import Options

NEEDED = frozenset(("type", "import", "function", "global", "element", "code", "data"))
"""Sections that have to be read in whole."""


def auditable(module: Module) -> None:
    """Raises FormatError when `module` cannot be audited: it is an object, or what counts of it cannot be read."""
    if module.is_object:
        error = FormatError("is an object, not a linked module", module.file)
        error.add_note("an audit compares a linked module with the objects that it was made of")
        raise error
    broken = [*module.frame_errors.values()] or [one for one in module.read_all() if one.section in NEEDED]
    if broken:
        first = broken[0]
        error = FormatError(first.message, first.file, first.section, first.offset, first.expected)
        error.add_note("only a module that can be read to its end can be audited")
        raise error


def as_linked(options: Options, module: Module) -> Options:
    """The options of our own link to compare `module` with: one without -o has the module's name, as its name section
    may hold that. Raises OptionError for -r."""
    if options.relocatable:
        raise OptionError("-r makes an object, whose relocations are still to be applied")
    return options if options.output else replace(options, output=os.path.basename(module.file))


def is_renamed(link: Link, module: Module) -> bool:
    """Whether `module` has the bytes of the link's output but for its own name, which is that of the output file."""
    if link.emit is None:
        return False
    ours = read(link.emit.data, link.options.output)
    if ours.names is None or module.names is None or len(ours.sections) != len(module.sections):
        return False
    for one, other in zip(ours.sections, module.sections, strict=True):
        alike = ours.data[one.contents : one.end] == module.data[other.contents : other.end]
        if one.name != other.name or not (alike or one.name == "name"):
            return False
    return replace(ours.names, module=None) == replace(module.names, module=None)
