"""The fields of the entries of custom sections, as rules for the tree: see `grammar`."""

from __future__ import annotations

from wasmscope.errors import FormatError
from wasmscope.format.custom import MemoryInfo
from wasmscope.format.fields import Fields, Rule, flags_text, named
from wasmscope.format.leb128 import SLEB, U8, ULEB, String, read_u32
from wasmscope.format.linking import COMDAT_KIND_NAMES, SEGMENT_FLAG_NAMES, SYMBOL_FLAG_NAMES, SYMBOL_KINDS
from wasmscope.format.relocs import RELOC_TYPES


def symbol(at: Fields) -> None:
    """symbol"""
    kind = at.take("kind", U8, named(SYMBOL_KINDS))
    flags = at.u32("flags", flags_text(SYMBOL_FLAG_NAMES))
    if kind == 1:
        at.take("name", String, repr)
        if not flags & 0x10:
            at.u32("segment")
            at.take("offset", ULEB, hex)
            at.take("size", ULEB)
    elif kind == 3:
        at.u32("section")
    else:
        at.u32(f"{SYMBOL_KINDS[kind]} index")
        if flags & 0x50 != 0x10:
            at.take("name", String, repr)


def segment_info(at: Fields) -> None:
    """segment"""
    at.take("name", String, repr)
    at.u32("alignment", lambda log2: f"{log2} ({1 << log2} bytes)" if log2 < 64 else str(log2))
    at.u32("flags", flags_text(SEGMENT_FLAG_NAMES))


def init_func(at: Fields) -> None:
    """init"""
    at.u32("priority")
    at.u32("symbol")


def _comdat_entry(at: Fields) -> str:
    kind = at.u32("kind", named(COMDAT_KIND_NAMES))
    return f"{COMDAT_KIND_NAMES.get(kind, kind)} {at.u32('index')}"


def comdat(at: Fields) -> None:
    """comdat"""
    at.take("name", String, repr)
    at.u32("flags", hex)
    for number in range(at.u32("count")):
        at.group(f"member {number}", _comdat_entry)


def reloc(at: Fields) -> None:
    """entry"""
    type = at.u32("type", lambda type: f"{type} ({RELOC_TYPES[type].name})" if type < len(RELOC_TYPES) else str(type))
    at.u32("offset", hex)
    at.u32("index")
    if RELOC_TYPES[type].addend:
        at.take("addend", SLEB)


def name(at: Fields) -> None:
    """index and name"""
    at.u32("index")
    at.take("name", String, repr)


def names_of(at: Fields) -> None:
    """index and namemap"""
    at.u32("index")
    for number in range(at.u32("count")):
        at.group(f"name {number}", lambda entry: f"{entry.u32('index')} {entry.take('name', String, repr)}")


def producer_field(at: Fields) -> None:
    """field"""
    at.take("field", String, repr)
    for number in range(at.u32("count")):
        at.group(f"producer {number}", _producer)


def _producer(at: Fields) -> str:
    return f"{at.take('name', String, repr)} {at.take('version', String, repr)}"


def feature(at: Fields) -> None:
    """feature"""
    at.take("prefix", U8, chr)
    at.take("name", String, repr)


def memory_info(at: Fields) -> None:
    """memory info"""
    for label in MemoryInfo._fields:
        at.u32(label.replace("_", " "))


def _vector_of(label: str, rule: Rule) -> Rule:
    def take(at: Fields) -> None:
        for number in range(at.u32("count")):
            at.group(f"{label} {number}", rule)

    return take


def _library(at: Fields) -> str:
    return at.take("name", String, repr)


def _export_info(at: Fields) -> str:
    text = at.take("name", String, repr)
    at.u32("flags", flags_text(SYMBOL_FLAG_NAMES))
    return text


def _import_info(at: Fields) -> str:
    text = f"{at.take('module', String, repr)}.{at.take('field', String, repr)}"
    at.u32("flags", flags_text(SYMBOL_FLAG_NAMES))
    return text


DYLINK_RULES: dict[int, tuple[str, Rule]] = {
    1: ("memory info", memory_info),
    2: ("needed", _vector_of("library", _library)),
    3: ("export info", _vector_of("export", _export_info)),
    4: ("import info", _vector_of("import", _import_info)),
    5: ("runtime path", _vector_of("folder", _library)),
}
"""Label and rule of each subsection of dylink.0."""


def build_id(at: Fields) -> None:
    """build_id"""
    at.bytes("build id", at.u32("size"))


def indirect_starts(data: bytes, pos: int, end: int) -> list[int]:
    """Where each entry of an indirect name map begins, `pos` being after its count; what cannot be read is left out."""
    starts = [pos]
    try:
        while pos < end:
            _, pos = read_u32(data, pos)
            count, pos = read_u32(data, pos)
            for _ in range(count):
                _, pos = read_u32(data, pos)
                size, pos = read_u32(data, pos)
                pos += size
                if pos > end:
                    return starts
            if pos > end:
                return starts
            starts.append(pos)
    except FormatError:
        pass
    return starts
