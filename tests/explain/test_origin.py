"""Origins: every byte of the reference linker's output, back to the input byte or rule that made it, and forth."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.explain.sample_links import LINKING, calls, linked, linked_sources, reference_output
from wasmscope.explain.origin import atom_at, destination, origin
from wasmscope.format.relocs import WIDTHS
from wasmscope.link.model import Atom, Link


def origins(link: Link) -> list[object]:
    return [origin(link, offset) for offset in range(len(link.emit.data))]


@pytest.mark.parametrize("name", LINKING)
def test_the_output_is_the_reference_linkers(name: str) -> None:
    """So what is said below of our bytes is said of its."""
    assert linked(name).emit.data == reference_output(name)


@pytest.mark.parametrize("name", LINKING)
def test_a_copied_byte_is_the_input_byte_unless_a_relocation_covers_it(name: str) -> None:
    expected = reference_output(name)
    copied = 0
    for found in origins(linked(name)):
        for file, offset in found.inputs:
            if found.relocation is None:
                assert file.module.data[offset] == expected[found.offset], found
                copied += 1
    assert copied


@pytest.mark.parametrize("name", LINKING)
def test_each_byte_has_one_maker_and_says_which_rule(name: str) -> None:
    for found in origins(linked(name)):
        assert found.rule, found
        assert bool(found.inputs) == (found.file is not None)
        if found.inputs:
            assert found.inputs[0] == (found.file, found.input_offset)
        if found.piece is not None:
            assert found.piece.start <= found.offset < found.piece.start + found.piece.size
            assert found.section.start <= found.offset < found.section.end
        else:
            assert found.offset < 8


@pytest.mark.parametrize("name", LINKING)
def test_origin_and_destination_are_each_others_inverse(name: str) -> None:
    link = linked(name)
    forth = {found.offset: found.inputs for found in origins(link)}
    for offset, inputs in forth.items():
        for file, place in inputs:
            assert destination(link, file, place) == offset
    for file in link.resolve.objects:
        for place in range(len(file.module.data)):
            offset = destination(link, file, place)
            assert offset is None or (file, place) in forth[offset], (file, place)


@pytest.mark.parametrize("name", LINKING)
def test_every_byte_of_a_kept_atom_arrives_and_none_of_a_dropped_one(name: str) -> None:
    link = linked(name)
    written = {piece.atom for section in link.emit.sections for piece in section.pieces}
    for file in link.resolve.objects:
        for atom in (*file.functions, *file.segments, *file.customs):
            merge = link.layout.merges.get(atom)
            arrives = atom in written or (merge is not None and merge.atom in written)
            for place in range(atom.start, atom.end):
                assert atom_at(file, place) is atom
                assert (destination(link, file, place) is not None) == arrives


@pytest.mark.parametrize("name", LINKING)
def test_a_relocation_patches_exactly_its_site(name: str) -> None:
    link = linked(name)
    patched = Counter(found.relocation for found in origins(link) if found.relocation is not None)
    written = {piece.atom for section in link.emit.sections for piece in section.pieces}
    atoms = [atom for atom in link.relocate.atoms if atom in written]
    sites = {(atom, row): WIDTHS[atom.relocs.types[row]] for atom in atoms for row in range(atom.lo, atom.hi)}
    assert patched == sites


def test_a_merged_string_leads_back_to_all_of_its_copies_and_to_what_shares_its_tail() -> None:
    one = 'const char *a(void) { return "a linker"; } const char *b(void) { return "linker"; }'
    two = 'const char *c(void) { return "a linker"; } const char *d(void) { return "r"; }'
    link = linked_sources(one, two, options=("--no-entry", "--export-all"))
    start = link.emit.data.index(b"a linker\0")
    first, second = link.resolve.objects
    sharing = {0: 2, 2: 3, 7: 4}  # "a linker" twice, from its third byte on "linker" too, at its last one "r" as well
    for position, count in sharing.items():
        found = origin(link, start + position)
        assert len(found.inputs) == count
        assert {file for file, _ in found.inputs} == {first, second}
        for file, place in found.inputs:
            assert file.module.data[place] == b"a linker\0"[position]


def test_what_the_linker_makes_has_no_input() -> None:
    link = linked("hello")
    named = next(one for one in link.emit.sections if one.name == "name")
    for offset in (0, 7, link.emit.sections[0].start, named.start, named.end - 1):
        found = origin(link, offset)
        assert (found.file, found.input_offset, found.inputs, found.relocation) == (None, -1, (), None)
        assert found.rule


def test_past_the_end_there_is_no_origin() -> None:
    link = linked("hello")
    for offset in (-1, len(link.emit.data)):
        with pytest.raises(IndexError):
            origin(link, offset)
    with pytest.raises(IndexError):
        origin(linked("no entry"), 0)
    assert destination(linked("no entry"), linked("no entry").load.files[0], 60) is None


def test_headers_and_symbol_tables_are_not_copied() -> None:
    link = linked("hello")
    (file, *_) = link.resolve.objects
    linking = next(one for one in file.module.sections if one.name == "linking")
    assert destination(link, file, 0) is None
    assert destination(link, file, linking.contents) is None
    assert isinstance(atom_at(file, linking.contents), Atom)


def test_an_origin_costs_the_same_wherever_it_is() -> None:
    link = linked("words")
    size = len(link.emit.data)
    origin(link, 100)
    for offset in range(0, size, size // 200):
        assert calls(lambda offset=offset: origin(link, offset)) < 60
