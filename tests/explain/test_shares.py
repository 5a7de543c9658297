"""Whose every byte of a file is: runs without gaps, and sums that the format's own records and the reference give."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.explain.sample_links import COMMANDS, LINKING, linked, linked_sources, reference_output
from tests.link.generate import scene
from tests.link.inputs import c
from tests.link.scenes import object_of
from wasmscope.explain.sizes.runs import KINDS, Run, module_runs
from wasmscope.explain.sizes.shares import Share, add_up, owned_runs
from wasmscope.format.module import Module, read
from wasmscope.link.model import Atom


def assert_whole(runs: list[Run], data: bytes) -> None:
    assert runs[0].start == 0
    assert all(before.end == run.start for before, run in pairwise(runs))
    assert runs[-1].end == len(data)
    assert all(run.size > 0 and run.kind in KINDS for run in runs if run.section)


@pytest.mark.parametrize("name", LINKING)
def test_every_byte_of_a_link_is_entered_once(name: str) -> None:
    link = linked(name)
    assert_whole([one.run for one in owned_runs(link) if one.run.size], link.emit.data)


@pytest.mark.parametrize("name", LINKING)
def test_every_byte_of_the_references_module_is_entered_once(name: str) -> None:
    data = reference_output(name)
    assert_whole([run for run in module_runs(read(data, "it")) if run.size], data)


def test_every_byte_of_an_object_is_entered_once() -> None:
    datas = [c("int f(int a) { return a; } int g = 3; const char *s = \"text\";").read_bytes()]
    datas += [object_of(file, made.wide) for made in map(scene, range(30)) for file in made.files]
    for data in datas:
        assert_whole([run for run in module_runs(read(data, "it")) if run.size], data)


def test_a_module_that_is_cut_off_anywhere_is_still_entered_whole() -> None:
    data = reference_output("hello")
    for end in range(8, len(data), 3):
        assert_whole([run for run in module_runs(read(data[:end], "it")) if run.size], data[:end])


def by_format(module: Module) -> dict[str, int]:
    """Sums that are plain to see in the format."""
    customs = {one.name: one.end - one.contents for one in module.customs}
    return {
        "code": sum(one.end - one.start for one in module.bodies),
        "data": sum(one.end - one.start for one in module.datas),
        "debug": sum(size for name, size in customs.items() if name.startswith(".debug_")),
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_code_data_and_debug_are_what_the_reference_wrote(name: str) -> None:
    module = read(reference_output(name), "it")
    expected, alone = by_format(module), add_up(module_runs(module))
    found = add_up(one.run for one in owned_runs(linked(name)))
    for share in (alone, found):
        assert share.code == expected["code"]
        assert share.data + share.padding >= expected["data"]
        assert share.debug == expected["debug"]
        assert share.total == len(module.data)
    assert found.data + found.padding - expected["data"] == found.padding - data_padding(name)


def data_padding(name: str) -> int:
    """Zeros between the data atoms of a link; a custom section's pieces may be padded, too."""
    runs = [one.run for one in owned_runs(linked(name))]
    return sum(run.size for run in runs if run.kind == "padding" and run.section == "data")


def test_the_bytes_of_a_function_are_its_body_type_number_name_import_slot_and_export() -> None:
    source = """
    extern int host(int);
    int (*slot)(int) = host;
    __attribute__((export_name("twice"))) int f(void) { return 7; }
    """
    link = linked_sources(source, options=("--no-entry", "--allow-undefined", "--export=slot"))
    things: dict[str, list[tuple[str, str, int]]] = {}
    for run, thing, _ in owned_runs(link):
        if thing is not None:
            things.setdefault(thing.name, []).append((run.section, run.kind, run.size))
    assert things["f"] == [
        ("function", "entries", 1),
        ("export", "entries", 1 + 5 + 2),
        ("code", "code", 1 + 1 + 2 + 1),
        ("name", "names", 1 + 1 + 1),
    ]
    assert things["host"] == [
        ("import", "entries", 1 + 3 + 1 + 4 + 1 + 1),
        ("element", "entries", 1),
        ("name", "names", 1 + 1 + 4),
    ]


def test_a_merged_string_is_shared_by_all_who_have_it() -> None:
    first = 'const char *a(void) { return "hello there"; }'
    second = 'const char *b(void) { return "hello there"; } const char *d(void) { return "there"; }'
    link = linked_sources(first, second, options=("--no-entry", "--export-all"))
    strings = [one for one in owned_runs(link) if one.run.kind == "data"]
    assert [one.run.size for one in strings] == [len("hello there") + 1]
    assert {atom.file.name for atom in strings[0].sharers} == {file.name for file in link.resolve.objects}
    assert isinstance(strings[0].thing, Atom)


def test_kinds_are_the_fields_of_a_share() -> None:
    assert tuple(KINDS) == Share._fields
