"""Why memory has its size and data its addresses: sums that the reference's module must give."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.explain.sample_links import COMMANDS, LINKING, command, link_in, linked, reference_output
from tests.toolchain import OUTPUT, ROOT, compiled, reference
from wasmscope.explain.reasons.memory_size import address_base, why_address, why_memory
from wasmscope.format.module import Module, read

DATA = """
char big[100000];
char word[3] = "ab"; long long aligned = 7; static int count;
__attribute__((export_name("next"))) int next(void) { return ++count + big[count] + word[0] + (int)aligned; }
"""


def memory_of(module: Module) -> tuple[int, int | None]:
    """First and largest size, in pages, of the memory that the module has or imports."""
    limits = [*module.memories, *(one.desc for one in module.imported(2))]
    return limits[0].min, limits[0].max


@pytest.mark.parametrize("name", LINKING)
def test_the_blocks_are_the_references_memory(name: str) -> None:
    found = why_memory(linked(name))
    assert (found.pages, found.most) == memory_of(read(reference_output(name), OUTPUT))
    assert found.blocks[0].start == 0
    assert all(before.start + before.size == one.start for before, one in pairwise(found.blocks))
    assert sum(one.size for one in found.blocks) == found.size


@pytest.mark.parametrize(
    ("options", "block", "size"),
    [
        (["-z", "stack-size=32768"], "stack", 32768),
        (["--initial-heap=131072"], "heap", 131072),
        (["--no-stack-first", "--global-base=4096"], "gap", 4096),
        ([], ".bss", 100016),
    ],
)
def test_what_an_option_asks_for_is_a_block(options: list[str], block: str, size: int) -> None:
    argv = [str(compiled(DATA, "-Os", "-g0")), "--no-entry", *options]
    found = why_memory(link_in(ROOT, argv))
    assert found.pages == memory_of(read(reference(argv).output, OUTPUT))[0]
    assert [one.size for one in found.blocks if one.name == block] == [size]
    assert found.largest[0][::2] == (".bss.big", 100000)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_below_a_datum_adds_up_to_the_address_that_the_reference_exports(name: str) -> None:
    argv, folder = command(name)
    module = read(reference([*argv, "--export-all"], folder).output, OUTPUT)
    link = link_in(folder, [*argv, "--export-all"])
    tried = 0
    for one in module.exports:
        symbol = link.resolve.by_name.get(one.name)
        if one.kind == 3 and symbol is not None and symbol.kind == "data" and why_address(link, symbol):
            address = module.globals[one.index - module.num_imported(3)].init[0].args[0]
            assert sum(term.value for term in why_address(link, symbol)) == address
            tried += 1
    assert tried > 3


def test_the_terms_of_an_address_are_the_stack_the_segments_and_the_atoms_before() -> None:
    argv = [str(compiled(DATA, "-O0", "-g0")), "--no-entry", "--export-all"]
    link = link_in(ROOT, argv)
    terms = {one.name: one.value for one in why_address(link, link.resolve.by_name["aligned"])}
    assert terms == {
        "stack": 65536,
        "1 atom before it in .data": 3,
        "padding between them": 5,
        "aligned in .data.aligned": 0,
    }


def test_a_datum_that_is_dropped_has_no_address() -> None:
    argv = [str(compiled(DATA, "-O0", "-g0")), "--no-entry"]
    link = link_in(ROOT, [*argv, "--export=big"])
    assert why_address(link, link.resolve.by_name["big"])
    again = link_in(ROOT, [str(compiled("char big[9];", "-O0", "-g0")), "--no-entry"])
    assert not again.mark.keeps(again.resolve.by_name["big"])
    assert why_address(again, again.resolve.by_name["big"]) == []


def test_a_thread_s_own_datum_counts_from_the_thread_s_block_as_the_reference_exports_it() -> None:
    source = "_Thread_local int first = 5, second = 6; int all = 7; int f(void) { return first++ + second++ + all++; }"
    argv = [str(compiled(source, "-O0", "-g0", "-matomics", "-mbulk-memory")), "--no-entry", "--export-all"]
    threads = ["--shared-memory", "--max-memory=131072"]
    link = link_in(ROOT, [*argv, *threads])
    module = read(reference([*argv, *threads]).output, OUTPUT)
    exported = {one.name: module.globals[one.index].init[0].args[0] for one in module.exports if one.kind == 3}
    for name, base in (("first", "__tls_base"), ("second", "__tls_base"), ("all", "")):
        symbol = link.resolve.by_name[name]
        assert address_base(link, symbol) == base
        assert sum(one.value for one in why_address(link, symbol)) == exported[name]
    assert exported["second"] < exported["all"] - 65536
