"""Every relocation type that a static link takes, at a site of an object made in Python.

The reference links it; the value at the site must be what the output itself says: an index from its exports, an address
from the globals that it exports, a slot from its elements, an offset found by looking.
"""

from __future__ import annotations

import pytest

from tests.link.built import FUNCTION, GLOBAL, TAG, Linked, decoded, linked
from wasmscope.format.expr import const_expr
from wasmscope.format.linking import SEG_TLS, SYM_HIDDEN
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType
from wasmscope.link.builder import Content, ObjectBuilder, Ref, body, instruction, joined, reloc_type, word

CARRIED = FuncType((I64, I32), ())
"""What the tag carries: a type that nothing else has."""
MARK = b"here it is: "


class Program:
    """Something of every kind to refer to, and a place for one site."""

    def __init__(self, type: str) -> None:
        self.type = reloc_type(type)
        self.wide = type.endswith("64") or type == "FUNCTION_OFFSET_I64"
        self.builder = made = ObjectBuilder(memory64=self.wide)
        for name in ("atomics", "bulk-memory"):
            made.feature(name)
        made.function("first", FuncType((), ()), body(), export_name="first")
        self.symbols = {
            "function": made.function("f", CARRIED, body(), export_name="f"),
            "global": made.global_var("g", GlobalType(I32, False), const_expr(0x77)),
            "tag": made.tag("oops", CARRIED),
            "table": made.table("spare", TableType(FUNCREF, Limits(1, 3, 5))),
            "section": made.custom("info", b"0123456789"),
            "data": self.datum(),
        }

    def datum(self):
        made = self.builder
        made.data("before", b"odd")
        if not self.type.tls:
            return made.data("d", b"datum...", align=3)
        made.data("mine", b"\1\2\3", segment=".tdata.mine", segment_flags=SEG_TLS, flags=SYM_HIDDEN)
        return made.data("d", b"datum...", align=3, segment=".tdata.d", segment_flags=SEG_TLS)

    def in_code(self, content: Content) -> bytes:
        """The linked site when `content` is in a function of two unreachable halves."""
        self.builder.function("holder", FuncType((), ()), body("return", content, "unreachable"), export_name="holder")
        self.seen = self.link()
        at = 2 + content.sites[0].offset
        return self.seen.body("holder")[at : at + self.type.width]

    def in_data(self, content: Content) -> bytes:
        """The linked site, found behind a mark, when `content` is in a segment."""
        self.builder.data("holder", joined(MARK, content))
        self.seen = self.link()
        start = self.seen.address("holder") + len(MARK)
        return self.seen.memory(start, self.type.width)

    def in_custom(self, content: Content) -> bytes:
        """The linked site when `content` is in a custom section behind other bytes."""
        self.builder.custom("holder", joined(MARK, content))
        self.seen = self.link()
        return self.seen.custom("holder")[len(MARK) :]

    def link(self) -> Linked:
        wide = "-mwasm64 " if self.wide else ""
        return linked(self.folder, self.builder, options=f"{wide}--no-entry --export-all --no-gc-sections")

    folder = None


@pytest.fixture
def program(request, tmp_path):
    made = Program(request.param)
    made.folder = tmp_path
    return made


def all_types(*names):
    return pytest.mark.parametrize("program", names, indirect=True)


def types_with(words, *encodings):
    return all_types(*(one.name[7:] for one in RELOC_TYPES if words in one.name and one.encoding in encodings))


def value(program: Program, raw: bytes) -> int:
    assert len(raw) == program.type.width
    return decoded(program.type.name, raw)


def test_each_type_is_tried_here():
    marks = [mark for one in TRIED for mark in one.pytestmark if mark.args[0] == "program"]
    assert sorted(name for mark in marks for name in mark.args[1]) == sorted(one.name[7:] for one in RELOC_TYPES)


# --- indices --------------------------------------------------------------------------------------------------------

CODE = {"function": "call", "global": "global.get", "tag": "throw", "table": "table.size"}


@all_types("FUNCTION_INDEX_LEB", "GLOBAL_INDEX_LEB", "TAG_INDEX_LEB", "TABLE_NUMBER_LEB")
def test_an_index_in_code_is_the_one_that_is_exported(program):
    kind = program.type.symbol_kind
    got = value(program, program.in_code(instruction(CODE[kind], program.symbols[kind])))
    exported = {one.name: one.index for one in program.seen.module.exports}
    assert got == exported[program.symbols[kind].name]


@all_types("TYPE_INDEX_LEB")
def test_a_type_index_names_the_type(program):
    got = value(program, program.in_code(instruction("call_indirect", CARRIED, program.symbols["table"])))
    assert program.seen.module.types[got] == CARRIED


@all_types("FUNCTION_INDEX_I32", "GLOBAL_INDEX_I32")
def test_an_index_in_a_custom_section_is_the_one_that_is_exported(program):
    kind = program.type.symbol_kind
    got = value(program, program.in_custom(word(program.type.name, program.symbols[kind])))
    assert got == program.seen.exports({"function": FUNCTION, "global": GLOBAL}[kind])[program.symbols[kind].name]


# --- addresses ------------------------------------------------------------------------------------------------------


@types_with("MEMORY_ADDR", "uleb", "sleb")
@pytest.mark.parametrize("addend", [0, 5, -3])
def test_an_address_in_code(program, addend):
    leb = program.type.encoding == "uleb"
    name = "i32.load" if leb else ("i64.const" if program.type.bits == 64 else "i32.const")
    where = Ref(program.symbols["data"], addend, program.type.number)
    content = joined(*([("i64.const" if program.wide else "i32.const", 0)] if leb else []),
                     (name, 0, where) if leb else (name, where), "drop")  # fmt: skip
    got = value(program, program.in_code(content))
    expected = 8 if program.type.tls else program.seen.address("d")
    assert got == expected + addend


@types_with("MEMORY_ADDR", "le")
@pytest.mark.parametrize("addend", [0, 5, -3])
def test_an_address_in_data(program, addend):
    got = value(program, program.in_data(word(program.type.name, program.symbols["data"], addend)))
    here = program.seen.address("holder") + len(MARK) if "LOCREL" in program.type.name else 0
    assert got == (program.seen.address("d") + addend - here) % 2**program.type.bits


# --- table slots ----------------------------------------------------------------------------------------------------


@types_with("TABLE_INDEX", "sleb")
def test_a_table_slot_in_code_holds_the_function(program):
    name = "i64.const" if program.type.bits == 64 else "i32.const"
    got = value(program, program.in_code(instruction(name, Ref(program.symbols["function"], 0, program.type.number))))
    base = 1 if program.type.relative else 0
    assert program.seen.slots()[base + got] == program.seen.function("f")


@types_with("TABLE_INDEX", "le")
def test_a_table_slot_in_data_holds_the_function(program):
    got = value(program, program.in_data(word(program.type.name, program.symbols["function"])))
    assert program.seen.slots()[got] == program.seen.function("f")


# --- offsets in sections --------------------------------------------------------------------------------------------


@types_with("FUNCTION_OFFSET", "le")
@pytest.mark.parametrize("addend", [0, 2])
def test_a_function_offset_counts_from_the_contents_of_the_code_section(program, addend):
    got = value(program, program.in_custom(word(program.type.name, program.symbols["function"], addend)))
    module = program.seen.module
    start = module.bodies[program.seen.function("f") - module.num_imported(FUNCTION)].code_start
    assert got == start - module.section(10).contents + addend


@types_with("SECTION_OFFSET", "le")
def test_a_section_offset_counts_from_the_joined_section(program, tmp_path):
    other = ObjectBuilder()
    other.custom("info", b"another file's")
    raw = word(program.type.name, program.symbols["section"], 4)
    program.builder.custom("holder", raw)
    seen = linked(tmp_path, other, program.builder)
    assert value(program, seen.custom("holder")) == len(b"another file's") + 4


TRIED = [one for name, one in globals().items() if name.startswith("test_") and hasattr(one, "pytestmark")]


# --- the other targets of GLOBAL_INDEX_LEB --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["data", "function"])
def test_a_global_index_of_data_or_a_function_is_that_of_its_address(tmp_path, kind):
    program = Program("GLOBAL_INDEX_LEB")
    program.folder = tmp_path
    got = value(program, program.in_code(instruction("global.get", program.symbols[kind])))
    (constant, _) = program.seen.module.globals[got].init
    if kind == "data":
        assert constant.args == (program.seen.address("d"),)
    else:
        assert program.seen.slots()[constant.args[0]] == program.seen.function("f")


def test_an_undefined_tag_or_global_is_numbered_among_the_imports(tmp_path):
    made = ObjectBuilder()
    kinds = {
        TAG: made.extern_tag("t", CARRIED, import_name="t"),
        GLOBAL: made.extern_global("g", GlobalType(I32, False), import_name="g"),
    }
    code = (("global.get", kinds[GLOBAL]), "drop", ("i64.const", 0), ("i32.const", 0), ("throw", kinds[TAG]))
    made.function("holder", FuncType((), ()), body(*code), export_name="holder")
    raw = linked(tmp_path, made).body("holder")
    assert decoded("GLOBAL_INDEX_LEB", raw, 2) == decoded("TAG_INDEX_LEB", raw, 13) == 0
