"""`wasmscope audit` on the command line: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.broken import CASES, Case, cases
from tests.explain.sample_links import SAMPLES
from wasmscope.cli.main import main
from wasmscope.format.module import read

CASE = CASES["bss-too-low"]


@pytest.fixture(autouse=True)
def in_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASE.folder)


@pytest.fixture
def true(tmp_path: Path) -> str:
    """What the reference linker makes of the case."""
    path = tmp_path / "linked.wasm"
    path.write_bytes(CASE.true)
    return str(path)


def test_what_is_wrong_is_printed_by_cause_with_its_sites(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "linked.wasm", *CASE.link]) == 1
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert first == "linked.wasm has other bytes than our own link of the same command line"
    assert second.endswith("checked 8 relocations and 4 records")  # export, function type, global and memory
    assert rest[1].startswith("wrong segment base: all 4 MEMORY_ADDR relocations against .bss are 16 too low: ")
    assert [line.split()[0] for line in rest if line.startswith("  0x")] == [hex(site) for site in CASE.sites]
    assert rest[-1] == "4 findings of 1 cause"


def test_names_are_those_that_people_wrote(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES["comdat-loser"]
    monkeypatch.chdir(case.folder)
    assert main(["audit", "linked.wasm", *case.link]) == 1
    told = capsys.readouterr().out
    assert "next() in again() of again.o: found 3 (function 3 is next() of again.o), expected 1 = index(next())" in told
    assert "_Z" not in told
    assert main(["audit", "linked.wasm", "--no-demangle", *case.link]) == 1
    assert "_Z4nextv in _Z5againv of again.o: found 3" in capsys.readouterr().out


def test_a_cause_is_counted_once_for_sites_and_for_bytes_elsewhere(
    monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES["stale-offset"]
    monkeypatch.chdir(case.folder)
    assert main(["audit", "linked.wasm", *case.link]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 findings of 1 cause"


def test_the_same_bytes_are_said_first(true: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", true, *CASE.link]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{true} has the same bytes as our own link of the same command line"
    assert lines[-1] == "nothing found"


def test_json_has_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--json", "linked.wasm", *CASE.link]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert not facts["identical"]
    (group,) = facts["groups"]
    assert group["cause"] == CASE.cause
    assert tuple(one["offset"] for one in group["findings"]) == CASE.sites
    for one in group["findings"]:
        assert (one["file"], one["atom"], one["target"]) == ("main.o", "run", "zeros")
        assert one["expected"] - one["found"] == 16


def test_another_order_of_the_objects_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES["no-tombstone"]
    path = tmp_path / "linked.wasm"
    path.write_bytes(case.true)
    objects = [str(case.folder / word) for word in case.link if word.endswith(".o")]
    assert main(["audit", str(path), "--no-entry", *reversed(objects)]) == 0
    second = capsys.readouterr().out.splitlines()[1]
    assert second == f"the module has the objects in another order, which counts here: {' '.join(objects)}"


@pytest.mark.parametrize("case", cases())
def test_the_fault_of_every_broken_link_is_named_first(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(case.folder)
    assert main(["audit", "--json", "linked.wasm", *case.link]) == 1
    assert json.loads(capsys.readouterr().out)["groups"][0]["cause"] == case.cause


def test_other_objects_than_those_of_the_module_are_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "linked.wasm", str(SAMPLES / "hello" / "main.o")]) == 4
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "nothing was checked: the module was made from other objects"


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ([], 2, "no linked module given"),
        (["linked.wasm"], 2, "no input files"),
        (["main.o", "main.o"], 3, "main.o: is an object, not a linked module"),
        (["absent.wasm", "main.o"], 3, "cannot open absent.wasm"),
        (["main.c", "main.o"], 3, "main.c: invalid magic number"),
        (["linked.wasm", "absent.o"], 3, "the objects cannot be read"),
        (["linked.wasm", "-r", "main.o"], 2, "-r makes an object"),
    ],
)
def test_what_cannot_be_audited(words: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", *words]) == status
    assert told in capsys.readouterr().err


def test_a_module_that_is_cut_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.wasm"
    path.write_bytes(CASE.broken[:100])
    assert main(["audit", str(path), *CASE.link]) == 3
    assert "section too large (section code, offset 0x" in capsys.readouterr().err


def test_inputs_stay_as_they_are() -> None:
    before = {path: path.read_bytes() for path in CASE.folder.iterdir()}
    main(["audit", "linked.wasm", *CASE.link])
    assert {path: path.read_bytes() for path in CASE.folder.iterdir()} == before


def test_a_record_is_told_with_its_place_and_so_is_its_byte(true: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = read(Path(true).read_bytes(), true)
    (run,) = (number for number, one in enumerate(module.exports) if one.name == "run")
    start, end = module.exports.span(run)
    Path(true).write_bytes(module.data[: end - 1] + b"\x63" + module.data[end:])
    assert main(["audit", true, *CASE.link]) == 1
    lines = capsys.readouterr().out.splitlines()
    place = lines.index("export of another: 1 export: the export leads to something else than its name says")
    assert lines[place + 1] == f"  {start:#x}"
    told = "export run: found 99 (there is no function 99), expected 0 = index(run)"
    assert lines[place + 2].startswith(f"    {told}: ")
    assert main(["at", hex(end - 1), "--in", true, *CASE.link]) == 0
    assert f"✗ {told}" in capsys.readouterr().out
    assert main(["audit", "--json", true, *CASE.link]) == 1
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    (one,) = group["findings"]
    assert (one["record"], one["target"], one["offset"], one["file"]) == ("export", "run", start, None)
