"""`wasmscope size` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.explain.sample_links import SAMPLES
from tests.toolchain import reference
from wasmscope.cli.main import main
from wasmscope.format.module import read

FILES = ["main.o", "greet.o"]


@pytest.fixture(autouse=True)
def in_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES / "hello")


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    """Run `size --json` and give back its facts."""

    def answer(*words: str, status: int = 0):
        assert main(["size", "--json", *words]) == status
        return json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture
def module(tmp_path: Path) -> str:
    """A module that the reference linked."""
    path = tmp_path / "linked.wasm"
    path.write_bytes(reference(FILES, SAMPLES / "hello").output)
    return str(path)


def test_a_link_and_the_module_that_the_reference_made_of_it_have_one_size(ask, module: str) -> None:
    alone, link = ask(module), ask(*FILES, "-o", "linked.wasm")
    assert alone["size"] == link["size"] == len(Path(module).read_bytes())
    assert [(one["name"], one["size"]) for one in alone["rows"]] == [
        (one["name"], one["size"]) for one in link["rows"]
    ]


def test_two_modules_are_compared(ask, module: str, tmp_path: Path) -> None:
    stripped = tmp_path / "stripped.wasm"
    stripped.write_bytes(reference([*FILES, "-s"], SAMPLES / "hello").output)
    facts = ask(module, "--against", str(stripped), "--against", module)
    names = next(one for one in facts["rows"] if one["name"] == "name")
    assert names["changes"] == [names["size"], 0]


def test_a_link_that_the_reference_reproduced_is_another_to_compare_with(ask, tmp_path: Path) -> None:
    tar = tmp_path / "repro.tar"
    output = reference([*FILES, "--export-all", f"--reproduce={tar}"], SAMPLES / "hello").output
    facts = ask(*FILES, "-o", "linked.wasm", "--against", str(tar), "--by=object")
    assert facts["against"] == [{"name": str(tar), "size": len(output)}]
    assert sum(one["changes"][0] for one in facts["rows"]) == facts["size"] - len(output)


def test_options_are_added_to_the_links_own(ask) -> None:
    facts = ask(*FILES, "--against-options", "--no-gc-sections --export-all", "--by=symbol")
    expected = reference([*FILES, "--no-gc-sections", "--export-all"], SAMPLES / "hello").output
    names = len("linked.wasm") - len("a.out")  # the output's name is in it
    assert facts["against"] == [{"name": "--no-gc-sections --export-all", "size": len(expected) - names}]


def test_a_module_with_its_relocations_is_not_linked_again(ask, tmp_path: Path) -> None:
    path = tmp_path / "emitted.wasm"
    path.write_bytes(reference([*FILES, "--emit-relocs"], SAMPLES / "hello").output)
    assert ask(str(path))["size"] == len(path.read_bytes())


def test_text_is_printed_to_as_many_rows_as_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["size", "--by", "object", "--top=1", *FILES]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "a.out: 932 bytes"
    assert out[-2].split() == ["434", "greet.o"]
    assert out[-1].startswith("  … and 2 more, 498 bytes")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--by=colour", *FILES], 2, "rows cannot be made by 'colour'"),
        (["--top=few", *FILES], 2, "--top must be a number"),
        (["--against", "none.wasm", *FILES], 3, "cannot open none.wasm"),
        (["--against", "main.c", *FILES], 3, "invalid magic number"),
        ([*FILES, "main.o"], 1, "the link failed, so there is no output"),
        ([*FILES, "--against-options=--initial-memory=1"], 1, "the link with --initial-memory=1 failed"),
        ([*FILES, "--against-options=--export='f"], 2, "no closing quotation"),
        ([*FILES, "--against", "none.tar"], 3, "none.tar"),
        ([], 2, "no input files"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], status: int, said: str, capsys) -> None:
    assert main(["size", *words]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_a_module_knows_no_objects(module: str, capsys) -> None:
    assert main(["size", module, "--by=member"]) == 1
    assert "does not say which member" in capsys.readouterr().err
    assert main(["size", module, "--against-options=-s"]) == 2
    assert "needs objects to link" in capsys.readouterr().err


def test_a_damaged_module_is_sized_in_part(module: str, tmp_path: Path, capsys) -> None:
    cut = tmp_path / "cut.wasm"
    cut.write_bytes(Path(module).read_bytes()[:500])
    assert main(["size", str(cut)]) == 4
    assert capsys.readouterr().out.startswith(f"{cut}: 500 bytes")


def test_code_that_cannot_be_decoded_is_sized_all_the_same(module: str, tmp_path: Path, capsys) -> None:
    data = bytearray(Path(module).read_bytes())
    body = read(bytes(data), module).bodies[0]
    data[body.code_start] = 0xFF  # a count of locals that does not end
    broken = tmp_path / "broken.wasm"
    broken.write_bytes(data)
    for by in ("symbol", "source", "dominator"):
        assert main(["size", str(broken), "--by", by]) == 0
        assert capsys.readouterr().out.startswith(f"{broken}: {len(data)} bytes")
