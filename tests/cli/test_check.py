"""`wasmscope check`: what it prints, and its exit code."""

import json
from pathlib import Path

import pytest

from tests.link.inputs import call, constructor, datum, function, kept, library, made
from wasmscope.cli.main import main
from wasmscope.explain.checking.findings import Finding, Place
from wasmscope.report.checks import check_facts, lines

GOOD = [function("_start", call("f")), function("f")]
BAD = [function("_start"), kept(call("absent", weak=True))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "good.o").write_bytes(made(GOOD))
    (tmp_path / "bad.o").write_bytes(made(BAD))
    (tmp_path / "cut.o").write_bytes(made(GOOD)[:-3])
    (tmp_path / "lib.a").write_bytes(library(good=[function("g")], bad=BAD))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.o"]) == 0
    assert capsys.readouterr().out == "nothing found\n"


def test_something_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "bad.o"]) == 1
    out = capsys.readouterr().out
    assert "weak-call-traps: " in out
    assert "  bad.o 0x" in out
    assert " (code) in keeper\n    1 call of absent, which is weak and undefined\n" in out
    assert out.endswith("1 finding of 1 rule\n")


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "bad.o", "--no-stack-first"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert [one["rule"] for one in facts["findings"]] == ["weak-call-traps"]
    assert set(facts["findings"][0]) == {
        "rule", "file", "section", "offset", "function", "found", "consequence", "source",
    }  # fmt: skip
    assert facts["failed"] is None


def test_members_are_checked_when_they_join(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "good.o", "lib.a"]) == 0
    assert main(["check", "lib.a", "-u", "g", "--no-entry"]) == 0
    assert main(["check", "lib.a", "-u", "keeper"]) == 1
    assert "lib.a(bad.o) 0x" in capsys.readouterr().out


def test_linked_modules_and_damaged_objects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["link", "good.o", "-o", "linked.wasm"]) == 0
    assert main(["check", "linked.wasm"]) == 0
    assert main(["check", "linked.wasm", "good.o"]) == 0
    capsys.readouterr()
    assert main(["check", "cut.o"]) == 1
    out, err = capsys.readouterr()
    assert "malformed: " in out
    assert "  cut.o 0x" in out
    assert "error: cut.o: " in err


def test_usage_and_what_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert main(["check", "absent.o"]) == 3
    assert main(["check", "good.o", "--strict", "-e", "nothing"]) == 1


def test_what_the_viewer_assumes_is_not_held_against_the_link(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = made([function("f"), function("c"), datum("d"), constructor("c")])
    (folder / "one.o").write_bytes(one)
    assert main(["check", "one.o"]) == 0
    assert "assumed --no-entry --export-dynamic" in capsys.readouterr().err


def test_long_lists_are_cut() -> None:
    found = [Finding("sites-overlap", Place("a.o", "code", number), f"number {number}") for number in range(100)]
    text = list(lines(check_facts(found, None)))
    assert "  … and 80 more (--json prints all)" in text
    assert text[-1] == "100 findings of 1 rule"
