from __future__ import annotations

import pytest

from tests.debugger.stage import hello, said
from tests.samples import SAMPLES
from tests.toolchain import compiled
from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import BYTES, RELOCS, Place
from wasmscope.debugger.goto import find_place
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.session import Debugger
from wasmscope.explain.steps import steps
from wasmscope.format.module import read
from wasmscope.link.model import Symbol


def go(text: str, place: Place | None = None) -> Place:
    found = find_place(steps(linked(*HELLO)), place or Place(), text)
    assert isinstance(found, Place), found
    return found


def test_moments() -> None:
    found = steps(linked(*HELLO))
    assert go("@7").step == 7
    assert go("top").step == 0
    assert go("end").step == len(found)
    assert go("@relocate").step == go("relocate").step == found.ranges[5][1]


def test_g_is_the_top_unless_a_symbol_is_called_so() -> None:
    assert go("g", Place(step=9)).step == 0
    found = steps(linked(compiled("int g = 4; int _start(void) { return g; }")))
    there = find_place(found, Place(step=9), "g")
    assert isinstance(there, Place)
    assert there.symbol is not None
    assert (there.step, there.symbol.name) == (9, "g")


def test_a_symbol_called_as_a_section_goes_before_that_section() -> None:
    found = steps(linked(compiled("int code[2] = {4, 5}; int _start(void) { return code[1]; }")))
    whole, there = (find_place(found, Place(), text) for text in ("code", "code+4"))
    assert isinstance(whole, Place)
    assert isinstance(there, Place)
    assert there.symbol is not None
    assert (there.symbol.name, there.start) == ("code", whole.start + 4)


def test_a_name_is_a_symbol_even_in_part() -> None:
    symbol = go("visit_all").symbol
    assert isinstance(symbol, Symbol)
    assert symbol.name == "visit_all"
    assert go("isit_al").symbol is symbol


def test_bytes_of_the_file_on_screen_and_of_a_named_one() -> None:
    assert (go("0x20").file, go("0x20").start, go("0x20").view) == (None, 0x20, BYTES)
    assert go("+0x10", Place(start=0x20)).start == 0x30
    assert go("-8", Place(start=0x20)).start == 0x18
    there = go("greet.o:0x100")
    assert there.file is not None
    assert there.file.name.endswith("greet.o")
    assert (there.start, there.view) == (0x100, BYTES)


def test_inside_a_symbol() -> None:
    whole = go("greet")
    assert go("greet+4").start == whole.start + 4


def test_numbers_of_functions_and_relocations() -> None:
    index = linked(*HELLO).index
    assert index is not None
    atom = go("f3").atom
    assert atom is not None
    assert index.functions[atom] == 3
    assert go("func 3").atom is atom
    shout = next(one for one, number in index.slots.items() if number == 2)
    assert go("slot 2").atom is go("slot:2").atom is shout
    there = go("r5")
    assert there.relocation == steps(linked(*HELLO)).places.relocation_at(5)
    assert there.view == RELOCS


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("nobody", "nothing is called nobody"),
        ("@100000", "there is no step 100000: the last is"),
        ("0xffffffff", "there is no byte 0xffffffff: the file ends at"),
        ("r100000", "there is no relocation 100000"),
        ("f1000", "there is no function 1000"),
        ("slot 9", "the output has no slot 9"),
        ("__stack_pointer+1", "__stack_pointer has no bytes"),
        ("slot:9", "the output has no slot 9"),
        ("[/x]", "nothing is called [/x]"),
        ("20", "a step is @20, a byte 0x14, a function f20, a relocation r20"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(text: str, answer: str) -> None:
    found = find_place(steps(linked(*HELLO)), Place(), text)
    assert isinstance(found, str)
    assert found.startswith(answer)


def test_a_section_and_a_symbol_end_where_the_file_says() -> None:
    link = linked(*HELLO)
    assert link.emit is not None
    code = next(one for one in read(link.emit.data, "out").sections if one.name == "code")
    size = code.end - code.body
    assert go(f"code+{size - 1}").start == code.end - 1
    for text in (f"code+{size}", f"code+{size + 4}"):
        found = find_place(steps(link), Place(), text)
        assert isinstance(found, str)
        assert found.startswith(f"code has no byte {int(text[5:]):#x}: it ends at {size:#x}")
    whole = go("greet")
    size = whole.end - whole.start
    assert go(f"greet+{size - 1}").start == whole.end - 1
    assert find_place(steps(link), Place(), f"greet+{size}") == f"greet has no byte {size:#x}: it ends at {size:#x}"


@pytest.mark.parametrize("name", ["name", "producers", "target_features"])
def test_the_contents_of_a_custom_section_begin_behind_its_name(name: str) -> None:
    emit = linked(*HELLO).emit
    assert emit is not None
    written = bytes((len(name),)) + name.encode()
    assert emit.data.count(written) == 1
    assert go(f"{name}+0").start == emit.data.index(written) + len(written)


def test_a_name_that_several_have_says_how_many_and_how_to_get_at_the_others() -> None:
    debugger = hello()
    assert said(debugger, "goto visit_all").notice == ""
    assert said(debugger, "goto .L.str").notice == (
        ".L.str is 1 of 2 of that name; FILE:.L.str goes to another: greet.o"
    )
    assert said(debugger, "goto greet.o:.L.str").notice == ""
    assert said(debugger, "goto eete").notice == ""
    told = said(debugger, "goto gree").notice
    assert told.endswith(" is 1 of 2 names with gree in them; view 2 finds them with /")


def test_names_are_completed_as_they_are_shown() -> None:
    debugger = Debugger(Opened(linked(*SAMPLES["shapes"].inputs)))
    assert COMMANDS.completions(debugger, "goto Drawing::a") == ["goto Drawing::add(Shape*)"]
    assert COMMANDS.completions(debugger, "goto _ZN7Drawing3") == ["goto _ZN7Drawing3addEP5Shape"]
