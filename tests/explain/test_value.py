"""Values of relocations: the terms add up, the bytes read back, and the reference linker's output says the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.explain.sample_links import COMMANDS, LINKING, link_in, linked, linked_sources, reference_output
from tests.toolchain import ROOT, compiled
from wasmscope.explain.naming import bound
from wasmscope.explain.origin import destination
from wasmscope.explain.reasons.value import ValueStory, why_value
from wasmscope.explain.steps import steps
from wasmscope.format.module import Module, read
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.link.model import Atom, Link
from wasmscope.link.names import display

FUNCTION_INDEX, TABLE_SLOT = {"R_WASM_FUNCTION_INDEX_LEB", "R_WASM_FUNCTION_INDEX_I32"}, "TABLE_INDEX"


def relocations(link: Link) -> Iterator[tuple[Atom, int]]:
    for atom in link.relocate.atoms:
        for row in range(atom.lo, atom.hi):
            yield atom, row


def stories(name: str) -> list[ValueStory]:
    return [why_value(linked(name), atom, row) for atom, row in relocations(linked(name))]


@pytest.mark.parametrize("name", LINKING)
def test_terms_add_up_to_what_was_written_and_it_reads_back(name: str) -> None:
    found = stories(name)
    assert found
    for story in found:
        assert sum(term.value for term in story.terms) == story.value, story.lines
        assert (story.reread - story.value) % (1 << story.type.bits) == 0, story.lines
        assert story.ok, (story.lines, story.notes)
        assert len(story.lines) == 6


@pytest.mark.parametrize("name", LINKING)
def test_what_was_written_is_what_the_reference_writes(name: str) -> None:
    link, expected = linked(name), reference_output(name)
    for story in stories(name):
        offset = destination(link, story.atom.file, story.atom.start + story.atom.site(story.row))
        assert offset is not None
        assert story.after == expected[offset : offset + story.type.width], story.lines
        assert story.before == story.atom.data[story.atom.site(story.row) :][: story.type.width]


@pytest.mark.parametrize("name", LINKING)
def test_each_term_was_fixed_before_the_relocation(name: str) -> None:
    link = linked(name)
    for story in stories(name):
        (own,) = steps(link).of((story.atom, story.row))
        assert all(0 <= term.step < own for term in (*story.terms, *story.path)), story.lines


def test_the_samples_hold_every_relocation_type() -> None:
    seen = {story.type.number for name in COMMANDS for story in stories(name)}
    assert seen == {one.number for one in RELOC_TYPES}


def names_of(link: Link, story: ValueStory) -> set[str]:
    """What the name section may call the function or global that a relocation names: any of its symbols."""
    symbol = story.symbol
    same = [symbol]
    if symbol.target is not None:
        bindings = link.resolve.bindings.values()
        same += [one for symbols in bindings for one in symbols if one.target is symbol.target]
    return {one.debug_name or display(one.name) for one in same} | {getattr(symbol.target, "debug_name", "")}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_function_index_is_the_function_of_that_name_in_the_reference(name: str) -> None:
    link, expected = linked(name), read(reference_output(name), "reference")
    for story in stories(name):
        if story.type.name in FUNCTION_INDEX and story.value >= 0:
            assert expected.names.functions[story.value] in names_of(link, story), story.lines


@pytest.mark.parametrize("name", COMMANDS)
def test_a_table_slot_holds_the_function_of_that_name_in_the_reference(name: str) -> None:
    link, expected = linked(name), read(reference_output(name), "reference")
    for story in stories(name):
        if TABLE_SLOT not in story.type.name or story.symbol.stub:
            continue
        slot = story.value + (1 if story.type.relative else 0)
        (elements,) = expected.elements
        base = elements.offset[0].args[0]
        assert expected.names.functions[elements.items[slot - base]] in names_of(link, story), story.lines


@pytest.mark.parametrize("name", COMMANDS)
def test_types_and_globals_are_those_of_the_reference(name: str) -> None:
    link, expected = linked(name), read(reference_output(name), "reference")
    for story in stories(name):
        if story.type.symbol_kind == "type":
            assert expected.types[story.value] == story.atom.file.signature(story.atom.reloc(story.row).index)
        elif "GLOBAL_INDEX" in story.type.name:
            called = expected.names.globals[story.value]
            assert called.removeprefix("GOT.data.internal.").removeprefix("GOT.func.internal.") in names_of(link, story)
            assert called.startswith("GOT.") == (story.symbol.kind != "global")


def memory(module: Module) -> dict[int, int]:
    """The byte at each address that an active segment of `module` fills."""
    return {
        segment.offset[0].args[0] + i: module.data[segment.start + i]
        for segment in module.datas
        for i in range(segment.end - segment.start)
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_an_address_leads_to_the_datum_in_the_memory_of_the_reference(name: str) -> None:
    filled, checked = memory(read(reference_output(name), "reference")), 0
    for story in stories(name):
        symbol = story.symbol
        if story.type.symbol_kind != "data" or story.type.name.endswith("LOCREL_I32") or symbol.tls or story.value < 0:
            continue
        target, addend = symbol.target, story.atom.reloc(story.row).addend
        if not isinstance(target, Atom) or target.lo < target.hi or target not in linked(name).layout.home:
            continue
        start = symbol.offset + addend
        if filled.get(story.value) is not None and 0 <= start < target.size:
            assert filled[story.value] == target.data[start], story.lines
            checked += 1
    assert checked


def test_a_code_offset_lands_after_the_size_of_the_body_in_the_reference() -> None:
    """`.int32 shared_elsewhere` in .debug_info is where its code begins, counted from the code section's contents."""
    expected = read(reference_output("kernel"), "reference")
    story = next(one for one in stories("kernel") if one.type.name == "R_WASM_FUNCTION_OFFSET_I32" and one.value > 0)
    number = next(index for index, name in expected.names.functions.items() if name == "shared_elsewhere")
    body = expected.bodies[number - expected.num_imported(0)]
    assert story.symbol.name == "shared_elsewhere"
    assert story.value == body.code_start - expected.section(10).contents


def test_what_is_dead_gets_the_tombstone_of_its_section() -> None:
    """kernel/custom.s names the dropped function `dead` in .debug_info, .debug_ranges and a function attribute."""
    dead = {one.atom.name: one for one in stories("kernel") if one.symbol is not None and one.symbol.name == "dead"}
    assert {name: one.value for name, one in dead.items()} == {
        ".debug_info": -1, ".debug_ranges": -2, "llvm.func_attr.annotate.hot": -1,
    }  # fmt: skip
    assert dead[".debug_ranges"].after == bytes.fromhex("feffffff")
    for story in dead.values():
        assert any("dead was dropped" in note for note in story.notes)


def test_what_is_undefined_and_weak_is_null_whatever_the_addend() -> None:
    source = """
    extern char missing[] __attribute__((weak)); __attribute__((weak)) int absent(void);
    char *where = &missing[100]; void *what(void) { return (void *)absent; } int call(void) { return absent(); }
    """
    link = linked_sources(source, options=("--no-entry", "--export=where", "--export=what", "--export=call"))
    told = {one.type.name: one for one in (why_value(link, atom, row) for atom, row in relocations(link))}
    datum, address, call = (
        told[f"R_WASM_{kind}"] for kind in ("MEMORY_ADDR_I32", "TABLE_INDEX_SLEB", "FUNCTION_INDEX_LEB")
    )
    assert (datum.value, address.value) == (0, 0)
    assert "undefined" in datum.notes[0]
    assert "addend is dropped" in datum.notes[0]
    assert "stub" in address.notes[0]
    assert "traps" in call.notes[0]
    assert datum.ok
    assert address.ok
    assert call.ok


def test_a_wrapped_mention_means_the_wrapper() -> None:
    user = "int pick(void); int use(void) { return pick(); }"
    definer = "int pick(void) { return 1; } int __wrap_pick(void) { return 2; }"
    link = linked_sources(user, definer, options=("--no-entry", "--export=use", "--wrap=pick"))
    (story,) = [why_value(link, atom, row) for atom, row in relocations(link)]
    wrapper = link.resolve.symbols[story.symbol.number]
    assert wrapper.name == "__wrap_pick"
    assert story.value == link.index.functions[wrapper.target]
    assert story.ok
    assert "__wrap_pick, defined" in story.lines[2]


def test_thread_local_data_counts_from_its_block_with_many_threads_too() -> None:
    source = "_Thread_local int first = 1; _Thread_local int own = 5; int get(void) { return first + own; }"
    shared = ("--shared-memory", "--max-memory=262144")
    flags = ("-Os", "-g0", "-matomics", "-mbulk-memory")
    link = link_in(ROOT, [str(compiled(source, *flags)), "--no-entry", "--export=get", *shared])
    assert not link.failed, link.diagnostics
    told = [why_value(link, atom, row) for atom, row in relocations(link)]
    tls = [one for one in told if one.type.tls]
    assert sorted(one.value for one in tls) == [0, 4]
    assert all(one.ok for one in told)


def test_a_story_reads_like_the_panel() -> None:
    link = linked("hello")
    start = link.resolve.by_name["_start"].target
    row = next(row for row in range(start.lo, start.hi) if bound(link, start, row).name == "visit_all")
    story = why_value(link, start, row)
    lines = story.lines
    assert lines[0] == "type 0 R_WASM_FUNCTION_INDEX_LEB: function index"
    assert lines[1] == "value = index(visit_all)"
    assert lines[2].startswith("symbol main.o #")
    assert "visit_all, undefined @" in lines[2]
    assert "greet.o #" in lines[2]
    assert lines[3].startswith("1 function imports @")
    assert lines[3].endswith(f" = {story.value}")
    assert lines[4].startswith("encode ULEB128, padded to 5 bytes: ")
    assert lines[5].startswith(f"re-read {story.after.hex(' ')} = {story.value}; ")


def test_bytes_that_are_not_the_value_are_not_ok() -> None:
    link = linked("hello")
    start = link.resolve.by_name["_start"].target
    kept = link.relocate.bytes[start]
    try:
        site = start.site(start.lo)
        link.relocate.bytes[start] = kept[:site] + b"\x85\x80\x80\x80\x00" + kept[site + 5 :]
        story = why_value(link, start, start.lo)
        assert not story.ok
        assert any("read back as 0x5" in note for note in story.notes)
        link.relocate.bytes[start] = kept[:site] + b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" + kept[site + 10 :]
        assert not why_value(link, start, start.lo).ok
    finally:
        link.relocate.bytes[start] = kept


def test_a_value_that_the_terms_do_not_explain_is_not_ok() -> None:
    link = linked("hello")
    start = link.resolve.by_name["_start"].target
    values = link.relocate.values[start]
    try:
        values[0] += 1
        story = why_value(link, start, start.lo)
        assert not story.ok
        assert any("add up" in note for note in story.notes)
    finally:
        values[0] -= 1


def test_a_relocation_that_is_not_applied_has_no_story() -> None:
    link = linked("hello")
    dead = next(a for f in link.resolve.objects for a in f.functions if a not in link.mark.why and a.relocs)
    with pytest.raises(LookupError):
        why_value(link, dead, dead.lo)
