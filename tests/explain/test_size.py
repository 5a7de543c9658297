"""What bytes are spent on: rows that add up to the file, held against the reference's file and its relinks."""

from __future__ import annotations

import re

import pytest

from tests.explain.sample_links import COMMANDS, FAILING, LINKING, SAMPLES, command, link_in, linked, reference_output
from tests.toolchain import ROOT, compiled, reference
from wasmscope.explain.sizes.leb_padding import leb_padding, module_leb_padding
from wasmscope.explain.sizes.size import LINK_PARTS, MODULE_PARTS, NoRowsError, compare, rows
from wasmscope.format.leb128 import uleb
from wasmscope.format.module import read


def sizes(of: object, by: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows(of, by):
        found[row.name] = found.get(row.name, 0) + row.share.total
    return found


@pytest.mark.parametrize("by", LINK_PARTS)
@pytest.mark.parametrize("name", LINKING)
def test_the_rows_of_a_link_add_up_to_the_references_file(name: str, by: str) -> None:
    assert sum(sizes(linked(name), by).values()) == len(reference_output(name))


@pytest.mark.parametrize("by", MODULE_PARTS)
@pytest.mark.parametrize("name", LINKING)
def test_the_rows_of_a_module_add_up_to_it(name: str, by: str) -> None:
    data = reference_output(name)
    assert sum(sizes(read(data, "it"), by).values()) == len(data)


@pytest.mark.parametrize("name", COMMANDS)
def test_sections_are_those_of_the_references_file(name: str) -> None:
    module = read(reference_output(name), "it")
    expected = {"header": 8}
    for one in module.sections:
        expected[one.name] = expected.get(one.name, 0) + one.end - one.start
    assert sizes(linked(name), "section") == sizes(module, "section") == expected


@pytest.mark.parametrize("name", ["hello", "shapes", "kernel"])
def test_a_function_has_its_body_and_more(name: str) -> None:
    module = read(reference_output(name), "it")
    found = sizes(module, "symbol")
    imported = module.num_imported(0)
    bodies: dict[str, int] = {}
    for number, one in enumerate(module.bodies, imported):
        called = module.function_names[number]
        bodies[called] = bodies.get(called, 0) + one.end - one.start
    for called, size in bodies.items():
        assert found[called] > size


def test_objects_and_members_of_an_archive_are_told_apart() -> None:
    """libc's share is the code of the functions that the archive's members define, and what comes with it."""
    link = linked("words")
    objects, members = sizes(link, "object"), sizes(link, "member")
    archive = next(name for name in objects if name.endswith("libc.a"))
    inside = {name: size for name, size in members.items() if name.startswith(f"{archive}(")}
    assert objects[archive] == sum(inside.values())
    assert len(inside) > 10
    assert {name: size for name, size in objects.items() if name != archive} == {
        name: size for name, size in members.items() if name not in inside
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_the_code_of_an_object_is_what_the_references_map_says(name: str) -> None:
    """Functions have no address in the map; what the linker made has no size that is told apart there."""
    argv, folder = command(name)
    told = reference([*argv, "--Map=-"], folder).stdout
    mapped: dict[str, int] = {}
    for size, file in re.findall(r"^\s+-\s+[0-9a-f]+\s+([0-9a-f]+)\s+(\S+\.o\)?):\(", told, re.MULTILINE):
        mapped[file] = mapped.get(file, 0) + int(size, 16)
    ours = {one.name: one.share.code for one in rows(linked(name), "member") if one.share.code}
    ours.pop("<internal>", None)
    assert ours == mapped


DATA = """
int lone = 1; int pair[2] = {2, 3}; static int own = 4;
int use(int a) { return lone + pair[a] + own++; }
"""


def test_the_symbols_of_one_segment_share_its_bytes() -> None:
    object_ = str(compiled(DATA, "-Os", "-g0", "-fno-data-sections"))
    link = link_in(ROOT, [object_, "--no-entry", "--export=use", "--strip-all"])
    found = sizes(link, "symbol")
    assert (found["lone"], found["pair"], found["own"]) == (4, 8, 4)


def test_source_files_have_the_code_that_was_written_in_them() -> None:
    """A header's function is inlined: its instructions are the header's; without debug information nobody's."""
    source = '# 1 "top.h" 1\nstatic inline int f(int a) {\n return a * 12345 + 777;\n}\n# 2 "main.c" 2\n'
    source += "int g(int a) {\n return f(a);\n}\n"
    found = {}
    for debug in ("-g", "-g0"):
        link = link_in(ROOT, [str(compiled(source, "-O2", debug)), "--no-entry", "--export=g"])
        found[debug] = {one.name.rpartition("/")[2]: one.share.code for one in rows(link, "source")}
        module = read(link.emit.data, "it")
        assert sum(found[debug].values()) == sum(one.end - one.start for one in module.bodies)
        alone = {one.name.rpartition("/")[2]: one.share.code for one in rows(module, "source")}
        assert alone == found[debug]
    assert {name for name, code in found["-g"].items() if code} == {"top.h", "main.c"}
    assert set(found["-g0"]) == {"[no source]"}


# --- padding of numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hello", "words", "shapes"])
def test_padding_is_what_the_reference_leaves_out_when_it_compresses(name: str) -> None:
    """--compress-relocations drops the padding, and a function that is under 128 bytes then has a shorter size."""
    argv, folder = command(name)
    plain = read(reference([*argv, "-s"], folder).output, "it")
    small = read(reference([*argv, "-s", "-O2", "--compress-relocations"], folder).output, "it")
    shorter = 0
    for before, after in zip(plain.bodies, small.bodies, strict=True):
        shorter += before.end - before.code_start - (after.end - after.code_start)
        assert after.code_start - after.start == len(uleb(after.end - after.code_start))
    assert leb_padding(link_in(folder, [*argv, "-s"])) == shorter
    assert leb_padding(link_in(folder, [*argv, "-s", "-O2", "--compress-relocations"])) == 0
    assert module_leb_padding(plain) == shorter
    assert module_leb_padding(small) == 0


# --- two of them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", LINK_PARTS)
@pytest.mark.parametrize("options", ["--no-gc-sections", "--export-all", "-s"])
def test_changes_add_up_to_what_the_references_files_differ_by(options: str, by: str) -> None:
    argv, folder = command("hello")
    other = link_in(folder, [*argv, options])
    before, after = reference([*argv, options], folder).output, reference_output("hello")
    found = compare(rows(other, by), rows(linked("hello"), by))
    assert sum(one.change for one in found) == len(after) - len(before)
    assert [abs(one.change) for one in found] == sorted((abs(one.change) for one in found), reverse=True)


def test_a_function_that_is_gone_is_a_row_of_the_first_alone() -> None:
    link = link_in(SAMPLES / "hello", ["main.o", "greet.o", "--no-gc-sections"])
    found = {one.name: one for one in compare(rows(link, "symbol"), rows(linked("hello"), "symbol"))}
    assert found["forget"].after is None
    assert found["forget"].change == -found["forget"].before.total < 0
    assert found["print"].before is not None
    assert found["print"].after is not None


def test_what_cannot_be_told_apart_is_said() -> None:
    with pytest.raises(NoRowsError, match="does not say which object"):
        rows(read(reference_output("hello"), "it"), "object")
    for name in FAILING:
        with pytest.raises(NoRowsError, match="no output"):
            rows(linked(name), "section")
