"""`wasmscope why` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.explain.sample_links import SAMPLES
from tests.toolchain import reference
from wasmscope.cli.main import main

FILES = ["main.o", "greet.o"]


@pytest.fixture(autouse=True)
def in_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES / "hello")


def test_paths_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "print", "--json", "--paths=3", *FILES]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert len(facts["paths"]) == 3
    assert main(["why", "print", "--paths", "many", *FILES]) == 2
    assert "--paths must be a number" in capsys.readouterr().err


@pytest.mark.parametrize("thing", ["memory", "greet.o", "forget", "0x90", "slot:1", "greet.o:counter"])
def test_there_is_json_for_everything(thing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", thing, "--json", *FILES]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main(["why", thing, *FILES]) == 0
    assert capsys.readouterr().out


def test_the_paths_of_a_module_alone_are_those_of_its_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """hello has no relocation that its code does not show: the same functions and slots on every path."""
    module = tmp_path / "linked.wasm"
    module.write_bytes(reference(FILES, SAMPLES / "hello").output)
    assert main(["why", "print_number", "--json", "--paths=20", str(module)]) == 0
    (alone,) = json.loads(capsys.readouterr().out)
    assert main(["why", "print_number", "--json", "--paths=20", *FILES]) == 0
    (link,) = json.loads(capsys.readouterr().out)
    assert [[one["to"] for one in path] for path in alone["paths"]] == [
        [one["thing"].partition(" of ")[0] for one in path] for path in link["paths"]
    ]
    assert alone["paths"][0] == alone["reached"]
    assert main(["why", "print", "--paths=2", str(module)]) == 0
    assert "path 2:" in capsys.readouterr().out
