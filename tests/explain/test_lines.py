"""Source lines: what the compiler says of C sources whose own text holds the line numbers."""

from __future__ import annotations

import gc
import struct
import subprocess
import sys
import weakref
from pathlib import Path
from threading import Thread

import pytest

from tests.explain.sample_links import SAMPLES, link_in, linked
from tests.toolchain import ROOT, archived, compiled, reference
from wasmscope.explain.debug_info.lines import line_at, lines_of, source_of
from wasmscope.explain.debug_info.module_lines import (
    Dangling,
    Tombstone,
    code_base,
    debug_of,
    debug_ranges,
    frames_of,
    line_of,
    line_of_byte,
    lines_between,
    variable_at,
)
from wasmscope.explain.debug_info.source_line import Range, SourceLine
from wasmscope.explain.origin import destination, origin
from wasmscope.explain.symbols import Mention
from wasmscope.format.module import Module, read
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Link

CALLEE = """\
#include <stddef.h>
int table[4] = {1, 2, 3, 4};       /* line 2 */
static int own = 7;                /* line 3 */
static inline __attribute__((always_inline)) int twice(int x) {
  return x * 2 + own;              /* line 5 */
}
int unused(int a) {                /* line 7 */
  return table[a];
}
int add(int a, int b) {            /* line 10 */
  return twice(a)                  /* line 11 */
    + b;
}
"""
CALLER = """\
int add(int, int);
extern int table[];
int (*pointer)(int, int) = add;    /* line 3 */
void _start(void) {
  table[1] =
    add(1, 2);                     /* line 6 */
  table[2] = add(
    3, 4);
}
"""
VERSIONS = ("-gdwarf-4", "-gdwarf-5")


def objects(version: str, *flags: str) -> list[str]:
    return [str(compiled(source, version, "-fdebug-compilation-dir=/src", *flags)) for source in (CALLEE, CALLER)]


def small_link(version: str, *options: str) -> Link:
    return link_in(ROOT, [*objects(version), *options])


def function(link: Link, name: str) -> Atom:
    return next(atom for file in link.resolve.objects for atom in file.functions if atom.name == name)


def sites(atom: Atom, *names: str) -> list[Mention]:
    """The relocations of `atom` that name one of the symbols."""
    records = atom.file.records
    return [Mention(atom, row) for row in range(atom.lo, atom.hi) if records[atom.relocs.indices[row]].name in names]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_the_version_of_the_debug_information_is_the_one_asked_for(version: str, level: str) -> None:
    module = Module(Path(objects(version, level)[0]).read_bytes(), "a.o")
    assert [f"-gdwarf-{unit.version}" for unit in debug_of(module).dwarf.units] == [version]
    assert debug_of(module).dwarf.units[0].name == "input.c"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_relocation_site_is_at_the_line_of_its_instruction(version: str) -> None:
    link = small_link(version)
    start = function(link, "_start")
    calls = sites(start, "add")
    assert [line_at(link, one).line for one in calls] == [6, 7]
    assert [line_at(link, one).file for one in calls] == ["/src/input.c"] * 2
    assert [CALLER.splitlines()[6 - 1].index("add") + 1, CALLER.splitlines()[7 - 1].index("add") + 1] == [
        line_at(link, one).column for one in calls
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_function_has_its_lines_and_begins_with_its_own(version: str) -> None:
    link = small_link(version)
    add, unused = function(link, "add"), function(link, "unused")
    assert (source_of(add).line, source_of(unused).line) == (10, 7)
    assert {source.line for _, source in lines_of(add)} == {10, 11, 5, 12}
    offsets = [offset for offset, _ in lines_of(add)]
    assert offsets == sorted(offsets)
    assert 0 <= offsets[0] < offsets[-1] < add.size


@pytest.mark.parametrize("version", VERSIONS)
def test_data_is_at_the_line_that_declares_it(version: str) -> None:
    link = small_link(version)
    callee, caller = link.resolve.objects
    found = {atom.name: source_of(atom).line for file in (callee, caller) for atom in file.segments}
    assert found == {".data.table": 2, ".data.own": 3, ".data.pointer": 3}
    (pointer,) = caller.segments
    assert line_at(link, Mention(pointer, pointer.lo)).line == 3


@pytest.mark.parametrize("version", VERSIONS)
def test_inlined_calls_are_frames(version: str) -> None:
    link = small_link(version)
    add = function(link, "add")
    (site,) = sites(add, "own")
    module = add.file.module
    address = add.start + add.site(site.row) - code_base(module)
    assert [(one.function, one.source.line) for one in frames_of(module, address)] == [("twice", 5), ("add", 11)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_module_of_the_reference_has_the_lines_that_its_objects_have(version: str) -> None:
    """Its addresses were relocated by the reference: each copied byte of code is of the same line in both."""
    link = small_link(version)
    module = read(reference(objects(version)).output, "linked.wasm")
    compared = 0
    for file in link.resolve.objects:
        for atom in file.functions:
            for offset in range(atom.start, atom.end):
                place = destination(link, file, offset)
                if place is None:
                    continue
                line = line_of_byte(file.module, offset)
                compared += line is not None
                assert line_of_byte(module, place) == line
    assert compared > 100


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stripped_output_has_the_lines_of_its_objects(version: str) -> None:
    link = small_link(version, "--strip-all")
    assert debug_of(read(link.emit.data, "linked.wasm")) is None
    (first, _) = sites(function(link, "_start"), "add")
    place = destination(link, first.atom.file, first.atom.start + first.atom.site(first.row))
    made = origin(link, place)
    assert line_of_byte(made.file.module, made.input_offset).line == 6


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_link_dropped_is_a_tombstone(version: str) -> None:
    """`unused` is collected: its ranges hold -1 (in .debug_ranges -2), which is no place in the code."""
    link = small_link(version)
    module = read(reference(objects(version)).output, "linked.wasm")
    unit = next(one for one in debug_of(module).dwarf.units if one.dead)
    assert len(unit.dead) == 1
    assert unit.sequences[-1].start == 0xFFFFFFFF
    for dead in (0xFFFFFFFF, 0xFFFFFFFE, 0):
        assert line_of(module, dead) == Tombstone(dead)
    for atom in link.resolve.objects[0].customs:
        for mention in sites(atom, "unused"):
            expected = 0xFFFFFFFE if atom.name == ".debug_ranges" else 0xFFFFFFFF
            assert line_at(link, mention) == Tombstone(expected)


def test_ranges_are_code_or_tombstones_or_dangle() -> None:
    output = reference(objects("-gdwarf-4")).output
    module = read(output, "linked.wasm")
    base = code_base(module)
    (add, start) = [Range(body.code_start - base, body.end - base) for body in module.bodies]
    assert [(Range(one.start, one.end), one.state) for one in debug_ranges(module)] == [
        (Range(0xFFFFFFFE, 0xFFFFFFFE), "tombstone"), (add, "code"), (start, "code")
    ]  # fmt: skip
    moved = output.replace(struct.pack("<II", *add), struct.pack("<II", add.start + 0x4000, add.end + 0x4000))
    states = [one.state for one in debug_ranges(read(moved, "linked.wasm"))]
    assert states == ["tombstone", "dangling", "code"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_relocation_in_debug_information_is_of_the_line_that_it_names(version: str) -> None:
    link = small_link(version)
    lines = {
        line_at(link, mention).line
        for atom in link.resolve.objects[0].customs
        if atom.name == ".debug_line"
        for mention in sites(atom, "add")
    }
    assert lines == {10}


def test_an_address_without_a_function_dangles() -> None:
    link = small_link("-gdwarf-4")
    module = read(link.emit.data, "linked.wasm")
    assert line_of(module, len(module.data)) == Dangling(len(module.data))
    assert line_of(module, 1) == Dangling(1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_variable_is_found_by_its_address_in_memory(version: str) -> None:
    link = small_link(version, "--export=table")
    module = read(link.emit.data, "linked.wasm")
    table = link.resolve.by_name["table"]
    segment = link.layout.home[table.target]
    address = segment.address + segment.chain[table.target].offset
    for inside in (0, 15):
        found = variable_at(module, address + inside)
        assert (found.name, found.address, found.size, found.source.line) == ("table", address, 16, 2)
    assert variable_at(module, address + 16) is None or variable_at(module, address + 16).name != "table"


def test_relocations_decide_not_the_bytes_that_an_object_holds_in_their_place() -> None:
    """The specification lets a compiler leave anything at a site: here zeros take the place of clang's offsets."""
    data = bytearray(Path(objects("-gdwarf-4")[0]).read_bytes())
    module = Module(bytes(data), "a.o")
    for relocs in module.relocs:
        section = module.sections[relocs.target]
        for one in relocs if section.name.startswith(".debug_") else ():
            if RELOC_TYPES[one.type].addend:
                data[section.contents + one.offset :][:4] = bytes(4)
                start = section.contents + one.offset
                data[start : start + RELOC_TYPES[one.type].width] = bytes(RELOC_TYPES[one.type].width)
    zeroed = Module(bytes(data), "a.o")
    for body in module.bodies:
        assert lines_between(zeroed, body.start, body.end) == lines_between(module, body.start, body.end) != []


def test_c_plus_plus_names_are_shown_as_in_the_source() -> None:
    link = linked("shapes")
    file = next(one for one in link.resolve.objects if one.name == "round.o")
    names = set()
    for atom in file.functions:
        for offset, place in lines_of(atom):
            assert 0 < place.line <= len((SAMPLES / "shapes" / place.file).read_text().splitlines())
            frames = frames_of(file.module, max(atom.start + offset, file.module.bodies[atom.index].code_start)
                               - code_base(file.module))  # fmt: skip
            names |= {one.function for one in frames}
    assert "circles()" in names


def test_a_place_without_a_line_says_so() -> None:
    assert str(SourceLine("a.c", 3, 7)) == "a.c:3:7"
    assert str(SourceLine("a.c", 3, 0)) == "a.c:3"
    assert str(SourceLine("a.c", 0, 0)) == "a.c, no line"


def test_only_the_unit_asked_about_is_read() -> None:
    link = small_link("-gdwarf-4")
    module = read(link.emit.data, "linked.wasm")
    line_of(module, link.index.code[function(link, "add")].offset + 5)
    callee, caller = debug_of(module).dwarf.units
    assert "sequences" in vars(callee)
    assert "sequences" not in vars(caller)


def test_a_module_and_its_debug_information_go_together() -> None:
    module = read(small_link("-gdwarf-4").emit.data, "linked.wasm")
    debug = weakref.ref(debug_of(module))
    assert debug() is debug_of(module)
    del module
    gc.collect()
    assert debug() is None


def test_a_screen_and_its_worker_take_turns() -> None:
    """The reader goes to and fro in one stream."""
    dwarf = debug_of(read(small_link("-gdwarf-4").emit.data, "linked.wasm")).dwarf
    turns = []

    def work() -> None:
        with dwarf.reading("what the worker asks for"):
            turns.append("worker")

    worker = Thread(target=work)
    with dwarf.reading("what the screen asks for"):
        worker.start()
        worker.join(0.2)
        turns.append("screen")
    worker.join()
    assert turns == ["screen", "worker"]


def test_without_debug_information_nothing_is_loaded_to_read_it() -> None:
    program = (
        "import sys; from wasmscope.format.module import read; from wasmscope.explain.debug_info.module_lines import *;"
        "module = read(open('samples/hello/main.o', 'rb').read(), 'main.o');"
        "assert line_of(module, 5) is None and debug_of(module) is None;"
        "assert 'elftools' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@pytest.mark.parametrize("name", [".debug_info", ".debug_line", ".debug_abbrev", ".debug_ranges", ".debug_str"])
def test_damaged_debug_information_is_a_message_and_no_more(name: str) -> None:
    original = small_link("-gdwarf-4").emit.data
    section = read(original, "linked.wasm").custom(name)
    for step in range(section.contents, section.end, max((section.end - section.contents) // 40, 1)):
        data = bytearray(original)
        data[step : step + 4] = b"\xff\xff\xff\xff"[: max(section.end - step, 0)]
        module = read(bytes(data[: len(original)]), "damaged.wasm")
        for body in module.bodies:
            line_of_byte(module, body.code_start + 3)
            frames_of(module, body.code_start + 3 - code_base(module))
        variable_at(module, 1024)
        assert all(text.startswith("debug information: ") for text in debug_of(module).dwarf.problems)


def test_what_kept_relocations_is_linked_all_the_same() -> None:
    argv = objects("-gdwarf-4")
    assert not read(reference([*argv, "--emit-relocs"]).output, "linked.wasm").is_object
    assert read(reference([*argv, "-r"]).output, "linked.wasm").is_object
    assert Module(Path(argv[0]).read_bytes(), "a.o").is_object


def test_a_member_of_an_archive_has_lines() -> None:
    callee, caller = map(Path, objects("-gdwarf-5"))
    link = link_in(ROOT, [str(caller), str(archived(callee))])
    assert source_of(function(link, "add")).line == 10


@pytest.mark.parametrize("version", VERSIONS)
def test_addresses_of_64_bits_are_read_as_such(version: str) -> None:
    argv = [
        str(compiled(source, version, "-fdebug-compilation-dir=/src", target="wasm64-freestanding"))
        for source in (CALLEE, CALLER)
    ]
    link = link_in(ROOT, ["-mwasm64", *argv])
    assert [line_at(link, one).line for one in sites(function(link, "_start"), "add")] == [6, 7]
    module = read(reference(["-mwasm64", *argv]).output, "linked.wasm")
    units = debug_of(module).dwarf.units
    assert [(unit.address_size, len(unit.dead)) for unit in units] == [(8, 1), (8, 0)]
    assert debug_of(module).dwarf.problems == []
    assert line_of(module, 2).line == 10
