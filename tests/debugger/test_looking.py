"""Commands that show panes and values as text."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from tests.explain.sample_links import COMMANDS as COMMAND_LINES
from tests.explain.sample_links import linked as sample
from tests.explain.sample_links import linked_sources
from tests.tui.stage import HELLO, linked
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.lines import Column
from wasmscope.debugger.opened import Opened
from wasmscope.debugger.panes.facts import facts, heading_of
from wasmscope.debugger.panes.listed import PANES
from wasmscope.debugger.render import table_lines, text_of
from wasmscope.debugger.session import Debugger
from wasmscope.explain.find import find_exactly
from wasmscope.explain.state import State
from wasmscope.explain.steps import steps
from wasmscope.report.why import why_facts
from wasmscope.report.why_text import lines


def said(debugger: Debugger, line: str) -> list[str]:
    answer = COMMANDS.run(debugger, line)
    assert not answer.refused, answer.notice
    return [text_of(one) for one in answer.lines]


@pytest.mark.parametrize("pane", PANES)
@pytest.mark.parametrize("step", ["top", "@40", "@90", "@120", "end"])
def test_every_pane_is_text_at_every_moment(pane: str, step: str) -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    COMMANDS.run(debugger, f"goto {step}")
    lines = said(debugger, f"show {pane}")
    assert lines
    assert all(line.isascii() and line.isprintable() for line in lines)


@pytest.mark.parametrize("pane", PANES)
def test_every_pane_of_a_link_that_failed_is_text(pane: str) -> None:
    debugger = Debugger(Opened(linked(HELLO[0], "nothing.o", strict=True)))
    said(debugger, f"show {pane}")


def test_reasons_of_a_link_that_failed_are_not_said_to_be_none() -> None:
    debugger = Debugger(Opened(linked(*HELLO, HELLO[1])))  # every definition twice
    assert debugger.link.failed == "resolve"
    said(debugger, "goto greet")
    assert said(debugger, "show reasons") == ["exports, imports, table: the link stopped in resolve"]


def test_no_file_is_said_to_have_an_undefined_symbol() -> None:
    link = linked_sources("int gone(void); void _start(void) { gone(); }", options=("--import-undefined",))
    debugger = Debugger(Opened(link))
    said(debugger, "goto gone")
    for pane in ("paths", "dominators"):
        (line,) = [one for one in said(debugger, f"show {pane}") if "gone" in one]
        assert line.endswith("imported"), line
    path = [one for one in lines(why_facts(link, find_exactly(link, "gone")[0])) if "relocation 0" in one]
    assert path[0].strip().startswith("gone, undefined: relocation 0 of _start")


def test_rows_are_counted_and_go_on() -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    first = COMMANDS.run(debugger, "show relocations 10 0")
    assert first.notice == "rows 0 to 9 of 36"
    again = COMMANDS.run(debugger, first.again)
    assert again.notice == "rows 10 to 19 of 36"
    assert COMMANDS.run(debugger, "show relocations all").again == ""
    assert COMMANDS.run(debugger, "show relocations 5 99").refused
    assert "there is no pane nothing" in COMMANDS.run(debugger, "show nothing").notice


def test_a_value_is_that_of_what_is_looked_at_or_of_a_name() -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    assert said(debugger, "print visit_all.number") == said(debugger, "print visit_all number") == ["number = 8"]
    COMMANDS.run(debugger, "goto visit_all")
    assert said(debugger, "print number") == ["number = 8"]
    assert said(debugger, "print")[0] == "symbol visit_all"
    assert "it has no colour" in COMMANDS.run(debugger, "print visit_all.colour").notice
    assert debugger.place.symbol is not None


def test_completions_are_whole_lines() -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    assert COMMANDS.completions(debugger, "sho") == ["show"]
    assert COMMANDS.completions(debugger, "show sym") == ["show symbols"]
    assert COMMANDS.completions(debugger, "g gree") == ["g greeted", "g greet"]
    assert COMMANDS.completions(debugger, "step 1") == []


def test_a_table_is_as_wide_as_its_cells() -> None:
    lines = table_lines(
        (Column("a", 9), Column("b", 9, right=True)), [[("x\x1b", ""), ("10", "")], [("y", ""), ("7", "")]]
    )
    assert [text_of(line) for line in lines] == ["  a       b", "  x\\x1b  10", "  y       7"]


def test_the_phase_and_the_relocation_looked_at_are_explained() -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    COMMANDS.run(debugger, "goto r0")
    lines = said(debugger, "explain")
    assert lines[0] == "R_WASM_FUNCTION_INDEX_LEB (0)"
    assert lines[1] == "  Writes the function index of a function symbol: ULEB128, padded to 5 bytes."
    assert any("Linking.md, Relocation Sections" in line for line in lines)
    assert "relocate" in lines or "emit" in lines
    assert said(debugger, "explain mark")[0] == "mark"
    assert "no lesson about nothing" in COMMANDS.run(debugger, "explain nothing").notice


@pytest.mark.parametrize("rest", ["", "1", "all", "greet", "greet.number 2", "[/x", "@5", "0x10", "\x1b\udc80"])
def test_no_command_breaks_whatever_follows_it(rest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for link in (linked(*HELLO), linked(HELLO[0], "nothing.o", strict=True)):
        debugger = Debugger(Opened(link))
        for name in COMMANDS.names:
            answer = COMMANDS.run(debugger, f"{name} {rest}")
            for line in (*answer.lines, [(answer.notice, "")]):
                assert text_of(line).isprintable(), name
            COMMANDS.completions(debugger, f"{name} {rest}")


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_what_a_step_is_about_is_called_by_its_kind_and_name(name: str) -> None:
    """Every kind of thing has a title and facts: none is shown as the text of a Python object."""
    found = steps(sample(name))
    kinds: dict[type, int] = {type(found.about(number)): number for number in range(1, len(found) + 1)}
    for number in kinds.values():
        thing = found.about(number)
        assert heading_of(thing).partition(" ")[0].islower(), heading_of(thing)
        assert str(thing) != heading_of(thing)
        assert facts(State(found, number), thing)


def test_the_memory_has_a_card_once_it_is_laid_out() -> None:
    debugger = Debugger(Opened(linked(*HELLO)))
    module = wasmtime.Module(wasmtime.Engine(), linked(*HELLO).emit.data)  # type: ignore[union-attr]
    pages = next(one.type.limits.min for one in module.exports if isinstance(one.type, wasmtime.MemoryType))
    COMMANDS.run(debugger, "goto end")
    COMMANDS.run(debugger, "goto memory")
    assert said(debugger, "show thing")[:2] == ["memory", f"pages   {pages} of 65,536 bytes"]
    COMMANDS.run(debugger, "goto @mark")
    COMMANDS.run(debugger, "goto memory")
    assert said(debugger, "show thing")[1] == "pages   ."


def test_show_prints_a_table_as_it_is_filtered_and_sorted_at_this_step() -> None:
    debugger = Debugger(Opened(sample("hello")))
    for line in ("view symbols", "filter kind:data", "sort name"):
        assert not COMMANDS.run(debugger, line).refused
    names = sorted(one.name for one in debugger.opened.symbols if one.kind == "data")
    answer = COMMANDS.run(debugger, "show symbols all")
    assert f"{len(names)} of {len(debugger.opened.symbols)}  filter: kind:data  sort: name ▲" in answer.notice
    rows = [text_of(line) for line in answer.lines if " data " in text_of(line)]
    assert len(rows) == len(names)
    assert all(name in row for name, row in zip(names, rows, strict=True))

    COMMANDS.run(debugger, "view relocs")
    COMMANDS.run(debugger, "goto @relocate")
    COMMANDS.run(debugger, "filter state:pending")
    total = len(debugger.opened.relocations)
    for number in range(1, 4):  # one more of them is patched each time, and nobody asks for a new arrangement
        assert f"{total - number} of {total}  filter: state:pending" in COMMANDS.run(debugger, "show relocs 3").notice
        COMMANDS.run(debugger, "step")


def test_show_steps_prints_those_that_hold_and_the_current_one() -> None:
    debugger = Debugger(Opened(sample("hello")))
    COMMANDS.run(debugger, "view link")
    assert not COMMANDS.run(debugger, "filter phase:emit").refused
    emitted = debugger.steps.rows[6]
    assert f"{emitted} of {len(debugger.steps)}  filter: phase:emit" in COMMANDS.run(debugger, "show steps all").notice
    COMMANDS.run(debugger, "goto @5")
    lines = [text_of(line) for line in COMMANDS.run(debugger, "show steps all").lines]
    assert len(lines) == emitted + 1
    assert lines[0].startswith("> @5 ")
    assert "in the order in which they happened" in COMMANDS.run(debugger, "sort kind").notice
    before, made = len(lines), Opened(sample.__wrapped__("hello"))
    debugger.answer(made)  # another link is filtered as this one was
    assert len(COMMANDS.run(debugger, "show steps all").lines) == before


def test_what_a_rule_keeps_has_no_relocation_on_its_path() -> None:
    """Constructors keep the function that calls them, and name it nowhere."""
    debugger = Debugger(Opened(sample("kernel")))
    COMMANDS.run(debugger, "goto __wasm_call_ctors")
    for pane in ("path", "thing"):
        lines = said(debugger, f"show {pane}")
        at = next(at for at, line in enumerate(lines) if line.startswith("plus_two"))
        assert "__wasm_call_ctors  it calls the constructor plus_two of constructors.o" in lines[at + 1]
