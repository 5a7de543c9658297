"""What LLVM's reader asks of relocations, in its words: see `check`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wasmscope.errors import FormatError
from wasmscope.format.check_customs import refuse
from wasmscope.format.linking import SYM_DATA, SYM_FUNCTION, SYM_GLOBAL, SYMBOL_KINDS
from wasmscope.format.reloc_section import Relocs, columns_pay
from wasmscope.format.relocs import RELOC_TYPES, TYPE_INDEX

if TYPE_CHECKING:
    from wasmscope.format.frames import Section
    from wasmscope.format.module import Module

READ_WIDTHS = tuple(5 if one.number in (18, 24, 25) else one.width for one in RELOC_TYPES)
"""How many bytes LLVM's reader takes a site to have: it thinks that three 64-bit types are short."""
ENTRY_SIZE, FIRST_TOGETHER = 6, 50_000
"""Bytes that an entry takes, about; so many are read at once with NumPy though it has to be loaded for it."""
_SHORT_ADDEND = frozenset(one.number for one in RELOC_TYPES if one.addend and one.bits == 32)


def good_relocs(modules: Sequence[Module]) -> bool:
    """Whether a linker would take all relocations of `modules`, which it would take but for those."""
    sections = [(module, section) for module in modules for section in module.reloc_sections]
    if columns_pay(sum(one.end - one.contents for _, one in sections) // ENTRY_SIZE, FIRST_TOGETHER):
        from wasmscope.format.relocs_together import good_together  # NumPy: see `columns_pay`

        if good_together(modules):
            return True
    try:
        for module, section in sections:
            check_reloc(module, section)
    except FormatError:
        return False
    return True


def check_reloc(module: Module, section: Section) -> None:
    """Sites are in order and inside the section, and each index names what its type asks for."""
    relocs = next(one for one in module.relocs if one.start == section.contents)
    if relocs.target >= section.index:
        if section.contents == section.end:
            raise section.error or refuse(module, section, "invalid section index", section.contents)
        raise refuse(module, section, "invalid section index", section.contents, f"less than {section.index}")
    target = module.sections[relocs.target]
    size = target.end - target.contents
    if _any_wrong(module, relocs, size):
        _find_bad_reloc(module, section, relocs, size)
    if section.error is not None:
        raise section.error


def symbol_kinds(module: Module) -> list[int]:
    """The kind of each symbol that a relocation of `module` may name."""
    return [one.kind for one in module.linking.symbols] if module.linking is not None else []


def _any_wrong(module: Module, relocs: Relocs, size: int) -> bool:
    """Whether one of them may be wrong; `size`: bytes of the section that they patch."""
    kinds = symbol_kinds(module)
    if relocs.arrays is not None:
        from wasmscope.format.check_columns import Patched, any_wrong  # NumPy, which has been loaded to read them

        return any_wrong(relocs.arrays, [Patched(len(relocs), size, len(module.types), kinds)], READ_WIDTHS, ALLOWED)
    return (
        relocs.offsets != sorted(relocs.offsets)
        or _beyond_end(relocs, size)
        or _bad_kinds(relocs, len(module.types), kinds)
        or (len(relocs) > 0 and not -(1 << 31) <= min(relocs.addends) <= max(relocs.addends) < 1 << 31)
    )


def _beyond_end(relocs: Relocs, size: int) -> bool:
    """Whether a site does not end inside the `size` bytes of its section; the offsets are in order."""
    for row in reversed(range(len(relocs))):
        if relocs.offsets[row] + READ_WIDTHS[relocs.types[row]] > size:
            return True
        if relocs.offsets[row] + max(READ_WIDTHS) <= size:
            break
    return False


def _bad_kinds(relocs: Relocs, types: int, kinds: list[int]) -> bool:
    """Whether an index names something else than its type asks for: every pair of type and index is looked at once."""
    for type, index in set(zip(relocs.types, relocs.indices, strict=True)):
        if type == TYPE_INDEX:
            if index >= types:
                return True
        elif index >= len(kinds) or kinds[index] not in ALLOWED[type]:
            return True
    return False


ALLOWED = tuple(
    frozenset((SYM_GLOBAL, SYM_DATA, SYM_FUNCTION))  # data and functions: their entry in the global offset table
    if one.name == "R_WASM_GLOBAL_INDEX_LEB"
    else frozenset(number for number, name in enumerate(SYMBOL_KINDS) if name == one.symbol_kind)
    for one in RELOC_TYPES
)
"""Kinds of symbols that each relocation type may name."""


def _find_bad_reloc(module: Module, section: Section, relocs: Relocs, size: int) -> None:
    """Raise for the first relocation that is wrong, if one is."""
    symbols = module.linking.symbols if module.linking is not None else []
    last = 0
    for row, (type, offset, index, addend) in enumerate(relocs):
        name = module.symbol_name(symbols[index]) if index < len(symbols) else ""
        if offset < last:
            text, expected = "relocations not in offset order", f"at least {last}"
        elif type == TYPE_INDEX and index >= len(module.types):
            text, expected = f"invalid relocation type index: {name}", f"less than {len(module.types)}"
        elif type != TYPE_INDEX and (index >= len(symbols) or symbols[index].kind not in ALLOWED[type]):
            text, expected = f"invalid {RELOC_TYPES[type].symbol_kind} relocation: {name}", "a symbol of that kind"
        elif type in _SHORT_ADDEND and not -(1 << 31) <= addend < 1 << 31:
            text, expected = "LEB is outside Varint32 range", "an addend of at most 32 bits"
        elif offset + READ_WIDTHS[type] > size:
            text, expected = "invalid relocation offset", f"at most {size - READ_WIDTHS[type]}"
        else:
            last = offset
            continue
        raise refuse(module, section, text, relocs.spans[row][0], expected)
