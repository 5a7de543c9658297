"""Objects made in Python, judged by what the reference linker makes of them."""

from __future__ import annotations

import pytest

from tests.link.built import FUNCTION, GIVES, GLOBAL, MAPS, NOTHING, TABLE, TAG, linked, number, objects, refused
from tests.toolchain import call as run
from tests.toolchain import reference
from wasmscope.format.expr import END, Instr, const_expr
from wasmscope.format.linking import (
    SEG_RETAIN,
    SEG_STRINGS,
    SEG_TLS,
    SYM_ABSOLUTE,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_WEAK,
)
from wasmscope.format.module import read
from wasmscope.format.types import FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType
from wasmscope.link.builder import (
    ObjectBuilder,
    Ref,
    address,
    body,
    call,
    joined,
    pointer,
    word,
)


@pytest.fixture
def made():
    return ObjectBuilder()


# --- what is declared is there --------------------------------------------------------------------------------------


def test_a_function_calls_one_of_another_object(made, tmp_path):
    other = ObjectBuilder()
    other.function("twice", MAPS, body(("local.get", 0), ("i32.const", 2), "i32.mul"))
    made.function("run", GIVES, body(("i32.const", 21), call(made.extern_function("twice", MAPS))))
    assert run(linked(tmp_path, made, other).data, "run") == 42


def test_locals_are_declared_before_the_code(made, tmp_path):
    made.function("run", GIVES, body(("i64.const", 7), ("local.set", 2), ("local.get", 2), "i32.wrap_i64",
                                     locals=[(2, I32), (1, I64)]))  # fmt: skip
    assert run(linked(tmp_path, made).data, "run") == 7


def test_data_is_placed_by_alignment_and_named_by_segment(made, tmp_path):
    made.data("one", b"\x01")
    made.data("sixteen", b"\x10" * 3, align=4)
    made.data("fixed", b"\x07", segment=".rodata.fixed")
    made.data("zero", bytes(9), segment=".bss.zero")
    seen = linked(tmp_path, made)
    assert list(seen.module.names.datas.values()) == [".rodata", ".data"]
    assert seen.address("sixteen") % 16 == 0
    assert seen.memory(seen.address("sixteen"), 3) == b"\x10" * 3
    assert seen.memory(seen.address("fixed"), 1) == b"\x07"
    assert seen.address("zero") > seen.address("sixteen")


def test_pointers_in_data_point_at_data_and_functions(made, tmp_path):
    text = made.data("text", b"hello")
    function = made.function("f", GIVES, number(3))
    made.data("both", joined(pointer(text, 2), b"\xff\xff", pointer(function)))
    seen = linked(tmp_path, made)
    raw = seen.memory(seen.address("both"), 10)
    assert int.from_bytes(raw[:4], "little") == seen.address("text") + 2
    assert raw[4:6] == b"\xff\xff"
    assert seen.slots()[int.from_bytes(raw[6:], "little")] == seen.function("f")


def test_immediates_of_code_may_be_symbols(made, tmp_path):
    function = made.function("f", MAPS, body(("local.get", 0), ("i32.const", 1), "i32.add"))
    table = made.data("table", joined(b"\0" * 8, pointer(function)), align=2)
    counter = made.global_var("counter", GlobalType(I32, True), const_expr(40), flags=SYM_HIDDEN)
    made.function("run", GIVES, body(
        ("global.get", counter), ("i32.const", 1), "i32.add", ("global.set", counter), ("global.get", counter),
        ("i32.const", 4), ("i32.load", 2, Ref(table, 4)), ("call_indirect", MAPS, made.function_table()),
    ))  # fmt: skip
    assert run(linked(tmp_path, made, options="--no-entry --export=run").data, "run") == 42


def test_a_block_type_of_several_values_is_interned(made, tmp_path):
    pair = FuncType((I32, I32), (I32, I32))
    code = body(("i32.const", 50), ("i32.const", 8), ("block", pair), "end", "i32.sub")
    assert [site.symbol for site in code.sites] == [pair]
    made.function("run", GIVES, code)
    assert run(linked(tmp_path, made).data, "run") == 42


def test_what_is_extern_is_imported_from_where_it_is_said_to_be(made, tmp_path):
    log = made.extern_function("log", NOTHING, module="host", import_name="write")
    limit = made.extern_global("limit", GlobalType(I32, False), module="host", import_name="max")
    slots = made.extern_table("slots", TableType(FUNCREF, Limits(0, 1)), import_name="slots")
    stop = made.extern_tag("stop", NOTHING, module="host", import_name="stop")
    made.function("run", NOTHING, body(call(log), ("global.get", limit), "drop", ("table.size", slots), "drop",
                                       ("throw", stop)))  # fmt: skip
    imports = linked(tmp_path, made).module.imports
    assert {(one.kind, one.module, one.name) for one in imports} == {
        (FUNCTION, "host", "write"), (GLOBAL, "host", "max"), (TABLE, "env", "slots"), (TAG, "host", "stop"),
    }  # fmt: skip


def test_undefined_data_is_missed_unless_it_is_weak(made, tmp_path):
    there = made.extern_data("there")
    made.function("run", GIVES, body(address(there, 8)))
    (complaint,) = refused(tmp_path, made)
    assert complaint.endswith("undefined symbol: there")
    made.update(there, flags=SYM_WEAK)
    assert run(linked(tmp_path, made).data, "run") == 0


def test_tables_and_tags_are_defined(made, tmp_path):
    table = made.table("spare", TableType(FUNCREF, Limits(1, 3, 5)))
    tag = made.tag("oops", FuncType((I32,), ()))
    made.function("size", GIVES, body(("table.size", table)))
    catch = (("block", FuncType((), (I32,))), ("try_table", NOTHING, 0, tag, 0), ("i32.const", 9), ("throw", tag))
    made.function("run", GIVES, body(*catch, "end", "unreachable", "end"))
    seen = linked(tmp_path, made)
    assert seen.exports(TAG) == {"oops": 0}
    assert run(seen.data, "size") == 3
    assert run(seen.data, "run") == 9


def test_globals_start_with_their_values(made, tmp_path):
    made.feature("mutable-globals")
    wide = const_expr(2**40, is64=True)
    made.global_var("wide", GlobalType(I64, False), wide)
    made.global_var("ratio", GlobalType(0x7C, True), (Instr("f64.const", (1,)), END))
    seen = linked(tmp_path, made)
    first = seen.exports(GLOBAL)["wide"]
    assert [one.init for one in seen.module.globals[first : first + 2]] == [wide, (Instr("f64.const", (1,)), END)]


def test_custom_sections_are_joined_and_relocated(made, tmp_path):
    other = ObjectBuilder()
    for builder, name in ((other, "g"), (made, "f")):
        function = builder.function(name, NOTHING, body())
        info = builder.custom("info", name.encode() * 5)
        parts = (word("SECTION_OFFSET_I32", info, 2), word("FUNCTION_OFFSET_I32", function, 1))
        builder.custom("places", joined(*parts))
    seen = linked(tmp_path, other, made)
    assert seen.custom("info") == b"gggggfffff"
    raw = seen.custom("places")
    words = [int.from_bytes(raw[at : at + 4], "little") for at in range(0, 16, 4)]
    assert (words[0], words[2]) == (2, 7)
    code = seen.module.contents(seen.module.section(10))
    assert (code[words[1]], code[words[3]]) == (0x0B, 0x0B)


def test_one_copy_of_a_comdat_group_stays(made, tmp_path):
    others = []
    for value in (1, 2):
        builder = ObjectBuilder()
        builder.function("shared", GIVES, number(value), flags=SYM_WEAK, comdat="group")
        builder.data("datum", bytes((value,)), flags=SYM_WEAK, comdat="group")
        builder.custom("note", bytes((value,)), comdat="group")
        others.append(builder)
    seen = linked(tmp_path, *others)
    assert run(seen.data, "shared") == 1
    assert seen.custom("note") == b"\x01"
    assert seen.memory(seen.address("datum"), 2) == b"\x01\0"


def test_functions_run_before_the_program_by_priority(made, tmp_path):
    state = made.data("state", bytes(4), align=2)
    for digit, priority in ((1, 300), (2, 100), (3, None)):
        function = made.function(f"set{digit}", NOTHING, body(
            ("i32.const", 0), ("i32.const", 0), ("i32.load", 2, Ref(state)), ("i32.const", 10), "i32.mul",
            ("i32.const", digit), "i32.add", ("i32.store", 2, Ref(state)),
        ), flags=SYM_HIDDEN)  # fmt: skip
        made.init(function, *([] if priority is None else [priority]))
    made.function("run", GIVES, body(("i32.const", 0), ("i32.load", 2, Ref(state))))
    assert run(linked(tmp_path, made, options="--no-entry --export=run").data, "run") == 213


# --- flags ----------------------------------------------------------------------------------------------------------


def test_string_segments_are_merged(made, tmp_path):
    for name, text in (("a", b"tail\0"), ("b", b"curtail\0"), ("c", b"tail\0")):
        made.data(name, text, segment=".rodata.str", segment_flags=SEG_STRINGS)
    seen = linked(tmp_path, made)
    assert seen.memory(seen.address("b"), 8) == b"curtail\0"
    assert seen.address("a") == seen.address("c") == seen.address("b") + 3


def test_thread_local_data_is_addressed_within_its_block(made, tmp_path):
    made.feature("atomics")
    made.feature("bulk-memory")
    made.data("before", b"\x01", segment=".tdata.before", segment_flags=SEG_TLS)
    mine = made.data("mine", b"\x05\0\0\0", segment=".tdata.mine", segment_flags=SEG_TLS, align=2)
    base = made.extern_global("__tls_base", GlobalType(I32, False))
    code = body(("global.get", base), address(mine), "i32.add", ("i32.load", 2, 0))
    assert code.sites[1].type == 21
    made.function("run", GIVES, code)
    seen = linked(tmp_path, made)
    assert run(seen.data, "run") == 5
    assert list(seen.module.names.datas.values()) == [".tdata"]


def test_garbage_goes_and_what_is_retained_stays(made, tmp_path):
    made.function("kept", NOTHING, body(), flags=SYM_NO_STRIP)
    made.function("gone", NOTHING, body())
    made.data("kept_data", b"kept", segment_flags=SEG_RETAIN)
    made.data("gone_data", b"gone")
    seen = linked(tmp_path, made, options="--no-entry")
    assert "kept" in seen.module.names.functions.values()
    assert "gone" not in seen.module.names.functions.values()
    assert seen.memory(65536, 8) == b"kept\0\0\0\0"


def test_a_weak_definition_yields_and_local_names_do_not_clash(made, tmp_path):
    other = ObjectBuilder()
    for builder, flags, value in ((made, SYM_WEAK, 1), (other, 0, 2)):
        builder.function("f", GIVES, number(value), flags=flags)
        local = builder.function("local", GIVES, number(value * 10), flags=SYM_LOCAL)
        builder.function(f"run{value}", GIVES, body(call(local)))
    seen = linked(tmp_path, made, other)
    assert [run(seen.data, name) for name in ("f", "run1", "run2")] == [2, 10, 20]


def test_visibility_decides_what_is_exported(made, tmp_path):
    made.function("plain", NOTHING, body())
    made.function("hidden", NOTHING, body(), flags=SYM_HIDDEN)
    made.function("forced", NOTHING, body(), flags=SYM_HIDDEN | SYM_EXPORTED)
    made.function("inner", NOTHING, body(), export_name="outer")
    shown = linked(tmp_path, made, options="--no-entry --export-dynamic").exports(FUNCTION)
    assert set(shown) == {"plain", "forced", "outer"}
    assert set(linked(tmp_path, made, options="--no-entry").exports(FUNCTION)) == {"forced", "outer"}


def test_a_weak_function_that_nobody_defines_traps(made, tmp_path):
    made.function("run", NOTHING, body(call(made.extern_function("f", NOTHING, flags=SYM_WEAK))))
    seen = linked(tmp_path, made)
    assert "undefined_weak:f" in seen.module.names.functions.values()


def test_the_reference_counts_absolute_data_from_the_first_segment(made, tmp_path):
    first = made.data("first", bytes(16))
    port = made.absolute("port", 0x1234, size=4)
    made.function("run", GIVES, body(address(port, 1)))
    record = read(made.flush(), "x.o").linking.symbols[port.symbol]
    assert (record.flags, record.index, record.offset, record.size) == (SYM_ABSOLUTE, 0, 0x1234, 4)
    seen = linked(tmp_path, made)
    assert seen.address("port") == seen.address(first.name) + 0x1234
    assert run(seen.data, "run") == seen.address("port") + 1


def test_aliases_share_what_they_stand_for(made, tmp_path):
    first = made.function("first", GIVES, number(4))
    made.alias("second", first, flags=SYM_WEAK)
    array = made.data("array", b"0123456789")
    middle = made.alias("middle", array, offset=4, size=2)
    made.data("to_middle", pointer(middle, 1))
    seen = linked(tmp_path, made)
    assert seen.function("first") == seen.function("second")
    assert seen.address("middle") == seen.address("array") + 4
    assert seen.memory(seen.address("to_middle"), 4) == (seen.address("array") + 5).to_bytes(4, "little")


def test_what_has_no_symbol_is_linked_all_the_same(made, tmp_path):
    made.data("", b"nameless", segment=".data.x", segment_flags=SEG_RETAIN)
    made.function("", NOTHING, body())
    made.custom("note", b"x", symbol=False)
    assert read(made.flush(), "x.o").linking.symbols == []
    assert linked(tmp_path, made, options="--no-entry --no-gc-sections").memory(65536, 8) == b"nameless"


# --- the rest of the object -----------------------------------------------------------------------------------------


def test_features_producers_and_debug_names_are_passed_on(made, tmp_path):
    made.feature("sign-ext")
    made.feature("atomics", "-")
    made.producer("language", "Toy", "1.0")
    made.producer("processed-by", "toyc", "2")
    made.function("mangled", NOTHING, body(), debug_name="readable")
    seen = linked(tmp_path, made).module
    assert [str(one) for one in seen.features] == ["+ sign-ext"]
    assert [(one.name, [str(value) for value in one.values]) for one in seen.producers] == [
        ("language", ["Toy 1.0"]), ("processed-by", ["toyc 2"]),
    ]  # fmt: skip
    assert "readable" in seen.names.functions.values()


def test_addresses_may_have_64_bits(tmp_path):
    made = ObjectBuilder(memory64=True)
    function = made.function("f", GIVES, number(3))
    array = made.data("array", joined(b"\x2a\0\0\0", bytes(4), pointer(function)), align=3)
    made.function("run", GIVES, body(("i64.const", 0), ("i32.load", 2, Ref(array))))
    made.function("where", FuncType((), (I64,)), body(address(array, 1)))
    made.function("indirect", GIVES, body(address(function), ("call_indirect", GIVES, made.function_table())))
    seen = linked(tmp_path, made, options="-mwasm64 --no-entry --export-all")
    assert run(seen.data, "run") == 42
    assert run(seen.data, "where") == seen.address("array") + 1
    assert run(seen.data, "indirect") == 3


def test_types_are_interned(made):
    assert [made.put_or_get_type(one) for one in (MAPS, GIVES, MAPS)] == [0, 1, 0]
    made.function("f", GIVES, number(1))
    made.function("g", NOTHING, body(("i32.const", 0), ("call_indirect", NOTHING, made.function_table())))
    module = read(made.flush(), "x.o")
    assert module.types == [MAPS, GIVES, NOTHING]
    assert module.functions == [1, 2]


def test_sites_hold_what_the_object_alone_would_put_there(made):
    made.data("first", bytes(12))
    datum = made.data("second", b"data", align=3)
    made.extern_function("import", NOTHING)
    function = made.function("f", NOTHING, body(address(datum, 3), "drop"))
    made.function("g", NOTHING, body(call(function)))
    module = read(made.flush(), "x.o")
    raw = [module.data[one.code_start : one.end] for one in module.bodies]
    assert raw[0] == bytes.fromhex("00 41 93 80 80 80 00 1a 0b")
    assert raw[1] == bytes.fromhex("00 10 81 80 80 80 00 0b")
    assert [one.offset[0].args for one in module.datas] == [(0,), (16,)]


def test_an_object_that_is_only_a_name_links(made, tmp_path):
    outcome = reference([*objects(tmp_path, made), "--no-entry"], tmp_path)
    assert (outcome.status, outcome.stderr) == (0, "")
