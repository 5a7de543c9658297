"""Audits, sizes, stories of bytes and failed checks, asked for in a session."""

import tomllib
from pathlib import Path

import pytest

from tests.samples import FOLDER
from tests.toolchain import compiled, reference
from wasmscope.debugger.commands.command import Answer
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.cursor import BYTES, RELOCS
from wasmscope.debugger.panes.reloc_rows import formula_lines
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.render import text_of
from wasmscope.debugger.session import Debugger, opened_on
from wasmscope.explain.checking.check_steps import failed_checks
from wasmscope.format.module import read
from wasmscope.link.model import Symbol

BROKEN = FOLDER / "broken"
CASES = tomllib.loads((BROKEN / "cases.toml").read_text())
HELLO = [str(FOLDER / "hello" / name) for name in ("main.o", "greet.o")]


def session_over(*words: str) -> Debugger:
    return opened_on(Question(words), Linker())


def asked(debugger: Debugger, line: str) -> Answer:
    answer = COMMANDS.run(debugger, line)
    assert not answer.refused, answer.notice
    return answer


@pytest.mark.parametrize("case", ["addend-dropped", "slot-off-by-one", "zig-weak-alias", "local-by-name"])
def test_an_audit_leads_to_the_relocation_that_is_wrong(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN / case)
    debugger = session_over(*CASES[case]["link"].split())
    answer = asked(debugger, "audit linked.wasm")
    assert text_of(answer.picks[0].spans).startswith(CASES[case]["cause"])
    asked(debugger, "pick 2")
    assert debugger.place.view == RELOCS
    assert debugger.place.relocation is not None
    assert debugger.audited is not None
    finding = debugger.audited.at[debugger.place.relocation]
    assert finding.offset in CASES[case]["sites"]
    card = formula_of(debugger)
    assert str(finding.expected) in card[1]
    assert str(finding.found) in card[2]
    assert asked(debugger, "audit").picks == answer.picks


def at_first_finding(case: str, monkeypatch: pytest.MonkeyPatch) -> Debugger:
    """A session over a broken module's link, where the audit of the module leads first."""
    monkeypatch.chdir(BROKEN / case)
    debugger = session_over(*CASES[case]["link"].split())
    asked(debugger, "audit linked.wasm")
    asked(debugger, "pick 2")
    return debugger


def formula_of(debugger: Debugger) -> list[str]:
    """The card of the relocation that is looked at."""
    return [text_of(line.spans) for line in formula_lines(debugger.scene(), debugger.place.relocation)]


def test_the_panel_beside_a_byte_says_what_an_audit_found_there(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = at_first_finding("no-tombstone", monkeypatch)
    card = formula_of(debugger)
    assert card[1].startswith("  expected -1 = 0xffffffff "), "as the table has it, which knows numbers as signed"
    asked(debugger, "view Bytes")
    panel = "\n".join(text_of(line) for line in asked(debugger, "show inspector all").lines)
    assert all(line.strip() in panel for line in card[:3]), panel


def test_what_an_audit_says_of_a_relocation_is_in_names_that_people_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = at_first_finding("comdat-loser", monkeypatch)
    said = formula_of(debugger)
    assert any("address(next()::count)" in line for line in said)
    assert said[-1] == "this link does not apply it: its atom is of a COMDAT group that another file has"
    assert not any("_Z" in line for line in said)


def test_a_relocation_that_nothing_would_be_right_for_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = at_first_finding("weak-over-strong", monkeypatch)
    card = formula_of(debugger)
    assert card[1] == "  expected nothing that is there: limit of strong.o was not found in the module  index(limit)"


def test_an_audit_of_what_wasm_ld_made_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "linked.wasm"
    path.write_bytes(reference([*HELLO, "--import-undefined"]).output or b"")
    debugger = session_over(*HELLO)
    answer = asked(debugger, f"audit {path}")
    assert not answer.picks
    assert "nothing found" in answer.notice
    assert answer.notice.startswith(f"{path}: the same bytes as this link, but for the name of the module; ")
    assert "cannot open" in COMMANDS.run(debugger, "audit /nowhere").notice
    assert "is an object" in COMMANDS.run(debugger, f"audit {HELLO[0]}").notice


def test_an_audit_leads_to_the_symbol_of_an_export_that_is_wrong(tmp_path: Path) -> None:
    """And to the section, where a record is for no symbol: a memory that is too small for the data."""
    path = tmp_path / "linked.wasm"
    line = [*HELLO, "--import-undefined", "--export-dynamic", "--export=print"]
    output = reference(line).output or b""
    module = read(output, "linked.wasm")
    memory = module.section(5)
    number = next(at for at, one in enumerate(module.exports) if one.name == "print")
    start, end = module.exports.span(number)
    assert memory is not None
    changed = bytearray(output)
    changed[end - 1] += 1
    changed[memory.end - 1] = 1
    path.write_bytes(changed)
    debugger = session_over(*line)
    told = [text_of(one.spans) for one in asked(debugger, f"audit {path}").picks]
    assert [one.partition(":")[0] for one in told if one.startswith("  0x")] == [
        f"  {memory.contents + 1:#x}  memory of 1 page", f"  {start:#x}  export print"]  # fmt: skip
    asked(debugger, f"pick {1 + next(at for at, one in enumerate(told) if 'export print' in one)}")
    assert isinstance(debugger.place.symbol, Symbol)
    assert debugger.place.symbol.name == "print"
    card = "\n".join(text_of(line) for line in asked(debugger, "show thing").lines)
    assert f"! in linked.wasm at {start:#x}: export print: found " in card
    asked(debugger, f"audit {path}")
    asked(debugger, f"pick {1 + next(at for at, one in enumerate(told) if 'memory of' in one)}")
    sections = debugger.link.emit.sections
    assert debugger.place.start == next(one.start for one in sections if one.name == "memory")


def test_other_names_are_other_bytes(tmp_path: Path) -> None:
    path = tmp_path / "linked.wasm"
    output = reference([*HELLO, "--import-undefined"]).output or b""
    path.write_bytes(output.replace(b"\5shout", b"\5SHOUT"))
    assert asked(session_over(*HELLO), f"audit {path}").notice.startswith(f"{path}: other bytes than this link; ")


def test_objects_in_another_order_are_audited_as_the_module_has_them(tmp_path: Path) -> None:
    path = tmp_path / "linked.wasm"
    path.write_bytes(reference([*reversed(HELLO), "--import-undefined"]).output or b"")
    debugger = session_over(*HELLO)
    assert "nothing found" in asked(debugger, f"audit {path}").notice


def test_sizes_are_those_of_the_output_and_lead_to_the_things() -> None:
    debugger = session_over(*HELLO)
    output = debugger.link.emit
    assert output is not None
    answer = asked(debugger, "size")
    sizes = {one.spans[1][0].strip(): int(one.spans[0][0].replace(",", "")) for one in answer.picks}
    assert sum(sizes.values()) == len(output.data)
    code = next(one for one in output.sections if one.name == "code")
    assert sizes["code"] == code.end - code.start
    answer = asked(debugger, "size symbol")
    row = next(number for number, one in enumerate(answer.picks, 1) if one.spans[1][0].strip() == "greet")
    asked(debugger, f"pick {row}")
    assert isinstance(debugger.place.symbol, Symbol)
    assert debugger.place.symbol.name == "greet"
    own = [one.spans[0][0].split()[1] for one in asked(debugger, "size dominator").picks]
    assert sum(int(text.replace(",", "")) for text in own) == len(output.data)
    assert "size by what?" in COMMANDS.run(debugger, "size moons").notice


def test_sizes_beside_a_module_are_how_much_each_row_grew(tmp_path: Path) -> None:
    path = tmp_path / "other.wasm"
    path.write_bytes(reference([HELLO[0], "--import-undefined", "--no-entry", "--export-all"]).output or b"")
    debugger = session_over(*HELLO)
    answer = asked(debugger, f"size against {path}")
    before = {one.name: one.end - one.start for one in read(path.read_bytes(), "a").sections}
    after = {one.name: one.end - one.start for one in read(debugger.link.emit.data, "b").sections}
    grown = {name: after.get(name, 0) - before.get(name, 0) for name in before.keys() | after.keys()}
    told = {one.spans[1][0].strip(): int(one.spans[0][0].split()[0].replace(",", "")) for one in answer.picks}
    assert told == {name: size for name, size in grown.items() if size}
    total = len(debugger.link.emit.data) - path.stat().st_size
    assert f"{total:+,} against" in answer.title
    for line, why in (("size against", "which module"), ("size against /nowhere", "cannot open")):
        assert why in COMMANDS.run(debugger, line).notice


def test_the_story_of_a_byte_is_told_of_the_one_at_the_cursor_or_a_named_one() -> None:
    debugger = session_over(*HELLO)
    named = asked(debugger, "at greet+3").lines
    assert any("greet" in text_of(line) for line in named)
    asked(debugger, "goto greet+3")
    assert debugger.place.view == BYTES
    here = asked(debugger, "at").lines
    assert [text_of(line) for line in here][1:] == [text_of(line) for line in named][1:]
    assert COMMANDS.run(debugger, "at nowhere").refused


def test_failed_checks_are_a_list_that_leads_to_their_steps() -> None:
    debugger = session_over(*HELLO)
    assert asked(debugger, "checks").notice == "no check failed"
    weak = compiled("__attribute__((weak)) void f(void); void _start(void) { f(); }")
    debugger = session_over(str(weak))
    answer = asked(debugger, "checks")
    assert "weak-call-traps" in text_of(answer.picks[0].spans)
    asked(debugger, "pick 1")
    assert debugger.place.step == failed_checks(debugger.steps)[0].step
