"""A session over a finished module, without a screen."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import wasmtime

from tests.explain.sample_links import calls
from tests.samples import FOLDER
from tests.toolchain import compiled, reference
from tests.tui.test_terminal import Terminal
from wasmscope.debugger.lone.cards import memory_lines, module_lines
from wasmscope.debugger.lone.commands import LONE_COMMANDS, NO_STEPS
from wasmscope.debugger.lone.listed import status_lines
from wasmscope.debugger.lone.opened import OpenedModule
from wasmscope.debugger.lone.place import BYTES, DIFF, ITEMS, RELOCS, WHY, LonePlace
from wasmscope.debugger.lone.saved import facts_of, restore
from wasmscope.debugger.lone.session import LoneSession
from wasmscope.debugger.panes.listing import code_rows
from wasmscope.debugger.render import text_of
from wasmscope.debugger.saved import Facts
from wasmscope.explain.alone.module_references import Item
from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.module import read
from wasmscope.format.types import FUNCTION

HELLO = [str(FOLDER / "hello" / name) for name in ("main.o", "greet.o")]
SOURCE = """
int shared[4] = {1, 2, 3, 4};
int *pointer = &shared[1];
__attribute__((noinline)) int helper(int x) { return x + shared[x] + *pointer; }
void _start(void) { shared[2] = helper(2); }
"""


def session_over(*argv: str) -> LoneSession:
    return LoneSession(OpenedModule(read(reference([*argv, "--import-undefined"]).output or b"", "linked.wasm")))


@pytest.fixture(scope="module")
def debug_build() -> bytes:
    object = compiled(SOURCE, "-O1", "-gdwarf-4", "-fdebug-compilation-dir=/src")
    return reference([str(object), "--emit-relocs"]).output or b""


@pytest.fixture
def session(debug_build: bytes) -> LoneSession:
    return LoneSession(OpenedModule(read(debug_build, "linked.wasm")))


def said(session: LoneSession, line: str) -> list[str]:
    answer = LONE_COMMANDS.run(session, line)
    assert not answer.refused, answer.notice
    return [text_of(one) for one in (*answer.lines, *(pick.spans for pick in answer.picks))]


def refusal(session: LoneSession, line: str) -> str:
    answer = LONE_COMMANDS.run(session, line)
    assert answer.refused
    return answer.notice


def test_the_table_has_everything_with_a_number(session: LoneSession) -> None:
    rows = session.opened.rows
    functions = [one.name for one in rows if one.item.space == "function"]
    assert sorted(functions) == ["_start", "helper"]
    assert [one.item for one in rows if one.item.space == "global"] == [Item("global", 0)]
    assert [one.size for one in rows if one.item.space == "data"] == [5 * 4]


def test_goto_finds_names_numbers_offsets_and_addresses(session: LoneSession) -> None:
    helper = next(one for one in session.opened.rows if one.name == "helper")
    for text in ("helper", f"func:{helper.item.number}", f"f{helper.item.number}"):
        said(session, f"goto {text}")
        assert (session.place.item, session.place.view) == (helper.item, ITEMS)
        assert (session.place.start, session.place.end) == (helper.start, helper.end)
    said(session, "goto helper+3")
    assert (session.place.start, session.place.view) == (helper.start + 3, BYTES)
    assert session.place.item == helper.item
    said(session, "goto mem:0x10000")
    assert (session.place.start, session.place.memory) == (0x10000, True)
    assert "did you mean helper" in refusal(session, "goto helpe")
    assert "there is no byte" in refusal(session, "goto 0xffffff")


def test_memory_is_what_the_engine_will_hold(session: LoneSession) -> None:
    """shared and pointer, as the source says; pointer holds the address of shared[1]."""
    data = session.opened.memory(0, 0x10000, 0x10000 + 20)
    words = [int.from_bytes(data[at : at + 4], "little") for at in range(0, 20, 4)]
    shared = words.index(1)
    assert words[shared : shared + 4] == [1, 2, 3, 4]
    pointer = next(at for at, word in enumerate(words) if word > 0xFFFF)
    assert words[pointer] == 0x10000 + 4 * shared + 4
    said(session, f"goto mem:{0x10000 + 4 * pointer:#x}")
    assert session.enter() == ""
    assert session.place.start == words[pointer]
    said(session, "other-side")
    assert not session.place.memory
    assert session.opened.module.data[session.place.start] == 2


def test_relocations_that_were_kept_are_walked(session: LoneSession) -> None:
    kept = session.opened.lone.relocations
    said(session, "view 3")
    said(session, "goto r0")
    assert session.place.view == RELOCS
    for row in range(1, len(kept)):
        said(session, "relocation")
        assert session.place.relocation == row
        assert session.place.start == kept[row].offset
    assert refusal(session, "relocation") == "there is no further relocation"
    called = {one.to for one in kept if one.section == "code" and one.to is not None and one.to.space == "function"}
    assert {session.opened.naming.of(item) for item in called} == {"helper"}


def test_without_relocations_one_line_says_so() -> None:
    assert said(session_over(*HELLO), "show relocations") == [
        "no relocation was kept: --emit-relocs keeps them; audit finds them from the objects"
    ]


def test_why_shows_path_keepers_and_references(session: LoneSession) -> None:
    said(session, "why helper")
    assert session.place.view == WHY
    assert [line.split()[0] for line in said(session, "show paths")[:2]] == ["_start", "+"]
    assert any(line.startswith("_start  call") for line in said(session, "refs-in"))
    said(session, "pick 1")
    assert session.place.view == BYTES
    rows = said(session, "show dominators")
    assert [line.replace(">", " ").split()[0:2] for line in rows[2:4]] == [["+", "_start"], ["+", "helper"]]


def test_copied_wat_is_read_by_an_engine_as_the_same_function(debug_build: bytes) -> None:
    opened = OpenedModule(read(debug_build, "linked.wasm"))
    module = opened.module
    assert len(module.bodies) > 1
    for number, body in enumerate(module.bodies):
        one = LoneSession(opened)
        said(one, f"goto func:{number + module.num_imported(FUNCTION)}")
        made = read(bytes(wasmtime.wat2wasm(f"(module {LONE_COMMANDS.run(one, 'copy wat').copied})")), "made.wasm")
        here, there = ([row.instruction.text() for row in code_rows(data) if row.instruction is not None]
                       for data in (module.data[body.start : body.end],
                                    made.data[made.bodies[0].start : made.bodies[0].end]))  # fmt: skip
        assert here == there
        assert made.types[made.functions[0]] == module.types[module.functions[number]]


def test_source_lines_stand_with_the_code(session: LoneSession) -> None:
    said(session, "goto helper")
    assert any(line.endswith(";; input.c:4") for line in said(session, "show code"))
    assert any(line.startswith("source  /src/input.c:4") for line in said(session, "show thing"))


def test_every_command_of_time_says_that_there_are_no_steps(session: LoneSession) -> None:
    for line in ("step", "continue-back", "phase", "break main", "watch x", "last-writer", "goto @3"):
        assert refusal(session, line) == NO_STEPS


def test_no_command_breaks_whatever_is_looked_at(session: LoneSession, debug_build: bytes) -> None:
    """Also not on modules that end in the middle of anything."""
    sessions = [session, session_over(*HELLO, "-s")]
    sessions += [LoneSession(OpenedModule(read(debug_build[:end], "cut"))) for end in (8, 30, 90, 150, 400)]
    for one in sessions:
        for view in range(1, 7):
            LONE_COMMANDS.run(one, f"view {view}")
            for command in ("goto 0x10", "enter", "field", "field-back", "other-side", "refs-in", "refs-out", "at",
                            "copy hex", "copy json", "copy wat", "copy command", "goto mem:0x10", "find a", "sort",
                            "filter size:>1", "filter", "names", "back", "forward", "diff /nowhere"):  # fmt: skip
                LONE_COMMANDS.run(one, command)
            one.enter()
            for pane in said(one, "show"):
                LONE_COMMANDS.run(one, f"show {pane.split()[1]}")


def test_sizes_of_a_module_lead_to_what_they_are_of(session: LoneSession, tmp_path: Path, debug_build: bytes) -> None:
    sizes = {line.split()[1]: int(line.split()[0].replace(",", "")) for line in said(session, "size")}
    assert sum(sizes.values()) == len(debug_build)
    code = session.opened.module.section(10)
    assert sizes["code"] == code.end - code.start
    row = next(number for number, line in enumerate(said(session, "size symbol"), 1) if line.split()[1] == "helper")
    assert not LONE_COMMANDS.run(session, f"pick {row}").refused
    assert session.opened.naming.of(session.place.item) == "helper"
    other = tmp_path / "other.wasm"
    other.write_bytes(reference([str(compiled(SOURCE, "-O1", "-g0"))]).output or b"")
    grown = LONE_COMMANDS.run(session, f"size against {other}")
    assert f"{len(debug_build) - other.stat().st_size:+,} against" in grown.title
    assert "does not say which object" in refusal(session, "size object")


def test_what_is_wrong_with_a_module_leads_to_its_bytes(session: LoneSession) -> None:
    assert LONE_COMMANDS.run(session, "checks").notice == "no check failed"
    text = '(module (memory 1) (data (i32.const 65530) "fits.") (data (i32.const 65530) "too long for it"))'
    module = wasmtime.wat2wasm(text)
    damaged = LoneSession(OpenedModule(read(module, "made.wasm")))
    assert [line for line in said(damaged, "checks") if line.startswith("!")] == [
        "!  data-past-memory: this data goes to 0xfffa to 0x10009, memory ends at 0x10000 (data)"
    ]
    assert not LONE_COMMANDS.run(damaged, "pick 1").refused
    assert module[damaged.place.start :].startswith(b"too long for it")
    assert "with its objects" in refusal(session, "audit main.o")


def test_a_search_through_memory_costs_by_segment_and_not_by_pair_of_them() -> None:
    """With the square of their number 20,000 took minutes."""

    def cost(count: int) -> int:
        parts = b"".join(b"\0\x41" + sleb(4096 + at * 24) + b"\x0b\x10" + b"%016d" % at for at in range(count))
        contents = uleb(count) + parts
        module = read(b"\0asm\1\0\0\0\5\3\1\0\x10\x0b" + uleb(len(contents)) + contents, "many.wasm")
        session, last = LoneSession(OpenedModule(module)), f"{count - 1:08}"
        said(session, "goto mem:0x1000")
        made = calls(lambda: said(session, f"find {last}"))
        assert session.opened.memory(0, session.place.start, session.place.end) == last.encode()
        return made

    assert cost(2000) < 3 * cost(1000)


def test_diff_compares_with_another_module(session: LoneSession, tmp_path: Path, debug_build: bytes) -> None:
    path = tmp_path / "other.wasm"
    path.write_bytes(reference([str(compiled(SOURCE, "-O1")), "--emit-relocs"]).output or b"")
    said(session, f"diff {path}")
    assert session.place.view == DIFF
    assert any(".debug_info" in line for line in said(session, "show difference all"))
    said(session, f"export text {tmp_path / 'view'}")
    exported = (tmp_path / "view").read_text()
    assert exported.startswith(f"wasmscope Diff {path} → {session.opened.module.file}\n")
    row = session.comparison.rows[1]
    assert row.kind == "section"
    assert f"\n-- detail\nsection  {row.name}\nbefore  {row.was} bytes\nnow     {row.now} bytes\n" in exported
    assert "custom section" in {one.kind for one in session.comparison.rows if one.mark}
    path.write_bytes(debug_build)
    said(session, f"diff {path}")
    assert any("the same bytes" in line for line in said(session, "show difference"))
    assert "cannot open" in refusal(session, "diff /nowhere/x.wasm")


def test_rows_are_filtered_sorted_and_searched(session: LoneSession) -> None:
    said(session, "view 2")
    said(session, "filter kind:function")
    assert [line.replace(">", " ").split()[0] for line in said(session, "show items")[1:]] == ["function", "function"]
    said(session, "sort size")
    sizes = [one.size for one in (session.opened.rows[row] for row in session.tables["items"].rows)]
    assert sizes == sorted(sizes)
    said(session, "find helper")
    assert session.opened.naming.of(session.place.item) == "helper"
    said(session, "view 4")
    said(session, 'find x"01 00 00 00 02 00 00 00"')
    assert session.opened.module.data[session.place.start : session.place.start + 5] == b"\1\0\0\0\2"


def test_places_on_the_way_back(session: LoneSession) -> None:
    first = session.place
    said(session, "goto helper")
    said(session, "goto mem:0x10004")
    there = session.place
    said(session, "back")
    said(session, "back")
    assert session.place == first
    said(session, "forward")
    said(session, "forward")
    assert session.place == there


# --- marks, notes, the session on disk ----------------------------------------------------------------------------

MOVED = """
__attribute__((noinline)) int before(int x) { return x * x * 7; }
int more[7] = {7, 7, 7, 7, 7, 7, 7};
""" + SOURCE.replace("helper(2)", "helper(2) + before(3) + more[1]")


@pytest.fixture
def rebuilt() -> LoneSession:
    """The same module after an edit: every number, offset and address of what it had is another."""
    object = compiled(MOVED, "-O1", "-gdwarf-4", "-fdebug-compilation-dir=/src")
    return LoneSession(OpenedModule(read(reference([str(object), "--emit-relocs"]).output or b"", "linked.wasm")))


def span_of(session: LoneSession, name: str) -> tuple[int, int]:
    row = next(one for one in session.opened.rows if one.name == name)
    return row.start, row.end


def left(session: LoneSession) -> Facts:
    """Marks and notes in every view, and the place in the bytes of memory; as they are kept."""
    for line in (
        "goto helper", "mark h", "note adds three things", "why _start", "mark w", "goto helper+3", "mark b",
        "goto r0", "mark r", "note of the first", "goto mem:0x10004", "mark m", "goto 0x9", "mark o", "goto helper+5",
    ):  # fmt: skip
        said(session, line)
    return json.loads(json.dumps(facts_of(session)))


def test_marks_and_notes_lead_back_and_are_listed(session: LoneSession) -> None:
    left(session)
    start, end = span_of(session, "helper")
    marks = said(session, "marks")
    assert [one[0] for one in marks] == sorted("hwbrmo")
    assert "Items  function helper" in marks[1]
    assert "Bytes  function helper+0x3" in marks[0]
    said(session, "jump h")
    assert (session.place.view, session.place.start, session.place.end) == (ITEMS, start, end)
    assert "adds three things" in "\n".join(said(session, "show thing"))
    assert any(line.startswith(">;") and "helper" in line for line in said(session, "show items"))
    said(session, "jump w")
    assert session.place.view == WHY
    assert session.opened.naming.of(session.place.item) == "_start"
    said(session, "jump m")
    assert (session.place.view, session.place.start, session.place.memory) == (BYTES, 0x10004, True)
    said(session, "jump r")
    assert (session.place.view, session.place.relocation) == (RELOCS, 0)
    said(session, "back")
    assert session.place.memory
    assert [line.split("  ")[1] for line in said(session, "notes")] == ["adds three things", "of the first"]
    said(session, "pick 1")
    assert session.opened.naming.of(session.place.item) == "helper"
    assert said(session, "note") == []
    assert "nothing is marked as q" in refusal(session, "jump q")
    assert "one letter" in refusal(session, "mark two")


def test_a_kept_session_comes_back_by_name_after_a_rebuild(session: LoneSession, rebuilt: LoneSession) -> None:
    facts = left(session)
    restore(rebuilt, facts)
    start, _ = span_of(rebuilt, "helper")
    assert start != span_of(session, "helper")[0]
    assert (rebuilt.place.view, rebuilt.place.start) == (BYTES, start + 5)
    said(rebuilt, "jump b")
    assert rebuilt.place.start == start + 3
    said(rebuilt, "jump h")
    assert rebuilt.opened.naming.of(rebuilt.place.item) == "helper"
    assert rebuilt.asked("note") == "adds three things"
    said(rebuilt, "jump r")
    assert rebuilt.opened.lone.relocations[rebuilt.place.relocation].offset >= 0
    assert json.loads(json.dumps(facts_of(rebuilt)))["marks"] == facts["marks"]


@pytest.mark.parametrize("view", ["items", "relocs", "bytes", "why"])
@pytest.mark.parametrize("thing", ["__stack_pointer", "helper"])
def test_the_thing_looked_at_comes_back_beside_the_bytes_which_need_not_be_its_own(
    session: LoneSession, rebuilt: LoneSession, thing: str, view: str
) -> None:
    for line in ("goto helper+5", f"goto {thing}", f"view {view}"):
        said(session, line)
    assert said(session, "show thing")[0].split()[0] == thing
    at, facts = session.mark_here(), json.loads(json.dumps(facts_of(session)))
    for brought in (lambda: restore(rebuilt, facts), lambda: rebuilt.take(session)):
        said(rebuilt, "goto _start")
        brought()
        assert said(rebuilt, "show thing")[0].split()[0] == thing
        assert rebuilt.mark_here() == at


def test_what_is_gone_is_said_and_what_is_not_understood_stays_away(session: LoneSession) -> None:
    facts = left(session)
    other = session_over(*HELLO)
    at_first = other.place
    restore(other, facts)
    assert other.place == at_first
    assert "function helper is not there any more" in refusal(other, "jump h")
    assert any("gone" in line for line in said(other, "marks"))
    assert any("gone" in line for line in said(other, "notes"))
    for odd in (
        {"place": 3, "marks": [3, {"letter": 1}], "notes": {}},
        {"place": {"thing": ["data", "", "x", -4], "view": "Bytes", "step": 0, "bytes": "y"}},
        {"place": {"thing": ["module", "", "", 1 << 40], "view": "Bytes", "step": 0}},
        {"place": {"thing": ["module", "", "", 8], "view": "Bytes", "step": 0, "item": ["global", "", "none", 0]}},
        {"place": {"thing": ["module", "", "", 8], "view": "Bytes", "step": 0, "item": 3}},
        {"place": {"thing": ["memory", "", "", -1], "view": "Symbols", "step": 0}},
    ):
        restore(session_over(*HELLO), odd)


def test_every_place_of_a_module_can_be_marked_and_come_back_to(session: LoneSession) -> None:
    for view in range(6):
        for row in session.opened.rows:
            session.go(replace(session.at(row.item), view=view))
            here, mark = session.place, session.mark_here()
            session.go(LonePlace())
            there = session.marked(mark)
            assert there is not None
            assert there.view == view
            if view != RELOCS and (view != BYTES or row.start >= 0):
                assert there.item == here.item
    for memory, size in ((False, session.opened.size_of(None)), (True, session.opened.size_of(0))):
        for offset in range(0, size, max(1, size // 400)):
            session.go(replace(session.at_byte(offset, memory=memory), view=BYTES))
            there = session.marked(session.mark_here())
            assert there is not None
            assert (there.start, there.memory) == (offset, memory)


def test_the_program_brings_a_module_back_unless_it_must_not(debug_build: bytes, tmp_path: Path) -> None:
    path, kept_in = tmp_path / "linked.wasm", {"XDG_STATE_HOME": str(tmp_path / "state")}
    path.write_bytes(debug_build)
    with Terminal("--no-session", str(path), environment=kept_in) as terminal:
        terminal.read(b"linked")
        terminal.send("mxq")
        terminal.read(b"\x1b[?1049l")
    assert not (tmp_path / "state").exists()
    with Terminal(str(path), environment=kept_in) as terminal:
        terminal.read(b"linked")
        terminal.send("ghelper\rmh;of mine\r6q")
        terminal.read(b"\x1b[?1049l")
        assert terminal.process.wait(20) == 0
    (file,) = (tmp_path / "state" / "wasmscope").iterdir()
    kept = json.loads(file.read_text())
    assert (kept["place"]["view"], kept["place"]["thing"]) == ("Why", ["function", "", "helper", 0, 0])
    assert [one["letter"] for one in kept["marks"]] == ["h"]
    assert [one["text"] for one in kept["notes"]] == ["of mine"]
    with Terminal(str(path), environment=kept_in) as terminal:
        terminal.read(b"Why helper is there")
        terminal.send("q")
        terminal.read(b"\x1b[?1049l")


def test_addresses_of_any_length_stand_in_one_column() -> None:
    session = session_over(*HELLO, "--stack-first", "-z", "stack-size=16777216")
    lines = [text for one in memory_lines(session.scene()) if (text := text_of(one.spans)).startswith("0x")]
    assert {len(one.split()[0]) for one in lines} == {8, 9}
    ends = {re.match(r"0x[0-9a-f]+ +[0-9,]+  ", one).end() for one in lines}  # type: ignore[union-attr]
    assert len(ends) == 1


def test_the_card_of_a_module_that_ends_early_says_where_and_what_was_expected() -> None:
    whole = reference([*HELLO, "--import-undefined"]).output or b""
    code = next(one for one in read(whole, "linked.wasm").sections if one.name == "code")
    opened = OpenedModule(read(whole[: code.end - 10], "cut.wasm"))
    told = [text_of(line.spans) for line in module_lines(LoneSession(opened).scene())]
    left = code.end - 10 - code.body
    assert f"! section too large (section code, offset {code.start:#x}; expected at most {left} bytes)" in told


def test_each_memory_of_several_is_gone_to_looked_at_and_marked() -> None:
    text = """(module (memory 1) (memory 2) (data (i32.const 16) "first of all")
      (data (memory 1) (i32.const 16) "second") (data (memory 1) (i32.const 32) "\\10\\00\\00\\00"))"""
    session = LoneSession(OpenedModule(read(wasmtime.wat2wasm(text), "made.wasm")))
    said(session, "goto mem1:0x10")
    source = session.scene().source
    assert source.size == 2 << 16
    assert source.fetch(14, 24) == b"\0\0second\0\0"
    assert text_of(status_lines(session.scene(), "")[1]).strip() == "mem1:0x10"
    assert said(session, "at")[0].startswith("mem1:0x10: 73, data 1+0x0")
    assert said(session, "copy command")
    said(session, "mark m")
    said(session, "other-side")
    assert (session.place.memory, session.scene().source.fetch(session.place.start, session.place.start + 6)) == (
        False, b"second",
    )  # fmt: skip
    said(session, "other-side")
    assert (session.place.space, session.place.start) == (1, 16)
    said(session, "goto +0x10")
    pointed = session.entered()
    assert isinstance(pointed, LonePlace)
    session.go(pointed)
    assert (session.place.space, session.place.start) == (1, 16)
    said(session, "goto 0x100")
    said(session, "mark z")
    said(session, "goto mem:0x10")
    assert session.scene().source.fetch(16, 21) == b"first"
    for letter, address in (("m", 16), ("z", 0x100)):
        said(session, f"jump {letter}")
        assert (session.place.space, session.place.start) == (1, address)
    again = LoneSession(session.opened)
    restore(again, json.loads(json.dumps(facts_of(session))))
    assert (again.place.space, again.place.start) == (1, 0x100)
    assert "there is no memory 2: the module has 2" in refusal(session, "goto mem2:0x0")
    assert "there is no byte 0x20000: the memory ends at 0x20000" in refusal(session, "goto mem1:0x20000")
    assert refusal(session, "at mem2:0x0").startswith("there is no memory 2")
