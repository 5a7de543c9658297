"""The debug sections of a module, ready to be read: an object's are relocated against the object itself.

In a linked module the bytes are final. In an object an address of code is a relocation to a function, an offset in
another debug section one to that section, an address of data one to a segment; each gets the value that it has in this
object alone: the offset in its code section, in its section, in its own memory.
"""

from __future__ import annotations

from collections.abc import Callable

from wasmscope.explain.matching.image import Image
from wasmscope.format.linking import SYM_ABSOLUTE, SYM_UNDEFINED, SymbolRecord
from wasmscope.format.module import Module
from wasmscope.format.reloc_section import Relocs
from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION


def has_debug_information(module: Module) -> bool:
    """Whether there is anything to read: line tables and units."""
    return module.custom(".debug_info") is not None


def debug_sections(module: Module) -> dict[str, bytes]:
    """The contents of each `.debug_*` section by its name; of several with one name, the first."""
    found = {one.name: module.contents(one) for one in reversed(module.customs) if one.name.startswith(".debug_")}
    if not module.is_object:
        return found
    resolve = _resolver(module)
    for relocs in module.relocs:
        target = module.sections[relocs.target] if relocs.target < len(module.sections) else None
        if target is not None and target is module.custom(target.name) and target.name in found:
            found[target.name] = _relocated(found[target.name], relocs, resolve)
    return found


def _relocated(data: bytes, relocs: Relocs, resolve: Callable[[int, int], int | None]) -> bytes:
    patched = bytearray(data)
    columns = zip(relocs.types, relocs.offsets, relocs.indices, relocs.addends, strict=True)
    for type, offset, index, addend in columns:
        kind = RELOC_TYPES[type] if type < len(RELOC_TYPES) else None
        if kind is None or kind.encoding != "le" or not kind.addend:
            continue
        start = resolve(kind.number, index)
        if start is not None and offset + kind.width <= len(patched):
            patched[offset : offset + kind.width] = encode(kind, start + addend)
    return bytes(patched)


def _resolver(module: Module) -> Callable[[int, int], int | None]:
    """From the number of a relocation type and of a symbol to the symbol's own value; None when it has none here."""
    symbols = module.linking.symbols if module.linking is not None else []
    imported, code, bodies = module.num_imported(FUNCTION), module.section(CODE_ID), module.bodies
    base = code.contents if code is not None else 0

    def value(record: SymbolRecord, wanted: str) -> int | None:
        if record.flags & SYM_UNDEFINED:
            return None
        if wanted == "section":
            return 0
        if wanted == "function":
            number = record.index - imported
            return bodies[number].code_start - base if 0 <= number < len(bodies) else None
        return data_address(module, record)

    def resolve(type: int, index: int) -> int | None:
        wanted = RELOC_TYPES[type].symbol_kind
        return value(symbols[index], wanted) if index < len(symbols) else None

    return resolve


def data_address(module: Module, record: SymbolRecord) -> int | None:
    """The address of a data symbol in the object's own memory, where its segments lie one after the other."""
    if record.flags & SYM_ABSOLUTE:
        return record.offset
    if record.index >= len(module.datas):
        return None
    start = segment_address(module, record.index)
    return None if start is None else start + record.offset


def segment_address(module: Module, index: int) -> int | None:
    """The address that data segment `index` is loaded to, or copied to by code; None when nobody can say."""
    offset, image = module.datas[index].offset, Image(module)
    return image.constant(offset) if offset is not None else image.areas[index].address
