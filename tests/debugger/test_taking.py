"""What is copied, saved and exported: others can read it, and the command prints what is looked at."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import pytest
import wasmtime

from tests.samples import SAMPLES
from tests.toolchain import compiled
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.debugger.copying import as_c, as_python, identifier
from wasmscope.debugger.cursor import VIEWS, at_thing
from wasmscope.debugger.panes.listing import code_rows
from wasmscope.debugger.question import Linker, Question
from wasmscope.debugger.session import Debugger, opened_on
from wasmscope.format.module import read
from wasmscope.format.types import FuncType
from wasmscope.link.model import Atom


@pytest.fixture
def hello(monkeypatch) -> Debugger:
    monkeypatch.chdir(SAMPLES["hello"].folder)
    return opened_on(Question(SAMPLES["hello"].link), Linker())


def copied(debugger: Debugger, line: str) -> str:
    answer = COMMANDS.run(debugger, line)
    assert not answer.refused, answer.notice
    return answer.copied


def test_bytes_are_the_same_as_hex_as_c_and_as_python(hello) -> None:
    COMMANDS.run(hello, "goto greet")
    place = hello.place
    data = hello.link.emit.data[place.start : place.end]
    assert len(data) > 20
    assert bytes.fromhex(copied(hello, "copy hex")) == data
    found: dict[str, bytes] = {}
    exec(copied(hello, "copy python"), found)
    assert found["greet"] == data
    object = compiled(f"{copied(hello, 'copy c')}\nconst unsigned char *f(void) {{ return greet; }}")
    assert data in b"".join(object.read_bytes()[one.start : one.end] for one in read(object.read_bytes(), "x").datas)


def test_wat_names_what_is_called_and_json_is_what_why_prints(hello) -> None:
    COMMANDS.run(hello, "goto greet")
    wat = copied(hello, "copy wat")
    assert wat.startswith("(func $greet (param i32) ;; greet")
    assert "<print>" in wat
    facts = json.loads(copied(hello, "copy json"))
    assert facts["name"] == "greet"
    ran = wasmscope(["why", "greet", "--json", *SAMPLES["hello"].link])
    assert json.loads(ran)[0]["references"] == facts["references"]


@pytest.mark.parametrize("sample", ["hello", "shapes", "kernel"])
def test_wat_is_read_by_an_engine_as_the_same_instructions(sample: str, monkeypatch) -> None:
    monkeypatch.chdir(SAMPLES[sample].folder)
    debugger = opened_on(Question(SAMPLES[sample].link), Linker())
    atoms = [one for one in debugger.steps.places.pieces if isinstance(one, Atom) and one.kind == "function"]
    assert len(atoms) > 5
    for atom in atoms:
        debugger.go(at_thing(debugger.steps, debugger.place, atom))
        wat = copied(debugger, "copy wat")
        made = read(bytes(wasmtime.wat2wasm(f"(module {wat})")), "made.wasm")
        ((start, end),) = [(one.start, one.end) for one in made.bodies]
        got = [row.instruction.text() for row in code_rows(made.data[start:end]) if row.instruction is not None]
        data = debugger.link.relocate.bytes.get(atom, debugger.steps.places.original(atom))
        assert got == [row.instruction.text() for row in code_rows(data) if row.instruction is not None], atom.name
        (signature,) = {made.types[number] for number in made.functions}
        assert signature == (atom.signature or FuncType((), ()))


def test_the_command_for_a_local_symbol_means_no_other_of_that_name(hello, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SAMPLES["hello"].folder.parent.parent))
    COMMANDS.run(hello, "view symbols")
    COMMANDS.run(hello, "goto greet.o:.L.str")
    command = shlex.split(copied(hello, "copy command"))
    assert command[:3] == ["wasmscope", "why", "greet.o:.L.str"]
    said = wasmscope(command[1:])
    assert "from greet.o" in said
    assert "from main.o" not in said


def wasmscope(words: list[str]) -> str:
    command = [sys.executable, "-m", "wasmscope", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["view link", "goto @40"], "print: greet.o defines it, in place of the undefined mention in main.o\n"),
        (["view symbols", "goto greet"], "greet: defined function, from greet.o\n"),
        (["view relocs", "goto r5"], "relocation 4 of _start (main.o), at 0xfc\n"),
        (["view bytes", "goto 0x40"], "  output   0x40, import+0x20"),
        (["diff @10 @20"], "@10 → @20: 10 steps"),
        (["diff --no-gc-sections", "set --no-gc-sections", "diff"], "forget"),
        (["why print"], "path 4:\n"),
        (["goto mem:0x10004"], "mem:0x10004: 65, a string"),  # linker[4]
        (["leave-out greet.o", "view symbols", "goto greet"], "undefined function"),
    ],
)
def test_the_command_prints_what_is_looked_at(hello, monkeypatch, lines, says) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SAMPLES["hello"].folder.parent.parent))
    for line in lines:
        COMMANDS.run(hello, line)
    command = shlex.split(copied(hello, "copy command"))
    assert command[0] == "wasmscope"
    assert says in wasmscope(command[1:])


def test_no_command_is_copied_for_a_link_that_no_command_line_asks_for(hello) -> None:
    COMMANDS.run(hello, "unplug greet")
    for view in ("symbols", "diff"):
        COMMANDS.run(hello, f"view {view}")
        answer = COMMANDS.run(hello, "copy command")
        assert answer.refused
        assert "no command line says that: unplug function" in answer.notice


def test_a_strict_link_is_asked_for_strictly(monkeypatch) -> None:
    monkeypatch.chdir(SAMPLES["hello"].folder)
    debugger = opened_on(Question(("main.o", "--entry=_start"), strict=True), Linker())
    command = shlex.split(copied(debugger, "copy command"))
    assert "--strict" in command
    assert "--import-undefined" not in wasmscope(command[1:])


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_exported_as_text_and_json(hello, view, tmp_path) -> None:
    COMMANDS.run(hello, "goto greet")
    COMMANDS.run(hello, f"view {view}")
    for format in ("text", "json"):
        path = tmp_path / f"{view}.{format}"
        assert not COMMANDS.run(hello, f"export {format} {path}").refused
        answer = COMMANDS.run(hello, f"export {format} {path}")
        assert answer.refused
        assert "nothing is overwritten" in answer.notice
    facts = json.loads((tmp_path / f"{view}.json").read_text())
    assert facts["view"] == view
    assert facts["step"]["number"] == hello.place.step
    assert all(pane.get("lines") or pane.get("rows") is not None for pane in facts["panes"].values())
    assert (tmp_path / f"{view}.text").read_text().startswith(f"wasmscope {view} @{hello.place.step}")


def test_the_tables_are_exported_whole(hello, tmp_path) -> None:
    COMMANDS.run(hello, "view symbols")
    COMMANDS.run(hello, f"export json {tmp_path / 'symbols.json'}")
    rows = json.loads((tmp_path / "symbols.json").read_text())["panes"]["symbols"]["rows"]
    assert [row["name"] for row in rows] == [hello.opened.naming.of(one) for one in hello.opened.symbols]


def test_what_cannot_be_taken_is_refused(hello, tmp_path) -> None:
    for line, why in (
        ("copy tea", "in which form?"), ("export tea", "export as what?"), ("export svg", "no screen to draw"),
        (f"save hex {tmp_path}/none/x", "cannot write"),
    ):  # fmt: skip
        answer = COMMANDS.run(hello, line)
        assert answer.refused
        assert why in answer.notice


def test_a_saved_file_gets_a_name_that_is_free(hello, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    COMMANDS.run(hello, "goto greet")
    for _ in range(2):
        assert not COMMANDS.run(hello, "save hex").refused
    assert sorted(path.name for path in tmp_path.iterdir()) == ["wasmscope-2.hex", "wasmscope.hex"]


def test_a_saved_file_can_be_named_from_home(hello, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    COMMANDS.run(hello, "goto greet")
    answer = COMMANDS.run(hello, "save hex ~/greet.hex")
    assert str(tmp_path / "greet.hex") in answer.notice
    assert bytes.fromhex((tmp_path / "greet.hex").read_text())


def test_a_difference_without_rows_is_exported_too(hello, tmp_path) -> None:
    COMMANDS.run(hello, "diff @10 @10")
    assert len(hello.scene().comparison.rows) == 0
    for format in ("text", "json"):
        assert not COMMANDS.run(hello, f"export {format} {tmp_path / format}").refused
    facts = json.loads((tmp_path / "json").read_text())
    assert (facts["compared"], facts["panes"]["difference"]["rows"]) == ("@10 → @10", [])


@pytest.mark.parametrize("name", ["", "7zip", "日本"])
def test_what_has_no_name_of_its_own_in_c_or_python_is_called_by_where_it_is(name: str) -> None:
    found: dict[str, bytes] = {}
    exec(as_python(identifier(name, 0x20), b"abc"), found)
    assert b"abc" in found.values()
    assert compiled(as_c(identifier(name, 0x20), b"abc"), "-std=c23").exists()


@pytest.mark.parametrize("name", ["raise", "None", "default", "typeof", "goto"])
def test_a_name_that_is_a_keyword_of_c_or_python_is_none_in_what_is_copied(name: str) -> None:
    found: dict[str, bytes] = {}
    exec(as_python(identifier(name, 0), b"abc"), found)
    assert found[f"{name}_"] == b"abc"
    assert compiled(as_c(identifier(name, 0), b"abc"), "-std=c23").exists()
