"""The tree over a file: every byte has its place, nothing is made before it is looked at."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.format import values
from tests.format.test_module import c_object, cxx_object
from tests.toolchain import compiled, reference
from wasmscope.errors import FormatError
from wasmscope.format import custom
from wasmscope.format import sections as core
from wasmscope.format.custom import Dylink, ExportInfo, ImportInfo, MemoryInfo, NameMap, Names
from wasmscope.format.module import read
from wasmscope.format.module_value import ModuleValue, SectionValue, build
from wasmscope.format.node import Children, Node, node_at
from wasmscope.format.tree import tree
from wasmscope.format.types import FuncType
from wasmscope.format.vectors import Vec


def linked() -> bytes:
    """A module: what wasm-ld makes of an object, with names, elements and exports."""
    path = compiled("int (*p)(int); int f(int x) { return p(x); } int g(int x) { p = f; return f(x) + 1; }")
    return reference([path.name, "--no-entry", "--export-all"], path.parent).output


def rare() -> bytes:
    """A module of what compilers seldom write."""
    names = Names(module="m", functions=NameMap({0: "f"}), locals={0: NameMap({0: "x", 1: "y"}), 5: NameMap()})
    dylink = Dylink(
        MemoryInfo(1, 2, 3, 4), Vec(["lib"]), Vec([ExportInfo("e", 1)]), Vec([ImportInfo("m", "i", 2)]), Vec(["/"]),
        [(9, b"abc")],
    )  # fmt: skip
    groups = "04 4e02 5f 02 7f00 7801 50 01 00 60 00 00 5e 7f 01 4f 00 60 01 6300 01 7f 60 00 00"
    parts = [
        SectionValue(0, "dylink.0", custom.DYLINK.build(dylink)),
        SectionValue(1, "", bytes.fromhex(groups)),
        SectionValue(2, "", bytes.fromhex("03 0161 0162 01 70 01 02 03 0161 0163 04 00 03 0161 0164 02 0f 01 02 10")),
        SectionValue(3, "", bytes.fromhex("01 04")),
        SectionValue(4, "", bytes.fromhex("01 40 00 6f 00 01 d06f 0b")),
        SectionValue(13, "", bytes.fromhex("01 00 04")),
        SectionValue(6, "", bytes.fromhex("01 7f 01 2300 4104 6a 0b")),
        SectionValue(8, "", b"\0"),
        SectionValue(9, "", bytes.fromhex("03 00 41000b 03 00 8000 01 05 70 01 d2000b 02 01 41000b 00 01 00")),
        SectionValue(12, "", b"\2"),
        SectionValue(10, "", core.BODIES.build([bytes.fromhex("02 01 7f 02 63 00 43 0000c03f 1a ff 00 0b")])),
        SectionValue(11, "", bytes.fromhex("02 02 00 41000b 03 616263 01 11" + "00" * 17)),
        SectionValue(0, "name", custom.NAMES.build(names) + b"\x20\3abc"),
        SectionValue(0, "build_id", b"\3abc"),
        SectionValue(0, "name", b"a second one"),
        SectionValue(0, "", b""),
        SectionValue(77, "", b"unknown"),
    ]
    return build(ModuleValue(parts))


FILES = {
    "c": c_object,
    "c++": cxx_object,
    "linked": linked,
    "rare": rare,
    "empty": lambda: b"\0asm\1\0\0\0",
}


def assert_tiled(node: Node, where: str = "") -> None:
    """The children of every node lie end to end from its start to its end."""
    where += f"/{node.label}"
    assert node.start <= node.end, where
    if node.is_leaf:
        return
    children = list(node.children())
    assert children, where
    assert (children[0].start, children[-1].end) == (node.start, node.end), where
    for one, following in pairwise(children):
        assert one.end == following.start, f"{where}: {one} {following}"
    for child in children:
        assert_tiled(child, where)


@pytest.mark.parametrize("file", FILES)
def test_every_byte_is_in_one_leaf(file):
    module = read(FILES[file](), file)
    assert_tiled(tree(module))


@pytest.mark.parametrize("file", FILES)
def test_a_byte_is_found_from_the_root_down(file):
    module = read(FILES[file](), file)
    root = tree(module)
    for offset in range(len(module.data)):
        path = node_at(root, offset)
        assert path[0] is root
        assert all(one.start <= offset < one.end for one in path)
        assert path[-1].is_leaf
    assert node_at(root, len(module.data)) == []
    assert node_at(root, -1) == []


@pytest.mark.parametrize("file", ["c", "rare"])
def test_a_file_cut_off_anywhere_has_a_tree(file):
    data = FILES[file]()
    for size in range(8, len(data), 1 if file == "rare" else 37):
        assert_tiled(tree(read(data[:size], file)))


@given(st.data())
def test_a_damaged_file_has_a_tree(choice):
    data = bytearray(rare() if choice.draw(st.booleans()) else c_object())
    for _ in range(choice.draw(st.integers(1, 4))):
        data[choice.draw(st.integers(8, len(data) - 1))] = choice.draw(st.integers(0, 255))
    assert_tiled(tree(read(bytes(data), "a.o")))


@pytest.mark.parametrize(("offset", "byte"), [(245, 1), (246, 0), (245, 255)])
def test_name_maps_that_overlap_or_come_twice_have_a_tree(offset, byte):
    """Damage that random bytes found: a second map of one kind, and a map that says it is longer than its place."""
    data = bytearray(rare())
    data[offset] = byte
    assert_tiled(tree(read(bytes(data), "a.o")))


def texts(path: list[Node]) -> list[str]:
    return [f"{one.label}: {one.value}" for one in path]


def find(node: Node, label: str) -> Node:
    return next(one for one in node.children() if one.label == label)


def test_nodes_say_what_the_bytes_are():
    module = read(c_object(), "a.o")
    root = tree(module)
    assert [one.label for one in root.children()[:4]] == ["header", "type", "import", "function"]
    assert texts(node_at(root, 2)) == ["module: a.o", "header: wasm version 1", r"magic: \0asm"]
    row = next(row for row, one in enumerate(module.imports) if one.name == "outside")
    start, end = module.imports.span(row)
    assert texts(node_at(root, start + 5))[2:] == [f"import {row}: env.outside function", "field: 'outside'"]
    assert texts(node_at(root, end - 1))[3:] == [f"type index: {module.imports[row].desc}"]


def test_symbols_and_relocations_say_their_names():
    module = read(c_object(), "a.o")
    root = tree(module)
    row = next(row for row, one in enumerate(module.linking.symbols) if one.name == "run")
    path = node_at(root, module.linking.symbols.span(row)[0])
    assert path[1].label == "linking"
    assert texts(path[2:])[0].startswith("symbol table: ")
    assert texts(path[3:]) == [f"symbol {row}: run, defined global function", "kind: 0 (function)"]
    code = next(one for one in module.relocs if one.section_name == "reloc.CODE")
    row = next(row for row, one in enumerate(code) if one.type == 0)
    start, _ = code.spans[row]
    (*_, entry, field) = node_at(root, start + 1)
    assert entry.label == f"relocation {row}"
    assert entry.value == f"R_WASM_FUNCTION_INDEX_LEB outside at {code.offsets[row]:#x}"
    assert (field.label, field.value) == ("offset", hex(code.offsets[row]))


def test_bodies_open_into_instructions():
    module = read(linked(), "a.wasm")
    root = tree(module)
    row = module.num_imported(0) + len(module.functions) - 1
    body = find(find(root, "code"), f"body {row}")
    assert body.value == "g"
    labels = [one.label for one in body.children()]
    assert labels[:2] == ["size", "local runs"]
    assert labels[-1] == "end"
    call = next(one for one in body.children() if one.label == "call")
    assert [one.label for one in call.children()] == ["opcode", "function"]
    assert call.children()[1].value == call.value


def test_segments_elements_and_names_are_shown():
    root = tree(read(rare(), "a.wasm"))
    data, element, code = find(root, "data"), find(root, "element"), find(root, "code")
    assert find(data, "segment 0").value == "3 bytes"
    assert texts(find(data, "segment 0").children())[-1] == "contents: 'abc'"
    assert find(element, "element segment 0").value == "3 elements, table 0 at i32.const 0"
    elements = find(find(element, "element segment 0"), "elements").children()
    assert [one.children()[0].value for one in elements] == ["0", "0", "1"]
    bad = code.children()[3].children()
    assert [one.label for one in bad][-3:] == ["f32.const", "drop", "?"]
    assert bad[-1].value
    assert bad[3].value == "2 × (ref null 0)"
    assert find(find(root, "name"), "locals").children()[3].value == "0: 2 names"


def test_what_cannot_be_read_says_why():
    module = read(build(ModuleValue([SectionValue(1, "", b"\2\x60\0\0\x41")])), "bad.o")
    assert module.read_all()
    root = tree(module)
    section = root.children()[1]
    assert section.value == "section, 5 bytes, bad form"
    assert texts(section.children())[2:] == ["count: 2", "type 0: () -> nil", "unread: bad form"]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3))
def test_children_are_a_sequence(head, entries, tail):
    sizes = iter(range(head + entries + tail))
    nodes = [Node(str(one), one, one + 1) for one in sizes]
    starts = list(range(head, head + entries + 1)) if entries else []
    children = Children(nodes[:head], starts, lambda row, start, end: nodes[head + row], nodes[head + entries :])
    assert list(children) == nodes == children[:]
    assert len(children) == len(nodes)
    assert [children[index - len(nodes)] for index in range(len(nodes))] == nodes
    assert [children.index_at(offset) for offset in range(len(nodes))] == list(range(len(nodes)))
    assert children.index_at(len(nodes)) is None
    for index in (len(nodes), -len(nodes) - 1):
        with pytest.raises(IndexError):
            children[index]


def test_the_last_byte_of_a_module_of_a_hundred_thousand_functions_is_found():
    count = 100_000
    parts = [
        SectionValue(1, "", core.TYPES.build([FuncType((), ())])),
        SectionValue(3, "", core.FUNCTIONS.build([0] * count)),
        SectionValue(10, "", core.BODIES.build([b"\0\x0b"] * count)),
    ]
    module = read(build(ModuleValue(parts)), "large.wasm")
    assert len(module.bodies) == count
    path = node_at(tree(module), len(module.data) - 1)
    assert [one.label for one in path[1:]] == ["code", "body 99999", "end"]


def few(records):
    return st.lists(records, max_size=3)


@given(few(values.IMPORTS), few(values.GLOBALS), few(values.ELEMENTS))
def test_any_records_have_a_tree(imports, globals_, elements):
    parts = [
        SectionValue(2, "", core.IMPORTS.build(imports)),
        SectionValue(6, "", core.GLOBALS.build(globals_)),
        SectionValue(9, "", core.ELEMENTS.build(elements)),
    ]
    module = read(build(ModuleValue(parts)), "a.wasm")
    root = tree(module)
    assert_tiled(root)
    assert not [one for one in labels(root) if one in ("unread", "unreadable")]


def labels(node: Node) -> list[str]:
    return [node.label, *(label for child in node.children() for label in labels(child))]


def test_format_errors_never_leave_the_tree():
    with pytest.raises(FormatError):
        read(b"", "a.o")
