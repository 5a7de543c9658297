"""Moving in space without a screen: address spaces, references, fields, chains, the way back."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.debugger.stage import hello, said
from tests.explain.sample_links import linked as sample
from tests.samples import SAMPLES
from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import BYTES, RELOCS, Byte, Place, at_bytes, at_thing
from wasmscope.debugger.lines import spans_of
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.render import text_of
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.spaces import sides_of
from wasmscope.debugger.subject import subject
from wasmscope.explain.memory_image import memory_image
from wasmscope.explain.references import AtomByte
from wasmscope.explain.symbols import Mention
from wasmscope.format.types import FuncType
from wasmscope.link.builder import ObjectBuilder
from wasmscope.link.model import ExportEntry, ImportEntry, ObjectFile


def here(debugger: Debugger) -> Byte:
    place = debugger.place
    return Byte(place.file, place.start, place.memory)


def test_every_byte_of_data_is_the_same_in_all_its_spaces() -> None:
    link = linked(*SAMPLES["shapes"].inputs)
    image = memory_image(link)
    assert image is not None
    assert link.emit is not None
    seen = 0
    for region in image.regions:
        for address in range(region.start, region.end) if region.kind == "data" else ():
            sides = sides_of(link, Byte(None, address, memory=True))
            if sides.output is not None:
                assert link.emit.data[sides.output.offset] == image.read(address, address + 1)[0]
                assert sides_of(link, sides.output).memory == Byte(None, address, memory=True)
                seen += 1
            if sides.input is not None:
                assert sides_of(link, sides.input).memory == Byte(None, address, memory=True)
    assert seen > 100


def test_a_byte_of_data_goes_around_three_spaces_and_one_of_code_around_two() -> None:
    debugger = hello("goto mem:0x10001")
    before = debugger.place
    for line in ("other-side", "back"):
        said(debugger, line)
    assert debugger.place == before
    said(debugger, "other-side")
    assert (debugger.place.file, debugger.place.memory) == (None, False)
    said(debugger, "other-side")
    assert isinstance(debugger.place.file, ObjectFile)
    said(debugger, "other-side")
    assert here(debugger) == Byte(None, 0x10001, memory=True)
    said(debugger, "goto code+0x10")
    start = here(debugger)
    assert start.memory is False
    said(debugger, "other-side input")
    said(debugger, "other-side")
    assert here(debugger) == start
    assert "not in memory" in COMMANDS.run(debugger, "other-side memory").notice


@pytest.mark.parametrize(
    ("line", "file", "memory"),
    [("goto mem:0x10010", "", True), ("goto out:0x40", "", False), ("goto main.o:0x40", "main.o", False)],
)
def test_goto_names_an_address_space(line: str, file: str, memory: bool) -> None:
    for before in ("goto out:0x20", "goto mem:0x10000", "goto greet.o:0x20"):
        place = hello(before, line).place
        assert (place.file.own_name.rpartition("/")[2] if place.file else "") == file
        assert place.memory is memory
        assert place.start == int(line.rpartition(":")[2], 0)
        assert place.view == BYTES


def test_goto_takes_sections_of_the_file_that_is_shown() -> None:
    link = linked(*HELLO)
    assert link.emit is not None
    code = next(one for one in link.emit.sections if one.name == "code")
    assert hello("goto out:0", "goto code+0x10").place.start == code.body + 0x10
    debugger = hello("goto main.o:0x40", "goto code+1")
    assert debugger.place.file is not None
    section = debugger.place.file.module.section(10)
    assert section is not None
    assert debugger.place.start == section.contents + 1
    assert "ends at" in COMMANDS.run(debugger, "goto mem:0x7fffffff").notice


def test_a_pointer_in_memory_leads_to_what_it_points_at() -> None:
    """`names` of main.c is an array of three pointers to strings; `decorators`, or so, holds functions."""
    debugger = hello()
    image = memory_image(debugger.link)
    assert image is not None
    target = next(one for one in debugger.opened.symbols if one.name == "names")
    span = image.of(target)
    assert span is not None
    said(debugger, f"goto mem:{span[0]:#x}")
    said(debugger, "follow")
    address = int.from_bytes(image.read(span[0], span[0] + 4), "little")
    assert here(debugger) == Byte(None, address, memory=True)
    assert image.read(address, address + 20).split(b"\0")[0] in (b"world", b"linker", b"reader")
    said(debugger, "back")
    assert here(debugger) == Byte(None, span[0], memory=True)


def test_steps_keep_memory_in_sight() -> None:
    debugger = hello("goto mem:0x10001", "step-back 30")
    assert debugger.place.memory
    assert debugger.place.view == BYTES


def test_references_are_a_list_to_choose_from_with_a_way_back() -> None:
    debugger = hello("goto greet")
    before = debugger.place
    answer = said(debugger, "refs-in greet")
    assert text_of(spans_of(answer.title)) == "3 references to symbol greet"
    said(debugger, "pick 1")
    assert debugger.place.view == RELOCS
    assert isinstance(debugger.place.relocation, Mention)
    said(debugger, "back")
    assert debugger.place == before
    for line, why in (
        ("pick 4", "the list has 3 lines"),
        ("refs-in nobody", "nothing is called nobody"),
        ("pick x", "a number was expected"),
    ):
        assert why in COMMANDS.run(debugger, line).notice
    assert "no list" in COMMANDS.run(hello(), "pick").notice


def test_the_way_here_is_listed_and_any_of_it_can_be_gone_back_to() -> None:
    debugger = hello("goto greet", "view symbols", "goto @7")
    answer = said(debugger, "jumps")
    words = ["".join(text for text, _ in one.spans) for one in answer.picks]
    assert words[-1].startswith("▶ @7")
    assert any("Symbols  symbol greet" in one for one in words)
    said(debugger, f"pick {len(words) - 1}")
    assert debugger.place.symbol is not None
    assert debugger.place.symbol.name == "greet"


def test_what_the_cursor_is_on_in_the_bytes_of_each_space() -> None:
    assert isinstance(hello("goto mem:0x10001").subject(), AtomByte)
    assert isinstance(hello("goto greet", "view bytes").subject(), AtomByte)
    imports = hello("goto import+3").subject()
    exports = hello("goto export+3").subject()
    assert isinstance(imports, ImportEntry)
    assert isinstance(exports, ExportEntry)
    debugger = hello("goto main.o:0")
    found = [subject(debugger.opened, debugger.place)]
    while not COMMANDS.run(debugger, "field 9").refused:
        found.append(subject(debugger.opened, debugger.place))
    assert all(one is not None for one in found)


def walked(debugger: Debugger, there: str, back: str) -> tuple[list[Place], list[Place]]:
    """The places of a walk of 40, and those of the way back, in the order of the first."""
    forth, home = [debugger.place], []
    for _ in range(40):
        said(debugger, there)
        forth.append(debugger.place)
    for _ in range(41):
        home.append(debugger.place)
        COMMANDS.run(debugger, back)
    return forth, home[::-1]


@pytest.mark.parametrize("where", ["out:0x40", "main.o:0x40"])
def test_fields_are_walked_both_ways_and_leave_no_byte_out(where: str) -> None:
    forth, home = walked(hello(f"goto {where}", "field"), "field", "field-back")
    assert [(one.start, one.end) for one in forth] == [(one.start, one.end) for one in home]
    for one, after in pairwise(forth):
        assert one.start < one.end == after.start
    assert hello(f"goto {where}", "field 9").place == hello(f"goto {where}", *9 * ["field"]).place


def test_chains_are_walked_around_both_ways() -> None:
    debugger = hello("chain")
    layout, index = debugger.link.layout, debugger.link.index
    assert layout is not None
    assert index is not None
    chains = [index.code, *(one.chain for one in layout.segments), *(one.chain for one in layout.customs)]
    firsts = [one.first.item for one in chains if one.first is not None]
    forth, home = walked(debugger, "chain", "chain-back")
    assert [one.atom for one in forth] == [one.atom for one in home]
    at = firsts.index(forth[0].atom)
    assert [one.atom for one in forth[: len(firsts) + 1]] == [*firsts[at:], *firsts[: at + 1]]


def test_names_are_raw_or_demangled() -> None:
    debugger = Debugger(Opened(linked(*SAMPLES["shapes"].inputs)))
    mangled = next(one for one in debugger.opened.symbols if one.name.startswith("_Z"))
    shown = debugger.opened.naming.of(mangled)
    assert shown != mangled.name
    said(debugger, "names")
    assert debugger.opened.naming.of(mangled) == mangled.name
    said(debugger, "names demangled")
    assert debugger.opened.naming.of(mangled) == shown
    assert COMMANDS.run(debugger, "names nice").refused


HOSTILE = (
    "[/x]", "[red]b", "\x1b[31mred\x1b[0m", "a" * 10_000, "\u202egnp.exe", "with space", "日本語" * 40, ":", "x\"10",
)  # fmt: skip


def hostile(folder: Path) -> Debugger:
    builder = ObjectBuilder()
    for name in HOSTILE:
        builder.function(name, FuncType((), ()), b"\0\x0b")
        builder.data(f"{name} data", b"1234", segment=f".data.{name}")
    path = folder / "[hostile].o"
    path.write_bytes(builder.flush())
    return Debugger(Opened(linked(path, "--export-all", "--no-entry", "--no-gc-sections")))


def test_hostile_names_are_found_followed_marked_and_filtered(tmp_path: Path) -> None:
    debugger = hostile(tmp_path)
    for name in HOSTILE:
        symbol = next(one for one in debugger.opened.symbols if one.name == f"{name} data")
        debugger.go(at_thing(debugger.steps, debugger.place, symbol))
        said(debugger, "view symbols")
        assert said(debugger, "refs-in").picks
        said(debugger, "mark h")
        said(debugger, f"note {name}")
        said(debugger, "goto top")
        said(debugger, "jump h")
        assert debugger.place.symbol is symbol
        said(debugger, f"find str:{name}")
        assert name in debugger.place.symbol.name
        regex = re.escape(name).replace("/", r"\/")
        said(debugger, f'filter "{name}"' if " " in name else f"filter name:/{regex}/")
        table = debugger.table()
        assert table is not None
        assert len(table) >= 2
        said(debugger, "filter")


def test_behind_the_end_of_memory_there_is_no_byte() -> None:
    """The boundary "memory end" is there."""
    debugger = hello()
    image = memory_image(debugger.link)
    assert image is not None
    debugger.go(at_bytes(debugger.place, None, image.size, image.size, memory=True))
    answer = COMMANDS.run(debugger, "other-side")
    assert answer.refused
    assert answer.notice == "there is no memory here"


def test_why_tells_of_what_no_path_leads_to_and_not_of_what_was_looked_at_before() -> None:
    debugger = Debugger(Opened(sample("words")))
    COMMANDS.run(debugger, "goto _start")
    place = debugger.place
    member = next(file.name for file in debugger.link.resolve.objects if file.name.endswith("(puts.o)"))
    known = {member: "pulled in", "memory": "pages of 65,536 bytes", ".data": "segment", "type:0": "type"}
    for text, told in known.items():
        answer = COMMANDS.run(debugger, f"why {text}")
        assert told in "\n".join("".join(part for part, _ in line) for line in answer.lines), text
        assert (debugger.place, answer.panes) == (place, ())


def test_why_of_an_address_is_about_the_atom_there() -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    COMMANDS.run(debugger, "why mem:0x1002c")  # names, as the reference's name section says
    assert debugger.place.atom is not None
    assert debugger.place.atom.name == ".rodata.names"
    assert COMMANDS.run(debugger, "why mem:0x10").refused
