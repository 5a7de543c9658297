"""Source lines in what is printed: the numbers are those of the lines in the C source below."""

import json
from pathlib import Path

import pytest

from tests.toolchain import compiled
from wasmscope.cli.main import main

SOURCE = """\
static int counter = 4;
__attribute__((noinline)) static int bump(int by) {
  counter += by;
  return counter;
}
void _start(void) {
  bump(2);
}
"""


@pytest.fixture(scope="module", params=["-gdwarf-4", "-gdwarf-5"])
def file(request: pytest.FixtureRequest) -> Path:
    return compiled(SOURCE, request.param, "-O0", "-fdebug-compilation-dir=/src")


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]):
    def answer(*words: str) -> str:
        assert main([str(word) for word in words]) == 0
        return capsys.readouterr().out

    return answer


def test_dump_puts_each_line_before_its_first_instruction(printed, file: Path) -> None:
    (facts,) = json.loads(printed("dump", "--json", "--lines", "--only", "code", file))
    lines = {
        function["name"]: [one["source"]["line"] for one in function["instructions"] if "source" in one]
        for function in facts["code"]
    }
    assert set(lines["bump"]) == {2, 3, 4}
    assert set(lines["_start"]) == {7, 8}
    text = printed("dump", "--lines", "--only", "code", file).splitlines()
    before = text[text.index(next(line for line in text if "call" in line and "$bump" in line)) - 2 :]
    assert before[0].strip() == ";; /src/input.c:7:3"  # the argument is made on that line too


def test_dump_without_lines_has_none(printed, file: Path) -> None:
    assert ";;" not in printed("dump", "--only", "code", file)
    assert '"source"' not in printed("dump", "--json", "--only", "code", file)


def test_why_says_where_a_thing_is_in_the_source(printed, file: Path) -> None:
    (bump, *_) = json.loads(printed("why", "bump", "--json", file))
    assert bump["source"] == {"file": "/src/input.c", "line": 2, "column": 0}
    assert "  source  /src/input.c:2" in printed("why", "bump", file).splitlines()
    (counter, *_) = json.loads(printed("why", "counter", "--json", file))
    assert (counter["source"]["file"], counter["source"]["line"]) == ("/src/input.c", 1)


def test_why_says_where_the_site_of_a_relocation_is_in_the_source(printed, file: Path) -> None:
    (bump, *_) = json.loads(printed("why", "bump", "--json", file))
    (call,) = [one for one in bump["references"] if one["type"] == "R_WASM_FUNCTION_INDEX_LEB"]
    text = printed("why", f"{file}:{call['file_offset']}", file)
    assert text.splitlines()[0].endswith(f"at {call['file_offset']:#x}, /src/input.c:7:3")


def test_why_says_at_which_lines_a_thing_is_used(printed, file: Path) -> None:
    (bump, *_) = json.loads(printed("why", "bump", "--json", file))
    lines = {one["type"]: one["source"]["line"] for one in bump["references"] if one["source"]}
    assert lines == {"R_WASM_FUNCTION_INDEX_LEB": 7}
    assert "/src/input.c:7:3: R_WASM_FUNCTION_INDEX_LEB" in printed("why", "bump", file)


def test_why_says_at_which_line_each_relocation_of_the_path_is(printed, file: Path) -> None:
    (bump, *_) = json.loads(printed("why", "bump", "--json", file))
    assert [(one["source"] or {}).get("line") for one in bump["live"]] == [None, 7]
    assert "names bump, /src/input.c:7:3 @" in printed("why", "bump", file)


def test_dump_shows_units_and_ranges_when_asked(printed, file: Path) -> None:
    (facts,) = json.loads(printed("dump", "--json", "--only", "units,ranges", file))
    assert [(one["name"], one["directory"]) for one in facts["units"]] == [("input.c", "/src")]
    assert {(one["unit"], one["state"]) for one in facts["ranges"]} == {("input.c", "code")}
    assert facts["errors"] == []
    assert "Compilation units (1):" in printed("dump", "--only", "units", file)
    assert "units" not in json.loads(printed("dump", "--json", file))[0]


def test_what_is_no_debug_information_is_said_to_be_none(printed, tmp_path: Path, file: Path, capsys) -> None:
    (facts,) = json.loads(printed("dump", "--json", "--only", "sections", file))
    section = next(one for one in facts["sections"] if one["name"] == ".debug_abbrev")
    data = bytearray(file.read_bytes())
    data[section["contents"] : section["end"]] = b"\xff" * (section["end"] - section["contents"])
    (tmp_path / "damaged.o").write_bytes(data)
    assert main(["dump", "--only", "units", str(tmp_path / "damaged.o")]) == 4
    assert "debug information: the unit at 0x0 of .debug_info cannot be read" in capsys.readouterr().err
