"""Relocations of many objects, read and checked at once with NumPy: those of one are mostly too few for it to pay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.format.check_columns import Patched, any_wrong
from wasmscope.format.check_relocs import ALLOWED, READ_WIDTHS, symbol_kinds
from wasmscope.format.frames import Section
from wasmscope.format.module import Module
from wasmscope.format.reloc_columns import read_columns
from wasmscope.format.reloc_section import RELOCS, Relocs
from wasmscope.format.relocs import HAS_ADDEND


class _Begun(NamedTuple):
    """A section of relocations: the bytes of its entries are still to be read."""

    relocs: Relocs
    entries: bytes
    patched: Patched


def good_together(modules: Sequence[Module]) -> bool:
    """Read the relocations of `modules`, which a linker would take but for those, if it would take them all.

    Returns whether it would; False also when some are written in an uncommon way. Nothing is kept then.
    """
    try:
        begun = [_begun(module) for module in modules]
    except FormatError:
        return False
    sections = list(chain.from_iterable(begun))
    counts = [one.patched.relocs for one in sections]
    columns = read_columns([one.entries for one in sections], counts, HAS_ADDEND)
    if columns is None or any_wrong(columns, [one.patched for one in sections], READ_WIDTHS, ALLOWED):
        return False
    types, offsets, indices, addends = columns
    for one, (low, high) in zip(sections, pairwise(accumulate(counts, initial=0)), strict=True):
        one.relocs.arrays = types[low:high], offsets[low:high], indices[low:high], addends[low:high]
    for module, its in zip(modules, begun, strict=True):
        module.relocs = [one.relocs for one in its]
    return True


def _begun(module: Module) -> list[_Begun]:
    kinds = symbol_kinds(module)
    return [_section(module, section, kinds) for section in module.reloc_sections]


def _section(module: Module, section: Section, kinds: Sequence[int]) -> _Begun:
    data, relocs = module.contents(section), Relocs(section_name=section.name)
    count, pos = RELOCS.begin(data, relocs, section.contents)
    if relocs.target >= section.index:
        raise FormatError("invalid section index", offset=section.contents)
    target = module.sections[relocs.target]
    return _Begun(relocs, data[pos:], Patched(count, target.end - target.contents, len(module.types), kinds))
