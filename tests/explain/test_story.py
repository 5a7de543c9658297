"""The story of a byte: whichever way it is asked for, the same byte of the reference's output."""

from __future__ import annotations

import pytest

from tests.explain.sample_links import SAMPLES, link_in, linked, linked_sources, reference_output
from wasmscope.explain.named_bytes import Asked, asked
from wasmscope.explain.story import story
from wasmscope.format.module import read
from wasmscope.format.relocs import RELOC_TYPES, decode

LINKS = ["hello", "shapes", "words", "a shared library"]


@pytest.mark.parametrize("name", LINKS)
def test_every_way_to_ask_leads_to_the_same_byte(name: str) -> None:
    link, output = linked(name), reference_output(name)
    module = read(output, "linked.wasm")
    ways = set()
    data = module.section(11)
    everywhere = range(0, len(output), max(7, len(output) // 80))
    offsets = {*everywhere, *range(data.contents, data.end, max(7, len(output) // 800))}
    for offset in sorted(offsets):
        told = story(link, Asked("output", offset))
        assert told.output.offset == offset
        for one in told.inputs:
            back = story(link, Asked("input", one.offset, one.file))
            assert (back.output.offset, back.memory) == (offset, told.memory)
            ways.add("input")
        if told.memory is not None:
            by_address = story(link, Asked("memory", told.memory.address))
            assert (by_address.output, by_address.memory.value) == (told.output, output[offset])
            ways.add("memory")
        section = next((one for one in module.sections if one.contents <= offset < one.end), None)
        if section is not None:
            assert asked(link, f"{section.name}+{offset - section.contents:#x}") == Asked("output", offset)
    assert "input" in ways
    assert "memory" in ways


def test_a_patched_byte_leads_to_its_relocation_from_both_sides() -> None:
    link, output = linked("hello"), reference_output("hello")
    for atom in link.resolve.objects[0].functions:
        for row in range(atom.lo, atom.hi):
            site = atom.start + atom.site(row)
            told = story(link, Asked("input", site, atom.file))
            assert told.inputs[0].relocation == (atom, row)
            if told.output is not None:
                assert told.output.relocation == (atom, row)
                written = decode(RELOC_TYPES[atom.relocs.types[row]], output, told.output.offset)
                assert written == link.relocate.values[atom][row - atom.lo]


def test_what_is_not_copied_says_why() -> None:
    used = "int used(void) { return 1; } int unused(void) { return 2; }"
    link = linked_sources(used, "int used(void); void _start(void) { used(); }")
    first = link.resolve.objects[0]
    unused = next(atom for atom in first.functions if atom.name == "unused")
    sections = {one.name: one for one in first.module.sections}
    fates = {
        place: story(link, Asked("input", place, first)).fate
        for place in (0, unused.start, sections["linking"].contents, sections["type"].contents)
    }
    header, dropped, symbols, types = fates.values()
    assert header.startswith("the header of the file")
    assert dropped.startswith("not in the output: no relocation names unused")
    assert symbols == "not copied: the symbol table, and the names of segments, constructors and COMDAT groups"
    assert types == "not copied: the function types that the other sections name by number"


def test_bss_has_a_story_without_being_in_the_file() -> None:
    link = linked_sources("int zero[4]; int *f(void) { return zero; }", options=("--no-entry", "--export-all"))
    place = asked(link, "zero+8")
    told = story(link, place)
    assert told.output is None
    assert (told.memory.value, told.memory.output_offset) == (0, None)
    assert told.memory.region.kind == "zeros"
    again = story(link, asked(link, f"mem:{told.memory.address:#x}"))
    assert [(one.file, one.offset) for one in again.inputs] == [(place.file, place.offset)]
    assert (again.inputs[0].symbol.name, again.inputs[0].symbol_offset) == ("zero", 8)


def test_memory_tells_a_line_of_what_it_holds() -> None:
    source = 'const char text[] = "twenty letters exactly"; const char *f(void) { return text; }'
    link = linked_sources(source, options=("--no-entry", "--export-all"))
    assert story(link, asked(link, "text+7")).memory.holds == b"letters exactly\0"
    end = story(link, asked(link, "text+21")).memory
    assert end.holds[:2] == b"y\0"
    past = story(link, Asked("memory", 1 << 30)).memory
    assert (past.region, past.value, past.holds) == (None, None, b"")


def test_the_structure_of_the_input_is_named_down_to_the_field() -> None:
    link = linked("hello")
    (file, *_) = link.resolve.objects
    exported = file.module.section(2)
    told = story(link, Asked("input", exported.start, file))
    assert told.inputs[0].path[-1] == "id 2 (import)"


def test_a_failed_link_tells_of_its_inputs_only() -> None:
    link = linked("no entry")
    (file, *_) = link.load.files
    told = story(link, Asked("input", file.functions[0].start, file))
    assert told.output is None
    assert told.inputs[0].symbol.name == file.functions[0].name
    with pytest.raises(LookupError, match="the link failed"):
        story(link, Asked("output", 0))


@pytest.mark.parametrize("text", ["", "x", "mem:", "mem:z", "0x", "code+", "+4", "none.o:4", "a b+3", "code+0xffffff"])
def test_what_is_no_place_is_an_error(text: str) -> None:
    with pytest.raises(LookupError, match=r"is no place|nothing is called"):
        asked(linked("hello"), text)


def test_a_name_alone_is_its_first_byte() -> None:
    link = linked("hello")
    for name in ("greet", "names", "greet.o:greet", "code"):
        assert asked(link, name) == asked(link, f"{name}+0")
    with pytest.raises(LookupError, match="fd_write has no bytes"):
        asked(link, "fd_write")


def test_an_object_has_no_memory_that_anything_is_at() -> None:
    """What -r makes is laid out by the link that takes it."""
    with pytest.raises(LookupError, match="-r lays no memory out"):
        story(link_in(SAMPLES / "hello", ["-r", "main.o", "greet.o"]), Asked("memory", 0))
