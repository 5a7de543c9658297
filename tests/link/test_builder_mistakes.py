"""What the builder refuses, and objects that are broken on purpose, which the reference linker refuses."""

from __future__ import annotations

import pytest

from tests.link.built import GIVES, NOTHING, number, refused
from wasmscope.errors import LinkError
from wasmscope.format.linking import SYM_ABSOLUTE, SYM_LOCAL, SYM_UNDEFINED, SYM_WEAK
from wasmscope.format.types import FUNCREF, I32, GlobalType, Limits, TableType
from wasmscope.link.builder import Content, ObjectBuilder, Site, body, call


@pytest.fixture
def made():
    return ObjectBuilder()


def site(type, offset=0, data=b"\x80\x80\x80\x80\x00", addend=0, to="function"):
    def bad(made):
        symbol = {
            "function": lambda: made.function("f", NOTHING, body()),
            "datum": lambda: made.data("d", b"d"),
            "type": lambda: NOTHING,
            "nameless": lambda: made.data("", b"d"),
        }[to]()
        made.data("x", Content(data, (Site(offset, type, symbol, addend),)))

    return bad


MISTAKES = {
    "x: R_WASM_FUNCTION_INDEX_LEB at offset 0x1 needs 5 bytes, and the contents end at 0x5":
        site("R_WASM_FUNCTION_INDEX_LEB", 1),
    "x: R_WASM_FUNCTION_INDEX_LEB at offset -0x1 is out of bounds": site(0, -1),
    "x: R_WASM_FUNCTION_INDEX_LEB at offset 0x0 needs a number padded to 5 bytes, not 80 80 00 80 00":
        site(0, data=b"\x80\x80\0\x80\0"),
    "x: R_WASM_MEMORY_ADDR_I32 at offset 0x0 needs a data, not the function": site("MEMORY_ADDR_I32"),
    "x: R_WASM_FUNCTION_INDEX_LEB at offset 0x0 needs a function, not () -> nil": site(0, to="type"),
    "x: R_WASM_TABLE_INDEX_I32 at offset 0x0 has no addend, so 4 is lost": site("TABLE_INDEX_I32", addend=4),
    "x: R_WASM_MEMORY_ADDR_I32 at offset 0x0: the data was declared without a symbol": site(5, to="nameless"),
    "there is no relocation type 27": site(27),
    "there is no relocation type PC_REL": site("PC_REL"),
    "x: R_WASM_MEMORY_ADDR_I32 at offset 0x3 overlaps the one before it":
        lambda made: made.data("x", Content(bytes(8), tuple(Site(at, 5, made.extern_data(f"d{at}")) for at in (3, 0)))),
    "f is declared already": lambda made: [made.function("f", NOTHING), made.extern_data("f")],
    "f: the body does not close with end (0x0b)": lambda made: made.function("f", NOTHING, b"\0"),
    "f: a function that has no bytes here was given some":
        lambda made: made.update(made.extern_function("f", NOTHING), body()),
    "g: a global that is undefined cannot be weak":
        lambda made: made.extern_global("g", GlobalType(I32, False), flags=SYM_WEAK),
    "f: a function cannot have the flags 0x200": lambda made: made.function("f", NOTHING, flags=SYM_ABSOLUTE),
    "f: a function cannot have the flags 0x3": lambda made: made.function("f", NOTHING, flags=SYM_WEAK | SYM_LOCAL),
    "f: a function cannot have the flags 0x10": lambda made: made.function("f", NOTHING, flags=SYM_UNDEFINED),
    "a table that is imported needs a name": lambda made: made.extern_table("", TableType(FUNCREF, Limits(0, 0))),
    "x: d has nothing that an alias could stand for": lambda made: made.alias("x", made.extern_data("d")),
    "d: a data that has no bytes here was given some": lambda made: made.update(made.extern_data("d"), b"x"),
    "f: a function cannot have the type i32":
        lambda made: made.update(made.function("f", NOTHING), type=GlobalType(I32, False)),
    "g: a global that has no value here was given one":
        lambda made: made.update(made.extern_global("g", GlobalType(I32, False)), init=()),
    "d: a data cannot be aligned to 2^32": lambda made: made.data("d", b"", align=32),
    "f: a function cannot be aligned to 2^4": lambda made: made.update(made.function("f", NOTHING), align=4),
    "note: a section cannot have the flags 0x0": lambda made: made.update(made.custom("note"), flags=0),
    "reloc.CODE: the builder writes this section itself": lambda made: made.custom("reloc.CODE"),
    "+atomics: a feature is named once, with + or -": lambda made: [made.feature("atomics") for _ in range(2)],
    "by me: a producer is named once, under language, processed-by, sdk": lambda made: made.producer("by", "me"),
    "d: a data without code cannot be called at the start": lambda made: made.init(made.data("d", b"")),
    "i32.const: no relocation puts a table into the place of its i32":
        lambda made: body(("i32.const", made.function_table())),
    "call: no relocation puts () -> nil into the place of its function": lambda made: body(("call", NOTHING)),
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_are_told_at_once(made, text):
    with pytest.raises(ValueError) as caught:
        MISTAKES[text](made)
    assert str(caught.value) == text


def test_a_mistake_changes_nothing(made):
    function = made.function("f", GIVES, number(1))
    before = made.flush()
    with pytest.raises(ValueError, match="end"):
        made.update(function, b"\0", flags=SYM_WEAK)
    with pytest.raises(ValueError, match="flags"):
        made.update(function, body(), flags=SYM_ABSOLUTE)
    assert made.flush() == before


def test_a_datum_must_lie_in_its_segment(made):
    array = made.data("array", b"0123")
    made.alias("end", array, offset=4)
    made.flush()
    made.alias("beyond", array, offset=3, size=2)
    with pytest.raises(LinkError, match=r"beyond lies beyond the end of segment \.data\.array"):
        made.flush()


# --- broken on purpose ----------------------------------------------------------------------------------------------


def broken_index(draft):
    draft.linking.symbols[0] = draft.linking.symbols[0]._replace(index=7)


def broken_offset(draft):
    draft.relocs[0].offsets[0] = 99


def broken_order(draft):
    draft.relocs[0].offsets.reverse()


def broken_version(draft):
    draft.linking.version = 3


def broken_comdat(draft):
    draft.linking.comdats[0] = draft.linking.comdats[0]._replace(flags=1)


def broken_name(draft):
    draft.linking.symbols[1] = draft.linking.symbols[1]._replace(name="f")


BROKEN = {
    broken_index: "invalid function symbol index",
    broken_offset: "invalid relocation offset",
    broken_order: "relocations not in offset order",
    broken_version: "unexpected metadata version: 3 (Expected: 2)",
    broken_comdat: "unsupported COMDAT flags",
    broken_name: "duplicate symbol name f",
}


@pytest.mark.parametrize(("change", "words"), BROKEN.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_a_draft_may_be_broken(made, tmp_path, change, words):
    function = made.function("f", GIVES, number(1), comdat="group")
    made.function("g", GIVES, body(call(function), "drop", call(function)))
    draft = made.draft()
    change(draft)
    assert any(words in complaint for complaint in refused(tmp_path, draft.build()))


def test_a_bare_index_is_not_checked(made, tmp_path):
    made.function("f", NOTHING, Content(body(call(made.extern_function("g", NOTHING))).data, (Site(2, 0, 57),)))
    assert any("invalid function relocation" in one or "Bad" in one for one in refused(tmp_path, made))
