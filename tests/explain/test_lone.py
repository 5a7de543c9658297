"""A module alone: what it tells is what its objects say, what the linker's values say, and what an engine finds."""

from __future__ import annotations

from functools import cache

import pytest
import wasmtime

from tests.explain.sample_links import LINKING, link_in, linked, linked_sources, reference_output
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.alone.lone_byte import lone_byte
from wasmscope.explain.alone.lone_relocations import KeptRelocations
from wasmscope.explain.alone.lone_why import find_items, why_there
from wasmscope.explain.alone.module_memory import memory_limits, page_size, stack_pointer
from wasmscope.explain.alone.module_references import Item
from wasmscope.format.module import Module, read
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import FUNCTION, GLOBAL

BY_KIND = {
    wasmtime.FuncType: "function", wasmtime.TableType: "table", wasmtime.MemoryType: "memory",
    wasmtime.GlobalType: "global",
}  # fmt: skip
SOURCE = """
int table[4] = {1, 2, 3, 4};
int zero[100];
static int by_pointer(int a) { return a + 1; }
int (*pointer)(int) = by_pointer;
__attribute__((noinline)) static int leaf(int a) { volatile int local[8]; local[a] = a; return local[1] + zero[a]; }
__attribute__((noinline)) static int middle(int a) { return leaf(a) + leaf(a + 1); }
int unreached(int a) { return a * 3; }
void _start(void) { table[0] = middle(table[1]) + pointer(2); }
"""
KEEP_ALL = ("--no-gc-sections", "--export=__heap_base", "--export=pointer")


@cache
def lone(name: str) -> LoneModule:
    return LoneModule(read(reference_output(name), "linked.wasm"))


@cache
def small(*options: str) -> LoneModule:
    argv = [str(compiled(SOURCE, "-O1", "-g0")), *KEEP_ALL, *options]
    return LoneModule(read(reference(argv).output, "linked.wasm"))


# --- rows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hello", "shapes", "words", "hello, memory imported"])
def test_imports_and_exports_are_those_that_an_engine_sees(name: str) -> None:
    module = wasmtime.Module(wasmtime.Engine(), reference_output(name))
    assert [(one.module, one.name, one.kind) for one in lone(name).imports] == [
        (one.module, one.name, BY_KIND[type(one.type)]) for one in module.imports
    ]
    assert [(one.name, one.kind) for one in lone(name).exports] == [
        (one.name, BY_KIND[type(one.type)]) for one in module.exports
    ]
    signatures = {
        one.name: (list(map(str, one.type.params)), list(map(str, one.type.results)))
        for one in module.exports
        if isinstance(one.type, wasmtime.FuncType)
    }
    for one in lone(name).functions:
        for export in one.exports:
            params, results = signatures[export]
            result = f"({', '.join(results)})" if len(results) > 1 else ", ".join(results) or "nil"
            assert one.signature == f"({', '.join(params)}) -> {result}"


@pytest.mark.parametrize("name", LINKING)
def test_functions_globals_and_slots_are_those_that_the_link_numbered(name: str) -> None:
    link, module = linked(name), lone(name)
    numbering = link.index
    functions = {one.number: one for one in module.functions}
    for atom, number in numbering.functions.items():
        piece = next(p for s in link.emit.sections if s.id == 10 for p in s.pieces if p.atom is atom)
        assert (functions[number].start, functions[number].size) == (piece.start, piece.size)
        assert functions[number].signature == str(atom.signature)
    assert len(module.functions) == numbering.imported_counts[FUNCTION] + len(numbering.functions)
    assert len(module.globals) == numbering.imported_counts[GLOBAL] + len(module.module.globals)
    expected = {}
    for thing, slot in numbering.slots.items():
        found = numbering.functions.get(thing)
        expected[slot] = numbering.imported[thing] if found is None else found
    assert {one.number: one.function for one in module.slots} == expected
    assert [one.number for one in module.functions if one.starts] == (
        [] if numbering.start is None else [numbering.start]
    )


@pytest.mark.parametrize("name", ["hello", "shapes", "words"])
def test_functions_have_the_names_of_their_symbols(name: str) -> None:
    for atom, number in linked(name).index.functions.items():
        row = lone(name).functions[number]
        if atom.name and atom.file is not None:
            assert [Item("function", number)] == find_items(lone(name), f"func:{number}")
            assert Item("function", number) in find_items(lone(name), row.title)


@pytest.mark.parametrize("name", ["hello", "shapes", "kernel", "words"])
def test_code_names_what_the_relocations_of_the_objects_name(name: str) -> None:
    """The linker turned names into numbers; decoding finds the same numbers at the same sites."""
    link, references = linked(name), lone(name).references
    numbering, compared = link.index, 0
    spaces = {"function": numbering.functions, "global": numbering.globals, "tag": numbering.tags}
    for atom, number in numbering.functions.items():
        if atom.file is None or atom.relocs is None:
            continue
        expected = []
        for row in range(atom.lo, atom.hi):
            type = RELOC_TYPES[atom.relocs.types[row]]
            if type.encoding != "uleb" or type.symbol_kind not in spaces or type.addend:
                continue
            symbol = link.resolve.bindings[atom.file][atom.relocs.indices[row]]
            if symbol.kind != type.symbol_kind or symbol.stub:
                continue
            there = spaces[symbol.kind].get(symbol.target, numbering.imported.get(symbol))
            expected.append(Item(type.symbol_kind, there))
        found = [one.to for one in references.of_function(number) if one.to.space in spaces]
        for item in expected:
            assert item in found
        compared += len(expected)
    assert compared
    assert references.problems == []


def test_places_that_name_a_function_are_calls_at_that_offset() -> None:
    module = small()
    (leaf,) = find_items(module, "leaf")
    calls = [one for one in module.references.to[leaf] if one.what == "call"]
    assert [module.title(one.by) for one in calls] == ["middle", "middle"]
    assert [module.module.data[one.offset] for one in calls] == [0x10, 0x10]


# --- why --------------------------------------------------------------------------------------------------------


def test_the_path_to_a_function_is_the_calls_of_the_source() -> None:
    module = small()
    (leaf,) = find_items(module, "leaf")
    told = why_there(module, leaf)
    assert [(one.what, module.title(one.to)) for one in told.path] == [
        ("export '_start'", "_start"), ("call", "middle"), ("call", "leaf")
    ]  # fmt: skip
    assert [module.title(one) for one in told.keepers] == ["middle", "_start"]
    (pointed,) = find_items(module, "by_pointer")
    assert [one.what for one in why_there(module, pointed).path] == ["export '_start'", "call_indirect", "slot 1"]


def test_what_nothing_reaches_says_so() -> None:
    module = small()
    (item,) = find_items(module, "unreached")
    told = why_there(module, item)
    assert (told.path, told.retains) == ((), None)


@pytest.mark.parametrize("name", ["hello", "kernel", "shapes", "words"])
def test_a_keeper_is_what_nothing_is_reached_without(name: str) -> None:
    graph, dominators = lone(name).graph, lone(name).dominators
    for node in range(1, len(graph.nodes), max(1, len(graph.nodes) // 25)):
        reached, queue = {0}, [0]
        while queue:
            for to in graph.successors[queue.pop()]:
                if to != node and to not in reached:
                    reached.add(to)
                    queue.append(to)
        gone = {graph.nodes[one] for one in range(1, len(graph.nodes)) if one not in reached and one != node}
        assert set(dominators.goes_with(graph.nodes[node])) == gone


def test_the_shares_of_a_module_add_up_to_its_size() -> None:
    for name in ("hello", "words"):
        assert lone(name).dominators.retained[0].total == len(lone(name).module.data)


def test_things_are_found_by_name_number_slot_and_offset() -> None:
    module = small()
    (start,) = find_items(module, "_start")
    assert find_items(module, f"func:{start.number}") == [start]
    row = module.functions[start.number]
    assert find_items(module, hex(row.start)) == find_items(module, hex(row.end - 1)) == [start]
    (pointed,) = find_items(module, "by_pointer")
    assert find_items(module, "slot:1") == [pointed]
    assert find_items(module, "__stack_pointer") == [Item("global", 0)]
    assert find_items(module, "pointer")[0].space == "global"  # exported data is a global that holds its address
    for nothing in ("func:999", "slot:99", "nobody", "data:77", "0xffffff"):
        assert find_items(module, nothing) == []


# --- memory -----------------------------------------------------------------------------------------------------

MEMORIES = """(module
  (import "env" "base" (global $base i32))
  (memory $own (export "own") 1) (memory $second (export "second") 2) (memory $wide i64 1)
  (global $sum i32 (i32.add (i32.const 64) (i32.mul (i32.const 3) (i32.const 8))))
  (func $later (memory.init $own $idle (i32.const 512) (i32.const 0) (i32.const 4))
    (memory.fill $own (i32.const 600) (i32.const 0) (i32.const 8)))
  (func $fills (memory.init $own $early (i32.const 256) (i32.const 0) (i32.const 5))
    (memory.init $second $there (i32.const 32) (i32.const 0) (i32.const 5))
    (memory.init $own $part (i32.const 300) (i32.const 0) (i32.const 2))
    (memory.fill $own (i32.const 400) (i32.const 0) (i32.const 16)) (memory.fill $second (i32.const 64) (i32.const 0)
    (i32.const 4)))
  (func $start (call $fills)) (start $start) (export "later" (func $later))
  (data (memory $own) (i32.const 16) "under all of it") (data (i32.const 20) "over") (data (i32.const 28) "its end")
  (data (offset (i32.add (global.get $sum) (i32.mul (i32.const 2) (i32.const 4)))) "computed")
  (data (memory $second) (i32.const 16) "in another") (data (memory $wide) (i64.const 8) "in a wide one")
  (data (offset (i32.sub (i32.const 4) (i32.const -60))) "from below 0")
  (data $idle "idle") (data $early "early") (data $there "there") (data $part "part") (data (global.get $base) "moved")
)"""
"""Several memories, segments that overlap or are placed by arithmetic, and what code fills at start or does not."""


def test_memory_is_what_an_engine_makes_of_overlaps_arithmetic_and_other_memories() -> None:
    config = wasmtime.Config()
    config.wasm_multi_memory = config.wasm_memory64 = True
    store = wasmtime.Store(wasmtime.Engine(config))
    data = wasmtime.wat2wasm(MEMORIES)
    base = wasmtime.Global(store, wasmtime.GlobalType(wasmtime.ValType.i32(), False), wasmtime.Val.i32(0))
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, data), [base])
    own, second = (instance.exports(store)[name] for name in ("own", "second"))
    found, other = bytearray(own.read(store, 0, own.data_len(store))), second.read(store, 0, 256)
    module = LoneModule(read(data, "made.wasm"))
    found[300:302] = bytes(2)  # a part of a segment is not looked for
    for address in range(1024):
        assert lone_byte(module, f"mem:{address:#x}").value == found[address], hex(address)
    for address, value in enumerate(other):
        told = lone_byte(module, f"mem1:{address:#x}")
        assert (told.value, told.memory, told.address) == (value, 1, address), hex(address)
        if told.offset is not None:
            assert lone_byte(module, hex(told.offset))[6:9] == told[6:9]
    with pytest.raises(LookupError, match="there is no memory 7"):
        lone_byte(module, "mem7:0x10")
    elsewhere = [one for one in module.segments if one.memory == 1 and one.address is not None]
    assert [one.passive for one in elsewhere] == [False, True]
    for one in elsewhere:
        assert data[one.start : one.end] == other[one.address : one.address + one.end - one.start]
    assert [one.base for one in module.segments if one.base] == module.bases == ["env.base"]
    assert [(one.start, one.end) for one in module.regions if one.kind == "zeros"] == [(400, 416)]
    assert [(one.start, one.name) for one in module.regions if 16 <= one.start < 36] == [
        (16, "data segment 0"), (20, "data segment 1"), (24, "data segment 0"), (28, "data segment 2"), (35, "gap"),
    ]  # fmt: skip
    assert [one.type for one in module.memories] == ["1", "2", "i64 1"]


def test_what_is_made_of_no_number_has_none() -> None:
    text = """(module (type $pair (struct (field i32) (field i32))) (global (ref i31) (ref.i31 (i32.const 5)))
              (global (ref $pair) (struct.new $pair (i32.const 1) (i32.const 2))) (global i64 (i64.const 7)))"""
    assert [one.value for one in LoneModule(read(wasmtime.wat2wasm(text), "made.wasm")).globals] == [None, None, 7]


def test_the_memory_is_found_where_nothing_names_it() -> None:
    assert find_items(LoneModule(read(wasmtime.wat2wasm("(module (memory 1))"), "made.wasm")), "memory") == [
        Item("memory", 0)
    ]


@pytest.mark.parametrize("options", [(), ("--no-stack-first",), ("--strip-all",), ("--strip-all", "--no-stack-first")])
def test_memory_is_as_the_link_laid_it_out(options: tuple[str, ...]) -> None:
    argv = [str(compiled(SOURCE, "-O1", "-g0")), *KEEP_ALL, *options]
    link, module = link_in(ROOT, argv), small(*options)
    assert link.emit.data == module.module.data
    at = {one.name: one.address for one in link.layout.boundaries}
    parts = {one.kind: one for one in module.regions}
    assert parts["stack"].end == at["stack top"]
    assert (parts["heap"].start, parts["heap"].end) == (at["heap base"], at["memory end"])
    data = [(one.address, one.address + one.size) for one in link.layout.segments if not one.bss]
    assert [(one.start, one.end) for one in module.regions if one.kind == "data"] == data
    assert [one.start for one in module.regions] == [0, *(one.end for one in module.regions[:-1])]


@pytest.mark.parametrize("name", ["hello", "shapes", "words", "kernel"])
def test_the_stack_pointer_is_found_without_names(name: str) -> None:
    named = read(reference_output(name), "linked.wasm")
    expected = next((one.number for one in lone(name).globals if one.name == "__stack_pointer"), None)
    assert stack_pointer(named) == expected
    stripped = read(_without_customs(named), "stripped.wasm")
    assert stripped.names is None
    assert stack_pointer(stripped) in (expected, None)
    if name in ("shapes", "words"):  # the others have no function with a frame
        assert stack_pointer(stripped) == expected


def _without_customs(module: Module) -> bytes:
    return module.data[:8] + b"".join(module.data[one.start : one.end] for one in module.sections if one.id)


def test_a_byte_of_memory_is_what_an_engine_finds_there() -> None:
    module = small()
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, module.module.data), [])
    memory = instance.exports(store)["memory"]
    size = memory.data_len(store)
    limits = memory_limits(module.module)
    assert limits.min * page_size(limits) == size
    found = memory.read(store, 0, size)
    for part in module.regions:
        step = 1 if part.kind == "data" else max(1, (part.end - part.start) // 50)
        for address in range(part.start, part.end, step):
            assert lone_byte(module, f"mem:{address:#x}").value == found[address]
    table = next(one.start for one in module.regions if one.kind == "data")
    assert lone_byte(module, f"mem:{table:#x}").holds == bytes(memory.read(store, table, table + 16))
    past = lone_byte(module, f"mem:{size:#x}")
    assert (past.region, past.value) == (None, None)


def test_a_byte_is_found_by_offset_section_and_name() -> None:
    module = small()
    row = next(one for one in module.functions if one.name == "middle")
    code = module.module.section(10)
    by_offset = lone_byte(module, hex(row.start + 4))
    assert (module.title(by_offset.item), by_offset.item_offset) == ("middle", 4)
    assert lone_byte(module, f"code+{row.start + 4 - code.contents:#x}") == by_offset
    assert lone_byte(module, "middle+4") == by_offset
    assert lone_byte(module, "middle") == lone_byte(module, hex(row.start))
    for nothing in ("x", "nobody+3", "0xfffffff", "mem:", "lea"):
        with pytest.raises(LookupError):
            lone_byte(module, nothing)


def test_kept_relocations_tell_what_patched_a_byte() -> None:
    module = small("--emit-relocs")
    (middle,) = find_items(module, "middle")
    call = next(one for one in module.references.of(middle) if one.what == "call")
    told = lone_byte(module, hex(call.offset + 1))
    assert RELOC_TYPES[told.relocation.type].name == "R_WASM_FUNCTION_INDEX_LEB"
    assert lone_byte(module, hex(call.offset)).relocation is None
    segment = next(one for one in module.segments if not one.passive)
    symbols = {lone_byte(module, hex(offset)).symbol for offset in range(segment.start, segment.end)}
    assert {("table", at) for at in range(16)} <= symbols
    assert lone_byte(small(), hex(small().segments[0].start)).symbol is None


def test_kept_relocations_are_rows_with_the_names_of_the_objects() -> None:
    module, link = small("--emit-relocs"), linked_sources(SOURCE)
    assert len(small().relocations) == 0
    calls = [one for one in module.relocations if one.type == "R_WASM_FUNCTION_INDEX_LEB"]
    assert sorted(one.target for one in calls) == ["leaf", "leaf", "middle"]
    assert {one.section for one in module.relocations} >= {"code", "data"}
    for one in calls:
        assert module.module.data[one.offset - 1] == 0x10
    assert list(module.relocations) == module.relocations[:] != []
    assert module.relocations[-1] == module.relocations[len(module.relocations) - 1]
    objects = KeptRelocations(link.resolve.objects[0].module)
    assert len(objects) == sum(map(len, link.resolve.objects[0].module.relocs))


def test_source_lines_and_variables_come_from_debug_information() -> None:
    argv = [str(compiled(SOURCE, "-O0", "-gdwarf-5", "-fdebug-compilation-dir=/src")), *KEEP_ALL]
    module = LoneModule(read(reference(argv).output, "linked.wasm"))
    (unit,) = module.units
    assert (unit.name, unit.directory, unit.version) == ("input.c", "/src", 5)
    address = link_in(ROOT, argv).resolve.by_name["zero"]
    layout = link_in(ROOT, argv).layout
    segment = layout.home.get(address.target)
    place = next(one.address for one in layout.segments if one.bss) if segment is None else segment.address
    told = lone_byte(module, f"mem:{place + 8:#x}")
    assert (told.offset, told.value) == (None, 0)
    assert (told.variable.name, told.variable.size, told.source.line) == ("zero", 400, 3)


# --- what else --------------------------------------------------------------------------------------------------


def test_a_shared_library_and_what_waits_for_one_are_modules_too() -> None:
    module = lone("a shared library")
    assert module.customs[0].purpose == "what a dynamic linker must know"
    bases = {one.name: one.role for one in module.globals if one.origin.startswith("env.")}
    assert bases["__memory_base"].startswith("where the module's data begins")
    waiting = [one for one in module.globals if one.origin.startswith("GOT.")]
    assert waiting
    assert all(one.role.startswith("the dynamic linker puts the address of") for one in waiting)


def test_what_holds_an_address_for_position_independent_code_says_so() -> None:
    case = ROOT / "samples" / "broken"
    objects = [str(case / "got-empty" / name) for name in ("main.o", "limit.o")]
    module = LoneModule(read(reference([*objects, "--no-entry"]).output or b"", "it"))
    assert {one.name: one.role for one in module.globals}["GOT.data.internal.limit"] == "holds the address of limit"
    source = "int twice(int x) { return 2 * x; } int (*get(void))(int) { return twice; }"
    slots = [str(compiled(source, "-O1", "-g0", "-fPIC")), "--no-entry", "--export=get"]
    module = LoneModule(read(reference(slots).output or b"", "it"))
    base = next(one for one in module.globals if one.name == "GOT.data.internal.__table_base")
    assert base.role == "where the module's slots begin, as nothing moves them"
    assert base.value == 1


def test_a_module_of_any_compiler_that_is_no_linkers_has_rows() -> None:
    text = """(module (memory 1) (global $g (mut i64) (i64.const 3)) (table 2 funcref) (elem (i32.const 1) $f)
              (func $f (export "f") (param i32 i64) (result i32 i32) (i32.const 1) (i32.const 2))
              (func $h (drop (ref.func $f))) (elem declare func $f) (start $h) (data "passive"))"""
    module = LoneModule(read(wasmtime.wat2wasm(text), "made.wasm"))
    assert [(one.signature, one.exports, one.slots, one.starts) for one in module.functions] == [
        ("(i32, i64) -> (i32, i32)", ("f",), (1,), False), ("() -> nil", (), (), True)
    ]  # fmt: skip
    assert [(one.type, one.value) for one in module.globals] == [("(mut i64)", 3)]
    assert [(one.passive, one.address) for one in module.segments] == [(True, None)]
    assert [one.what for one in why_there(module, Item("function", 0)).named_by] == [
        "export 'f'", "slot 1", "ref.func"
    ]  # fmt: skip


def test_a_cut_off_module_still_has_the_rows_that_can_be_read() -> None:
    data = reference_output("hello")
    for size in range(8, len(data), 61):
        module = LoneModule(read(data[:size], "cut.wasm"))
        for rows in ("functions", "globals", "tables", "tags", "slots", "imports", "exports", "segments", "regions",
                     "customs", "units"):  # fmt: skip
            list(getattr(module, rows))
        assert module.graph.nodes[0] is None


def test_nothing_is_decoded_before_it_is_asked_for() -> None:
    module = LoneModule(read(reference_output("words"), "linked.wasm"))
    assert len(module.functions) > 20
    assert not module.references._of
    module.references.of_function(module.functions[-1].number)
    assert len(module.references._of) == 1


def test_the_linkers_own_addresses_are_explained() -> None:
    link = linked_sources("int f(void) { return 1; }", options=("--no-entry", "--export-all"))
    module = LoneModule(read(link.emit.data, "linked.wasm"))
    assert {one.name for one in module.exports} >= {"f", "memory", "__heap_base"}
    roles = {one.exports[0]: one.role for one in module.globals if one.exports}
    assert roles["__data_end"] == "the address after the last data"
