"""The commands on a module that is linked already, without its objects."""

import json
from pathlib import Path

import pytest

from tests.explain.sample_links import reference_output
from tests.toolchain import compiled, reference
from wasmscope.cli.main import main
from wasmscope.format.module import read

SOURCE = """
int shared[4] = {1, 2, 3, 4};
__attribute__((noinline)) int helper(int x) { return x + shared[x]; }
void _start(void) { shared[2] = helper(2); }
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lone") / "linked.wasm"
    argv = [str(compiled(SOURCE, "-O1", "-gdwarf-4", "-fdebug-compilation-dir=/src")), "--build-id=0xabcd"]
    path.write_bytes(reference(argv).output or b"")
    return path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    """Run a command and give back its JSON; its text must be there as well."""

    def answer(*words: object, status: int = 0):
        assert main([*map(str, words), "--json"]) == status
        facts = json.loads(capsys.readouterr().out)
        assert main([*map(str, words)]) == status
        assert capsys.readouterr().out
        return facts

    return answer


def test_the_summary_of_a_module_is_that_of_its_bytes(ask, file: Path) -> None:
    facts, module = ask(file), read(file.read_bytes(), "linked.wasm")
    assert (facts["linked"], facts["size"], facts["errors"]) == (True, len(module.data), [])
    assert [one["name"] for one in facts["sections"]] == [one.name for one in module.sections]
    assert facts["functions"] == {"total": 2, "imported": 0, "exported": 1, "in_table": 0, "named": 2}
    assert [one["name"] for one in facts["exports"]] == ["memory", "_start"]
    assert facts["memory"]["pages"] == module.memories[0].min
    assert facts["build_id"] == "abcd"
    assert [(one["name"], one["directory"], one["version"]) for one in facts["units"]] == [("input.c", "/src", 4)]
    assert "processed-by" in [one["field"] for one in facts["producers"]]


def test_why_a_function_is_there(ask, file: Path) -> None:
    (facts,) = ask("why", "helper", file)
    assert [(one["what"], one["to"]) for one in facts["reached"]] == [("export '_start'", "_start"), ("call", "helper")]
    assert (facts["what"], facts["source"]["line"]) == ("(i32) -> i32", 3)
    assert facts["keepers"] == ["_start"]
    assert facts["retains"] >= facts["size"] > 0


def test_at_a_byte_of_memory_and_of_the_file(ask, file: Path) -> None:
    (start,) = ask("why", "_start", file)
    call = next(one for one in start["names"] if one["what"] == "call")
    facts = ask("at", hex(call["offset"]), file)
    assert (facts["byte"], facts["source"]["line"]) == (0x10, 4)
    data = read(file.read_bytes(), "").datas[0]
    facts = ask("at", f"mem:{data.offset[0].args[0] + 4:#x}", file)
    assert (facts["byte"], facts["offset"], facts["variable"]["name"]) == (2, data.start + 4, "shared")


def test_steps_of_a_module_are_refused_clearly(file: Path, capsys) -> None:
    assert main(["steps", str(file)]) == 1
    assert "is linked already, and does not hold the steps of its link" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["why", "nobody"], ["at", "0xffffff"], ["at", "nothing+4"], ["why", "func:99"]])
def test_what_is_not_there_is_an_error(words: list[str], file: Path, capsys) -> None:
    assert main([*words, str(file)]) == 1
    assert capsys.readouterr().err.startswith("wasmscope: ")


def test_similar_names_are_offered(file: Path, capsys) -> None:
    assert main(["why", "helpr", str(file)]) == 1
    assert "did you mean helper?" in capsys.readouterr().err


def test_a_damaged_module_is_shown_as_far_as_it_can_be_read(tmp_path: Path, capsys) -> None:
    data = reference_output("hello")
    for size in range(8, len(data), 37):
        (tmp_path / "cut.wasm").write_bytes(data[:size])
        assert main([str(tmp_path / "cut.wasm")]) in (0, 4)
        assert main([str(tmp_path / "cut.wasm"), "--json"]) in (0, 4)
        assert main(["at", "0x7", str(tmp_path / "cut.wasm")]) in (0, 4)
        assert main(["why", "func:0", str(tmp_path / "cut.wasm")]) in (0, 1, 4)
    assert "internal error" not in capsys.readouterr().err


def test_objects_are_still_linked(tmp_path: Path, capsys, ask) -> None:
    facts = ask(compiled(SOURCE, "-O1", "-g0"))
    assert "phases" in facts


def test_at_in_a_module_of_another_linker_tells_the_objects_side_too(ask, file: Path) -> None:
    source = compiled(SOURCE, "-O1", "-gdwarf-4", "-fdebug-compilation-dir=/src")
    (start,) = ask("why", "_start", file)
    call = next(one for one in start["names"] if one["what"] == "call")
    facts = ask("at", hex(call["offset"] + 1), "--in", file, source)
    assert facts["relocation"]["type"] == "R_WASM_FUNCTION_INDEX_LEB"
    assert (facts["relocation"]["names"], facts["relocation"]["ok"]) == ("helper", True)
    assert (facts["input"]["file"], facts["input"]["symbol"]) == (str(source), "_start")
    assert facts["there"]["offset"] == call["offset"] + 1
    header = ask("at", f"{source}:0x1", "--in", file, source)
    assert (header["there"], header["input"]["byte"]) == (None, ord("a"))


def test_at_in_an_object_is_refused(file: Path, capsys) -> None:
    source = str(compiled(SOURCE, "-O1", "-gdwarf-4", "-fdebug-compilation-dir=/src"))
    assert main(["at", "3", "--in", source, source]) == 3
    assert "is an object, not a linked module" in capsys.readouterr().err


READ_AS_NOTHING = {"empty": b"", "cut": b"\0asm", "component": b"\0asm\x0d\0\1\0", "elf": b"\x7fELF"}


@pytest.mark.parametrize("data", READ_AS_NOTHING.values(), ids=READ_AS_NOTHING)
@pytest.mark.parametrize("command", [[], ["why", "x"], ["size"], ["at", "4"]], ids=" ".join)
def test_what_cannot_be_read_at_all_has_one_exit_code(command: list[str], data: bytes, tmp_path) -> None:
    path = tmp_path / "given.wasm"
    path.write_bytes(data)
    assert main([*command, str(path)]) == 3
