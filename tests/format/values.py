"""Hypothesis strategies for what the codecs hold, and the law that both directions of a codec are inverse."""

from __future__ import annotations

from itertools import chain
from typing import Any

from hypothesis import strategies as st

from wasmscope.format.custom import Feature, NameMap, Producer, ProducerField
from wasmscope.format.defined_types import ArrayType, FieldType, RecMember, StructType, SubType
from wasmscope.format.expr import END, Instr
from wasmscope.format.linking import SYM_UNDEFINED, Comdat, InitFunc, SegmentInfo, SymbolRecord
from wasmscope.format.reloc_section import Reloc
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.sections import DataSegment, Element, Export, Global, Import, Table
from wasmscope.format.types import FUNCREF, FuncType, GlobalType, Limits, RefType, TableType


def check_both_ways(codec: Any, data: bytes, value: Any) -> None:
    """`data` is what `value` is written as, and is read back as it."""
    assert codec.build(value) == data
    assert codec.parse(data) == value


def check_round_trip(codec: Any, value: Any) -> None:
    """`value` survives being written and read."""
    assert codec.parse(codec.build(value)) == value


U32 = st.integers(0, 2**32 - 1)
U64 = st.integers(0, 2**64 - 1)
S32 = st.integers(-(2**31), 2**31 - 1)
S64 = st.integers(-(2**63), 2**63 - 1)
NAMES = st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape")) | st.text(
    st.characters(exclude_categories=("Cs",)), max_size=12
)

HEAPS = st.sampled_from((-0x10, -0x11, -0x12)) | U32
PLAIN_TYPES = st.integers(0, 255).filter(lambda byte: byte not in (0x63, 0x64))
VALUE_TYPES = PLAIN_TYPES | st.builds(RefType, st.booleans(), HEAPS)
TYPE_LISTS = st.lists(VALUE_TYPES, max_size=4).map(tuple)
FUNC_TYPES = st.builds(FuncType, TYPE_LISTS, TYPE_LISTS)
FIELDS = st.builds(FieldType, VALUE_TYPES, st.booleans())
COMPOSITES = FUNC_TYPES | st.builds(StructType, st.lists(FIELDS, max_size=3).map(tuple)) | st.builds(ArrayType, FIELDS)
SUBTYPES = COMPOSITES | st.builds(SubType, st.booleans(), st.lists(U32, max_size=2).map(tuple), COMPOSITES)
GROUPS = st.lists(SUBTYPES, min_size=1, max_size=3).map(
    lambda types: [RecMember(one, position, len(types)) for position, one in enumerate(types)]
)
TYPE_SECTIONS = st.lists(SUBTYPES.map(lambda one: [one]) | GROUPS, max_size=5).map(lambda parts: list(chain(*parts)))


@st.composite
def limits(draw: Any) -> Limits:
    flags = draw(st.integers(0, 15))
    return Limits(flags, draw(U64), draw(U64) if flags & 1 else None, draw(U32) if flags & 8 else None)


LIMITS = limits()
TABLE_TYPES = st.builds(TableType, VALUE_TYPES.filter(lambda one: one != 0x40), LIMITS)
GLOBAL_TYPES = st.builds(GlobalType, VALUE_TYPES, st.booleans())

INSTRS = st.one_of(
    st.builds(Instr, st.just("i32.const"), st.tuples(S32)),
    st.builds(Instr, st.just("i64.const"), st.tuples(S64)),
    st.builds(Instr, st.just("f32.const"), st.tuples(U32)),
    st.builds(Instr, st.just("f64.const"), st.tuples(U64)),
    st.builds(Instr, st.just("v128.const"), st.tuples(st.integers(0, 2**128 - 1))),
    st.builds(Instr, st.just("ref.null"), st.tuples(HEAPS)),
    st.builds(Instr, st.sampled_from(("global.get", "ref.func", "struct.new", "array.new_default")), st.tuples(U32)),
    st.builds(Instr, st.just("array.new_fixed"), st.tuples(U32, U32)),
    st.builds(Instr, st.sampled_from(("i32.add", "i32.sub", "i32.mul", "i64.add", "i64.mul", "ref.i31")), st.just(())),
)
EXPRS = st.lists(INSTRS, max_size=3).map(lambda instrs: (*instrs, END))

IMPORTS = st.one_of(
    st.builds(Import, NAMES, NAMES, st.sampled_from((0, 4)), U32),
    st.builds(Import, NAMES, NAMES, st.just(1), TABLE_TYPES),
    st.builds(Import, NAMES, NAMES, st.just(2), LIMITS),
    st.builds(Import, NAMES, NAMES, st.just(3), GLOBAL_TYPES),
)
TABLES = st.builds(Table, TABLE_TYPES, st.none() | EXPRS)
GLOBALS = st.builds(Global, GLOBAL_TYPES, EXPRS)
EXPORTS = st.builds(Export, NAMES, st.integers(0, 4), U32)


@st.composite
def elements(draw: Any) -> Element:
    flags = draw(st.integers(0, 7))
    offset = None if flags & 1 else draw(EXPRS)
    type = draw(VALUE_TYPES) if flags & 4 and flags & 3 else FUNCREF
    items = draw(st.lists(EXPRS if flags & 4 else U32, max_size=4).map(tuple))
    return Element(flags, draw(U32) if flags & 3 == 2 else 0, offset, type, items)


ELEMENTS = elements()


@st.composite
def data_segments(draw: Any) -> tuple[DataSegment, bytes]:
    flags = draw(st.integers(0, 3))
    offset = None if flags & 1 else draw(EXPRS)
    return DataSegment(flags, draw(U32) if flags & 2 else 0, offset, 0, 0), draw(st.binary(max_size=20))


DATA_SEGMENTS = data_segments()


@st.composite
def symbols(draw: Any) -> SymbolRecord:
    kind, flags = draw(st.integers(0, 5)), draw(U32)
    if kind == 1:
        if flags & SYM_UNDEFINED:
            return SymbolRecord(kind, flags, draw(NAMES), 0)
        return SymbolRecord(kind, flags, draw(NAMES), draw(U32), draw(U64), draw(U64))
    named = kind != 3 and flags & 0x50 != 0x10
    return SymbolRecord(kind, flags, draw(NAMES) if named else None, draw(U32))


SYMBOLS = symbols()
SEGMENT_INFOS = st.builds(SegmentInfo, NAMES, U32, U32)
INIT_FUNCS = st.builds(InitFunc, U32, U32)
COMDATS = st.builds(Comdat, NAMES, U32, st.lists(st.tuples(U32, U32), max_size=3).map(tuple))


@st.composite
def relocations(draw: Any) -> Reloc:
    kind = draw(st.sampled_from(RELOC_TYPES))
    return Reloc(kind.number, draw(U32), draw(U32), draw(S64) if kind.addend else 0)


RELOCS = relocations()
NAME_MAPS = st.dictionaries(U32, NAMES, max_size=4).map(NameMap)
INDIRECT_NAME_MAPS = st.dictionaries(U32, NAME_MAPS, max_size=3)
PRODUCERS = st.builds(ProducerField, NAMES, st.lists(st.builds(Producer, NAMES, NAMES), max_size=3).map(tuple))
FEATURES = st.builds(Feature, st.integers(0, 255).map(chr), NAMES)
