"""`wasmscope why` on the command line."""

from __future__ import annotations

import json

import pytest

from tests.explain.sample_links import SAMPLES
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
