"""Search, filters and order without a screen: what is found is what Python's own search of the same bytes finds."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

import pytest

from tests.debugger.stage import hello, said
from tests.explain.sample_links import FAILING, LINKING, calls, linked_sources
from tests.explain.sample_links import linked as sample
from tests.samples import SAMPLES
from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import address_of
from wasmscope.debugger.fields import RelocTable, SymbolTable, Table
from wasmscope.debugger.filters import BadFilter, parse
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.patterns import BadPattern, matches
from wasmscope.debugger.patterns import parse as pattern
from wasmscope.debugger.search import Search
from wasmscope.debugger.searched import Items
from wasmscope.debugger.session import Debugger
from wasmscope.debugger.step_table import StepTable
from wasmscope.explain.naming import title
from wasmscope.explain.steps import Step
from wasmscope.explain.symbols import Mention
from wasmscope.format.leb128 import sleb, uleb

# --- patterns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "data", "found"),
    [
        ('x"10 ?? 80"', "10 ff 80", True),
        ('x"10 ?? 80"', "10 80", False),
        ('x"0a"', "0a", True),
        ("u32=0x1010", "10 10 00 00", True),
        ("u32=-1", "ff ff ff ff", True),
        ("u16=258", "02 01", True),
        ("u16=258", "02 01 00", False),
        ("u8=255", "ff", True),
        ("u8=-128", "80", True),
        ("u64=0x102", "02 01 00 00 00 00 00 00", True),
        ("Hello", "48 65 6c 6c 6f", True),
        ("hello", "48 45 4c 4c 4f", True),
        ("Hello", "48 45 4c 4c 4f", False),
        ("str:u32=1", "75 33 32 3d 31", True),
    ],
)
def test_a_pattern_matches_bytes(text: str, data: str, found: bool) -> None:
    made = pattern(text)
    assert made.data is not None
    assert (made.data.fullmatch(bytes.fromhex(data)) is not None) is found


@pytest.mark.parametrize("number", [0, 1, 63, 64, 127, 128, 4112, -1, -64, -65, 2**31, -(2**31)])
@pytest.mark.parametrize("width", [0, 5, 10])
def test_a_leb_is_found_padded_or_not(number: int, width: int) -> None:
    if width and len(sleb(number)) > width:
        return
    made = pattern(f"sleb={number}")
    assert made.data is not None
    assert made.data.fullmatch(sleb(number, width))
    assert not made.data.fullmatch(sleb(number + 1, width))
    if number >= 0:
        unsigned = pattern(f"leb={number}")
        assert unsigned.data is not None
        assert unsigned.data.fullmatch(uleb(number, width))
        assert not unsigned.data.fullmatch(uleb(number + 1, width))


@pytest.mark.parametrize(
    "text", ["", 'x"1"', 'x"zz"', "u32=", "u8=256", "u8=-129", "u16=many", "leb=-1", "sym:", "type:"]
)
def test_a_pattern_that_makes_no_sense_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadPattern):
        pattern(text)


def test_symbols_and_types_are_matched_whole() -> None:
    assert matches(pattern("sym:print*"), "print_number")
    assert not matches(pattern("sym:print"), "print_number")
    assert matches(pattern("type:i32*"), "(i32, i32) -> i32")
    assert not matches(pattern("type:i64*"), "(i32, i64) -> i32")


# --- search -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['x"00"', 'x"10 ?? 80 80"', "leb=0", "u32=0x10000", "hello"])
@pytest.mark.parametrize("where", ["goto out:0", "goto main.o:0", "goto mem:0"])
def test_every_hit_in_bytes_is_visited_in_order_and_counted(text: str, where: str) -> None:
    debugger = hello(where)
    source = debugger.searched()
    assert source is not None
    data = source.source.fetch(0, source.count)  # type: ignore[attr-defined]
    made = pattern(text)
    assert made.data is not None
    expected = [at for at in range(len(data)) if made.data.match(data, at)]
    if not expected:
        assert f"{text} is not here" in COMMANDS.run(debugger, f"find {text}").notice
        return
    rest = [at for at in expected if at > debugger.place.start] or expected
    answer = said(debugger, f"find {text}")
    total = f"{len(expected):,}" if len(expected) <= 10_000 else "more than 10,000"
    for at in rest[:5]:
        assert debugger.place.start == at
        number = f"{expected.index(at) + 1:,}"
        assert f"{number} of {total}" in answer.notice
        answer = said(debugger, "find-next")
    for _ in rest[:5]:
        said(debugger, "find-back")
    assert debugger.place.start == rest[0]


def test_what_lies_at_the_border_of_two_segments_is_found_once() -> None:
    source = 'const char first[] = {1, 2, 3, 4}; char second[] = {5, 6, 7, 8};'
    debugger = Debugger(Opened(linked_sources(source, options=("--no-entry", "--export-all"))))
    first, second = debugger.link.layout.segments[:2]  # type: ignore[union-attr]
    assert first.address + first.size == second.address
    said(debugger, "goto mem:0")
    for text in ('x"03 04"', 'x"04 05"', 'x"03 ?? 05"', 'x"05 06"', "leb=4"):
        assert "1 of 1" in said(debugger, f"find {text}").notice, text


def test_memory_is_searched_in_the_order_of_addresses_and_back() -> None:
    source = "const char one[] = {7, 1}; char two[] = {7, 2}; const char *third = one;"
    debugger = Debugger(Opened(linked_sources(source, options=("--no-entry", "--export-all"))))
    resolve = debugger.link.resolve
    assert resolve is not None
    there = [address_of(debugger.steps, resolve.by_name[name]) for name in ("one", "two")]
    one, two = (span[0] for span in there if span is not None)
    both = [one, two, one, two]
    for text, wanted in {'x"07"': both, "sym:*o*": both, "sym:t?o": [two] * 4}.items():
        seen = []
        said(debugger, "goto mem:0")
        for line in (f"find {text}", "find-next", "find-back", "find-back"):
            said(debugger, line)
            seen.append(debugger.place.start)
        assert seen == wanted, text


def test_of_more_hits_than_are_counted_the_last_have_no_number() -> None:
    debugger = hello("goto mem:0")
    assert said(debugger, 'find x"00"').notice == 'x"00": 2 of more than 10,000'
    said(debugger, "goto mem:0x1ffff")
    assert said(debugger, "find-back").notice == 'x"00": more than 10,000'


def test_what_a_table_shows_is_told_after_each_change_of_it() -> None:
    debugger = hello("view symbols")
    kinds = [one.kind for one in debugger.opened.symbols]
    functions, whole = kinds.count("function"), len(kinds)
    for line, told in (
        ("filter kind:func", f"{functions} of {whole} symbols  filter: kind:func"),
        ("sort name", f"{functions} of {whole} symbols  filter: kind:func  sort: name ▲"),
        ("invert", f"{functions} of {whole} symbols  filter: kind:func  sort: name ▼"),
        ("filter", f"{whole} symbols  sort: name ▼"),
        ("invert", f"{whole} symbols  sort: name ▲"),
        ("sort none", f"all {whole} symbols"),
    ):
        assert said(debugger, line).notice == told, line


def test_a_search_goes_around_and_says_so() -> None:
    debugger = hello("goto mem:0x1ffff")
    answer = said(debugger, "find hello")
    assert "began again at the other end" in answer.notice
    assert "1 of 1" in answer.notice


def test_rows_are_found_by_raw_and_by_demangled_names() -> None:
    debugger = Debugger(Opened(linked(*SAMPLES["shapes"].inputs)))
    said(debugger, "view symbols")
    mangled = next(one for one in debugger.opened.symbols if one.name.startswith("_ZN") and one.kind == "function")
    said(debugger, f"find {mangled.name}")
    assert debugger.place.symbol is mangled
    said(debugger, "find-clear")
    shown = debugger.opened.naming.of(mangled)
    said(debugger, f"find {shown}")
    assert shown in debugger.opened.naming.of(debugger.place.symbol)


def test_things_are_found_in_bytes_by_name_and_type() -> None:
    debugger = hello("goto out:0", "find sym:greet")
    atom = next(one for one in debugger.opened.symbols if one.name == "greet").target
    piece = debugger.steps.places.pieces[atom][1]  # type: ignore[index]
    assert debugger.place.start == piece.start
    answer = said(debugger, "find type:i32*")
    assert " of " in answer.notice


def test_bytes_that_are_not_there_yet_are_not_found() -> None:
    debugger = hello("goto out:0", "goto top", "goto out:0")
    assert "is not here" in COMMANDS.run(debugger, "find hello").notice


def test_where_bytes_cannot_be_looked_for_it_is_said() -> None:
    debugger = hello("view symbols")
    assert "bytes are found in view 4" in COMMANDS.run(debugger, 'find x"10"').notice
    assert "nothing to find" in COMMANDS.run(hello(), "find-next").notice
    assert COMMANDS.run(debugger, "find").refused


def test_a_memory_of_four_gibibytes_is_searched_at_once() -> None:
    debugger = Debugger(Opened(linked(*HELLO, "--initial-memory=4294967296")))
    said(debugger, "goto mem:0xfffffff0")
    assert "1 of 1" in said(debugger, "find hello").notice
    assert "more than 10,000" in said(debugger, 'find x"00"').notice


# --- filters ------------------------------------------------------------------------------------------------------

FILTERS = {
    "kind:func": lambda one, scene: one.kind == "function",
    "kind:func,data !bind:local": lambda one, scene: one.kind in ("function", "data") and not one.local,
    "name:/^_+[a-z]/": lambda one, scene: re.search("^_+[a-z]", one.name) is not None,
    "!kind:section file:main.o": lambda one, scene: one.kind != "section" and one.file is not None
    and one.file.name.endswith("/main.o"),
    "size:>=8": lambda one, scene: (one.kind == "data" and one.size >= 8)
    or (one.kind != "data" and getattr(one.target, "size", -1) >= 8),
    "vis:hidden greet": lambda one, scene: one.hidden and "greet" in one.name,
    "changed:yes": lambda one, scene: scene.now.symbol(one) != scene.before.symbol(one),
}  # fmt: skip


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_lets_through_what_it_says(text: str) -> None:
    debugger = hello("view symbols", f"filter {text}")
    arranged = debugger.table()
    assert arranged is not None
    scene = debugger.scene()
    symbols = debugger.opened.symbols
    assert list(arranged.rows) == [row for row, one in enumerate(symbols) if FILTERS[text](one, scene)]
    said(debugger, "filter")
    assert len(arranged) == len(symbols)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("colour:red", "there is no field colour: they are name, file, kind"),
        ("size:big", "a number was expected"),
        ("name:/[/", "is no regular expression"),
        ("changed:maybe", "yes or no was expected"),
        ("kind:", "wants a value"),
    ],
)
def test_a_bad_filter_is_refused_and_says_which_fields_there_are(text: str, why: str) -> None:
    debugger = hello("view symbols", "filter kind:func")
    assert why in COMMANDS.run(debugger, f"filter {text}").notice
    arranged = debugger.table()
    assert arranged is not None
    assert arranged.filter is not None
    assert arranged.filter.text == "kind:func"
    assert "no table" in COMMANDS.run(hello("goto out:0"), "filter kind:func").notice


def test_a_filter_that_is_interrupted_leaves_the_table_as_it_was() -> None:
    debugger = hello("view symbols", "filter kind:func")
    arranged = debugger.table()
    assert arranged is not None
    work = COMMANDS.begin(debugger, "filter kind:data").work
    assert work is not None
    next(work)
    with pytest.raises(KeyboardInterrupt):
        work.throw(KeyboardInterrupt)
    assert arranged.filter is not None
    assert arranged.filter.text == "kind:func"


def test_a_name_with_colons_is_text() -> None:
    assert parse("std::vector", SymbolTable.fields).terms[0].field is None
    with pytest.raises(BadFilter):
        parse("std:vector", SymbolTable.fields)


@pytest.mark.parametrize("made", [SymbolTable, RelocTable, StepTable])
def test_every_field_of_every_row_has_a_value_that_can_be_compared(made: type[Table]) -> None:
    debugger = hello("goto @120")
    table, scene = made(debugger.opened), debugger.scene()
    for row in range(len(table)):
        for name, field in table.fields.items():
            value = field.of(scene, table.thing(row))
            kinds = {"number": (int, type(None)), "yes": (bool,)}.get(field.kind, (str,))
            assert isinstance(value, kinds), name
        assert table.text(row)


def _about(step: Step) -> object:
    return step.subject.atom if isinstance(step.subject, Mention) else step.subject


def _file(step: Step) -> str:
    file = getattr(_about(step), "file", None)
    return str(getattr(file or _about(step), "name", "linker"))


STEP_FILTERS: dict[str, Callable[[Step], bool]] = {
    "phase:mark": lambda one: one.phase == "mark",
    "phase:layout,index !kind:placed": lambda one: one.phase in ("layout", "index") and one.kind != "placed",
    "!phase:relocate kind:d": lambda one: one.phase != "relocate" and one.kind.startswith("d"),
    "name:/^_/ phase:mark": lambda one: one.phase == "mark" and re.search("^_", title(_about(one))) is not None,
    "!name:*e*": lambda one: _about(one) is None or "e" not in title(_about(one)).lower(),
    "file:main.o": lambda one: _file(one).rpartition("/")[2] == "main.o",
    "!file:linker": lambda one: _file(one) != "linker",
    "text:stack phase:resolve,relocate": lambda one: "stack" in one.text.lower()
    and one.phase in ("resolve", "relocate"),
    "!why:root kind:kept": lambda one: one.kind == "kept" and "root" not in one.why.lower(),
    "index phase:relocate": lambda one: one.phase == "relocate" and "index" in f"{one.phase} {one.text}".lower(),
    "phase:none": lambda one: False,
}


@pytest.mark.parametrize("name", [*LINKING, *FAILING])
def test_steps_are_filtered_as_if_each_were_looked_at(name: str) -> None:
    opened = Opened(sample(name))
    table, scene, known = StepTable(opened), Debugger(opened).scene(), list(opened.steps)
    assert [opened.steps.text(one.number) for one in known] == [one.text for one in known]
    for text, holds in STEP_FILTERS.items():
        pieces = list(parse(text, table.fields).sifted(scene, table))
        assert [row for rows, _ in pieces for row in rows] == [one.number - 1 for one in known if holds(one)], text
        assert [seen for _, seen in pieces] == sorted(seen for _, seen in pieces)
        assert pieces[-1][1] == len(known)


def test_a_filter_asks_no_step_for_more_than_it_must() -> None:
    """Not for its sentences, nothing of phases that are left out, and once of what many steps share."""
    opened = Opened(sample("words"))
    table, scene = StepTable(opened), Debugger(opened).scene()

    def cost(text: str) -> int:
        chosen = parse(text, table.fields)
        return calls(lambda: deque(chosen.sifted(scene, table), 0))

    whole = calls(lambda: deque(opened.steps, 0))
    assert cost("text:foo why:bar phase:none") < 100
    assert cost("text:foo phase:emit") < whole / 50
    assert cost("why:foo name:bar") < cost("name:bar") * 1.1 < whole * 0.6
    assert cost("file:foo") < whole * 0.6


def test_relocations_are_filtered_by_what_is_so_at_the_step() -> None:
    debugger = hello("goto @relocate", "view relocs", "filter state:pending atom:_start")
    arranged = debugger.table()
    assert arranged is not None
    before = len(arranged)
    assert before
    said(debugger, "step 3")
    assert arranged.stale(debugger.scene())
    said(debugger, "rearrange")
    assert not arranged.stale(debugger.scene())
    assert len(arranged) < before


# --- order --------------------------------------------------------------------------------------------------------


def test_sites_of_one_atom_are_sorted_by_offset_not_as_text() -> None:
    debugger = hello("view relocs", "sort site")
    arranged = debugger.table()
    assert arranged is not None
    sites = [(title(one.atom), one.atom.site(one.row)) for one in map(arranged.table.thing, arranged.rows)]
    assert len({name for name, _ in sites}) < len(sites)
    assert max(offset for _, offset in sites) >= 0x10
    assert sites == sorted(sites)


def test_sorting_is_stable_both_ways_and_rows_keep_their_numbers() -> None:
    debugger = hello("view symbols", "sort kind")
    arranged = debugger.table()
    assert arranged is not None
    symbols = debugger.opened.symbols
    assert list(arranged.rows) == sorted(range(len(symbols)), key=lambda row: symbols[row].kind)
    said(debugger, "invert")
    assert list(arranged.rows) == sorted(range(len(symbols)), key=lambda row: symbols[row].kind, reverse=True)
    said(debugger, "sort size")
    sizes = [arranged.table.fields["size"].get(debugger.scene(), symbols[row]) for row in arranged.rows]
    known = [one for one in sizes if one is not None]
    assert known == sorted(known, reverse=True)  # type: ignore[type-var]
    assert sizes[len(known):] == [None] * (len(sizes) - len(known))
    said(debugger, "invert")
    said(debugger, "sort none")
    assert list(arranged.rows) == list(range(len(symbols)))


def test_sort_goes_through_the_columns_and_back_to_the_links_order() -> None:
    debugger = hello("view symbols")
    arranged = debugger.table()
    assert arranged is not None
    seen = []
    for _ in range(len(arranged.table.columns) + 1):
        said(debugger, "sort")
        seen.append(arranged.sort)
    assert seen[:3] == ["file", "name", "kind"]
    assert seen[-1] == ""
    said(debugger, "sort-by name")
    said(debugger, "sort-by name")
    assert arranged.inverted
    assert "there is no column" in COMMANDS.run(debugger, "sort-by colour").notice


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("forward", [True, False])
def test_a_cursor_behind_the_last_row_is_on_it(count: int, forward: bool) -> None:
    """A pane may have lost the rows that it was on, or all."""
    search, seen = Search(), []

    def text(row: int) -> str:
        seen.append(row)
        return "other"

    search.look_for(pattern("word"))
    assert not list(search.next(Items("rows", count, 5, text), forward))
    assert sorted(seen) == list(range(count))


@pytest.mark.parametrize(
    ("text", "types"),
    [("type:*SLEB", {1, 4}), ("type:MEMORY_ADDR_SLEB", {4}), ("type:R_WASM_MEMORY_ADDR_SLEB", {4})],
)
def test_relocations_are_found_by_their_type_which_their_table_shows(text: str, types: set[int]) -> None:
    """The numbers are those of the tool conventions, Linking.md."""
    debugger = hello("view relocs")
    first, end = debugger.steps.ranges[5][1:]  # a step each
    every = [debugger.steps.places.relocation_at(row) for row in range(end - first)]
    found = [one for one in every if one.atom.relocs.types[one.row] in types]
    assert len(found) > 2
    assert f" of {len(found)}" in said(debugger, f"find {text}").notice
