"""Would a linker take this object? `check` raises the first thing that LLVM's reader would refuse, in its words.

Sections are gone through in the order of the file, as LLVM's reader does: first the frame and the order, then what the
records say, then where they could not be read further. Each rule about a section stands in the function of that section
(custom sections: `check_customs`). What makes wasm-ld 22 crash is refused too. Good objects, which nearly all are, cost
little: whole columns are compared, and a row is looked for only when one is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wasmscope.errors import FormatError
from wasmscope.format.check_customs import (
    check_features,
    check_linking,
    check_names,
    check_producers,
    refuse,
)
from wasmscope.format.check_relocs import check_reloc
from wasmscope.format.expr import ConstExpr
from wasmscope.format.leb128 import read_u32
from wasmscope.format.section_ids import SECTION_ORDER
from wasmscope.format.types import FUNCTION, GLOBAL, TABLE, TAG, V128, FuncType, Limits, TableType
from wasmscope.format.vectors import Vec

if TYPE_CHECKING:
    from wasmscope.format.frames import Section
    from wasmscope.format.module import Module


def check(module: Module, prefixes: str = "+-", relocs: bool = True) -> None:
    """Raise the first FormatError of `module` that keeps a linker from taking it; return when there is none.

    prefixes: what may stand before a target feature; readers before LLVM 20 take "=" (required), too. relocs: whether
    relocations are looked at; if not, `good_relocs` is still to be asked.
    """
    highest = 0
    for section in module.sections:
        cut_off = section.body == len(module.data) and section.index in module.frame_errors
        if section.body == section.end and not cut_off:
            raise refuse(module, section, "zero length section", section.start)
        if section.index in module.frame_errors:
            raise module.frame_errors[section.index]
        rank = _RANKS.get(section.id) or _CUSTOM_RANKS.get(section.name, 0)
        if not rank and section.name.startswith("reloc."):
            rank = _RELOC_RANK
        if rank:
            if rank <= highest and rank != _RELOC_RANK:
                raise refuse(module, section, f"out of order section type: {section.id}", section.start)
            highest = max(highest, rank)
            if rank == _RELOC_RANK and not relocs:
                continue
            if rank == _CUSTOM_RANKS["target_features"]:
                check_features(module, section, prefixes)
            else:
                _RULES[rank](module, section)
    if len(module.functions) != len(module.bodies):
        raise FormatError("invalid function count", module.file, expected=f"{len(module.functions)} function bodies")
    if module.types and not all(type(one) is FuncType for one in module.types):
        raise FormatError("file has unmodeled reference or GC types", module.file, "type")


def _types(module: Module, section: Section) -> None:
    _read(section, module.types)


def _imports(module: Module, section: Section) -> None:
    imports, types = module.imports, len(module.types)
    for row, (_, _, kind, desc) in enumerate(imports):
        if isinstance(desc, int):
            if desc >= types:
                text = "invalid function type" if kind == FUNCTION else "invalid tag type"
                raise refuse(module, section, text, imports.span(row)[0], f"less than {types}")
        elif isinstance(desc, TableType):
            _table_type(module, section, desc, imports.span(row)[0])
        elif isinstance(desc, Limits):
            _limits(module, section, desc, imports.span(row)[0])
    _read(section, imports)


def _table_type(module: Module, section: Section, type: TableType, offset: int) -> None:
    if isinstance(type.elem, int) and type.elem >= V128:
        raise refuse(module, section, "invalid table element type", offset, "a reference type")


def _limits(module: Module, section: Section, limits: Limits, offset: int) -> None:
    if limits.page_log2 is not None and limits.page_log2 >= 32:
        raise refuse(module, section, "log2(wasm page size) too large", offset, "less than 32")


def _functions(module: Module, section: Section) -> None:
    _type_indices(module, section, module.functions, "invalid function type")


def _tags(module: Module, section: Section) -> None:
    _type_indices(module, section, module.tags, "invalid tag type")


def _type_indices(module: Module, section: Section, indices: Vec[int], text: str) -> None:
    types = len(module.types)
    if indices and max(indices) >= types:
        row = next(row for row, index in enumerate(indices) if index >= types)
        raise refuse(module, section, text, indices.span(row)[0], f"less than {types}")
    _read(section, indices)


def _tables(module: Module, section: Section) -> None:
    for row, table in enumerate(module.tables):
        _table_type(module, section, table.type, module.tables.span(row)[0])
    _read(section, module.tables)


def _memories(module: Module, section: Section) -> None:
    for row, limits in enumerate(module.memories):
        _limits(module, section, limits, module.memories.span(row)[0])
    _read(section, module.memories)


# LLVM's reader stops at these opcodes, and says only their last byte.
_UNREAD_OPCODES = {"v128.const": 0xFD, "any.convert_extern": 26, "extern.convert_any": 27}


def _expr(module: Module, section: Section, expr: ConstExpr, offset: int) -> None:
    for name, args in expr:
        if name == "i32.const" and not -(1 << 31) <= args[0] < 1 << 31:
            raise refuse(module, section, "LEB is outside Varint32 range", offset, "at most 32 bits")
        if name in _UNREAD_OPCODES:
            raise refuse(module, section, f"invalid opcode in init_expr: {_UNREAD_OPCODES[name]}", offset)


def _globals(module: Module, section: Section) -> None:
    for row, one in enumerate(module.globals):
        _expr(module, section, one.init, module.globals.span(row)[0])
    _read(section, module.globals)


_EXPORT_WORDS = {FUNCTION: "function", GLOBAL: "global", TAG: "tag"}


def _exports(module: Module, section: Section) -> None:
    for row, (_, kind, index) in enumerate(module.exports):
        if kind > TAG:
            raise refuse(module, section, "unexpected export kind", module.exports.span(row)[0], "0 to 4")
        if kind in _EXPORT_WORDS and index >= module.total(kind):
            text, limit = f"invalid {_EXPORT_WORDS[kind]} export", module.total(kind)
            raise refuse(module, section, text, module.exports.span(row)[0], f"less than {limit}")
    _read(section, module.exports)


def _start(module: Module, section: Section) -> None:
    start, functions = module.start, module.total(FUNCTION)
    if start is not None and start >= functions:
        raise refuse(module, section, "invalid start function", section.contents, f"less than {functions}")
    _read(section, start)


def _elements(module: Module, section: Section) -> None:
    tables = module.total(TABLE)
    for row, one in enumerate(module.elements):
        if one.table >= tables:
            raise refuse(module, section, "invalid TableNumber", module.elements.span(row)[0], f"less than {tables}")
        if one.offset is not None:
            _expr(module, section, one.offset, module.elements.span(row)[0])
    _read(section, module.elements)


def _datacount(module: Module, section: Section) -> None:
    _read(section, module.datacount)


def _code(module: Module, section: Section) -> None:
    data, declared = module.data, len(module.functions)
    if module.bodies.starts and read_u32(data, section.contents)[0] != declared:
        raise refuse(module, section, "invalid function count", section.contents, str(declared))
    for start, end, code in module.bodies:
        if code == end or data[code]:  # nearly half of all functions have no locals
            _locals(module, section, start, end, code)
    _read(section, module.bodies)


def _locals(module: Module, section: Section, start: int, end: int, pos: int) -> None:
    """locals ::= vec(n:u32 valtype), which must end inside the body."""
    data = module.data
    try:
        count, pos = read_u32(data, pos)
        while count and pos <= end:
            _, pos = read_u32(data, pos)
            pos += 1
            count -= 1
    except FormatError:
        pos = end + 1
    if pos > end:
        raise refuse(module, section, "Function extends beyond buffer", start, "locals that end inside the body")


def _datas(module: Module, section: Section) -> None:
    datas, declared = module.datas, module.datacount
    if declared is not None and datas.starts and read_u32(module.data, section.contents)[0] != declared:
        text = "number of data segments does not match DataCount section"
        raise refuse(module, section, text, section.contents, str(declared))
    for row, one in enumerate(datas):
        if one.offset is not None:
            _expr(module, section, one.offset, datas.span(row)[0])
    _read(section, datas)


def _dylink(module: Module, section: Section) -> None:
    _read(section, module.dylink)


def _read(section: Section, value: object) -> None:
    """Asking for `value` has read the section: raise what was wrong with it."""
    if section.error is not None:
        raise section.error


_RANKS = {id: rank for rank, id in enumerate(SECTION_ORDER, 2)}
"""Place of each section id in the order of a file; a section may not come after one of the same or a higher place."""
_CUSTOM_RANKS = {
    "dylink": 1, "dylink.0": 1, "linking": 15, "name": 17, "producers": 18, "target_features": 19,
}  # fmt: skip
_RELOC_RANK = 16
"""`reloc.*` may be repeated, and may come anywhere after; but nothing below it may come after it."""
_RULES: tuple[Callable[[Module, Section], None], ...] = (
    _types, _dylink, _types, _imports, _functions, _tables, _memories, _tags, _globals, _exports, _start, _elements,
    _datacount, _code, _datas, check_linking, check_reloc, check_names, check_producers, check_features,
)  # fmt: skip
"""The rule of each place; nothing has place 0."""
