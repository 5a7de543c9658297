"""Bytes of modules that the reference linked: matched with the objects, they are what the link says they are."""

from __future__ import annotations

from functools import cache

import pytest

from tests.explain.sample_links import linked, linked_sources, reference_output
from tests.toolchain import reference
from wasmscope.explain.alone.lone import LoneModule
from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.explain.auditing.foreign import foreign_byte
from wasmscope.explain.origin import origin
from wasmscope.format.module import read
from wasmscope.format.relocs import RELOC_TYPES, encode
from wasmscope.link.model import Link

SOURCE = "int counter; int bump(int by) { return counter += by; } int zero[9];"
MAIN = "int bump(int); extern int zero[]; void _start(void) { bump(2); zero[1] = bump(3); }"


@cache
def audited(name: str) -> tuple[Audit, LoneModule]:
    module = read(reference_output(name), "linked.wasm")
    return audit(linked(name), module), LoneModule(module)


def damaged(link: Link, offset: int, data: bytes) -> tuple[Audit, LoneModule]:
    output = bytearray(link.emit.data)
    output[offset : offset + len(data)] = data
    module = read(bytes(output), "linked.wasm")
    return audit(link, module), LoneModule(module)


@pytest.mark.parametrize("name", ["hello", "shapes", "kernel"])
def test_the_objects_byte_is_the_one_that_the_link_took(name: str) -> None:
    link, (found, lone) = linked(name), audited(name)
    compared = 0
    for offset in range(0, len(lone.module.data), 11):
        told, made = foreign_byte(found, lone, hex(offset)), origin(link, offset)
        assert told.there.offset == offset
        if told.input is not None:
            assert (told.input.file, told.input.offset) in made.inputs
            assert (told.site.mention if told.site else None) == made.relocation
            compared += 1
        elif made.relocation is not None:
            assert told.fate != ""
    assert compared > 20


@pytest.mark.parametrize("name", ["hello", "shapes"])
def test_the_way_back_leads_to_the_same_byte(name: str) -> None:
    found, lone = audited(name)
    for atom in found.matching.atoms:
        if atom.kind != "custom" and atom.file is not None and atom.size:
            told = foreign_byte(found, lone, f"{atom.file.name}:{atom.start + atom.size - 1:#x}")
            assert (told.input.file, told.input.offset) == (atom.file, atom.end - 1)
            if told.there is not None and told.there.offset is not None:
                again = foreign_byte(found, lone, hex(told.there.offset))
                assert (again.input.file, again.input.offset) == (atom.file, atom.end - 1)


def test_a_wrong_site_says_what_it_should_hold() -> None:
    link = linked_sources(SOURCE, MAIN)
    assert link.emit.data == reference([one.path for one in link.load.files]).output
    start = next(atom for file in link.resolve.objects for atom in file.functions if atom.name == "_start")
    row = next(row for row in range(start.lo, start.hi) if start.relocs.types[row] == 0)
    right = link.relocate.values[start][row - start.lo]
    place = next(p.start for s in link.emit.sections for p in s.pieces if p.atom is start) + start.site(row)
    found, lone = damaged(link, place, encode(RELOC_TYPES[0], right + 1))
    told = foreign_byte(found, lone, hex(place))
    assert (told.site.mention, told.site.found, told.site.expected) == ((start, row), right + 1, (right,))
    assert told.site.finding is not None
    fine = foreign_byte(*damaged(link, place, b""), hex(place))
    assert (fine.site.found, fine.site.finding) == (right, None)


def test_bss_and_what_is_not_there_have_a_story() -> None:
    link = linked_sources(SOURCE, MAIN)
    found, lone = damaged(link, 0, b"")
    zero = next(atom for file in link.resolve.objects for atom in file.segments if atom.name == ".bss.zero")
    address = found.matching.address_of(zero) + 4
    told = foreign_byte(found, lone, f"mem:{address:#x}")
    assert (told.there.offset, told.input.file, told.input.offset) == (None, zero.file, zero.start + 4)
    assert foreign_byte(found, lone, f"{zero.file.name}:{zero.start + 4:#x}").there.address == address
    header = foreign_byte(found, lone, f"{zero.file.name}:0")
    assert (header.there, header.fate) == (None, "read by the linker, not copied")
    for nothing in ("nobody+3", "0xffffff", f"{zero.file.name}:0xfffff", "x"):
        with pytest.raises(LookupError):
            foreign_byte(found, lone, nothing)
