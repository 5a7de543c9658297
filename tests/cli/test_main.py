"""Every command ends with a message and an exit code, whatever it is given."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toolchain import compiled
from wasmscope.cli.main import main
from wasmscope.cli.progress import Progress

EMPTY_START = "void _start(void) {}"
DAMAGED = "int out(int x); int table[3] = {1, 2}; void _start(void) { table[1] = out((int)&_start) + table[2]; }"

COMMANDS = ["link", "dump", "steps", "why", "at", "check"]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wasmscope", *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def test_help_is_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--help"], ["-h"], ["help"]):
        assert main(words) == 0
        out, err = capsys.readouterr()
        assert out.startswith("usage: wasmscope ")
        assert err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["help", command], [command, "--help"]):
        assert main(words) == 0
        assert capsys.readouterr().out.startswith(f"usage: wasmscope {command}")


def test_overview_names_each_command(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    out = capsys.readouterr().out
    assert all(f"wasmscope {command} " in out for command in COMMANDS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["help", "nothing"], "there is no command 'nothing'"),
        (["dump"], "dump: no files given"),
        (["dump", "--jsom", "a.o"], "dump: unknown option --jsom"),
        (["dump", "--only", "everything", "a.o"], "dump: there is no part 'everything'"),
        (["dump", "--only"], "--only needs a value"),
        (["steps"], "no input files"),
        (["steps", "--from", "x", "a.o"], "--from must be a number"),
        (["steps", "--phase", "linking", "a.o"], "there is no phase 'linking'"),
        (["steps", "--exprot=a", "a.o"], "unknown argument: --exprot=a"),
        (["why"], "why: no symbol given"),
        (["at"], "at: no place given"),
        (["--no-such-option", "a.o"], "unknown argument: --no-such-option"),
        (["-o"], "-o: missing argument"),
    ],
)
def test_wrong_usage_is_exit_code_2(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"wasmscope: {message}")


def test_nearest_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--exprot=a", "a.o"])
    assert "did you mean --export=a?" in capsys.readouterr().err
    main(["dump", "--jsom", "a.o"])
    assert "did you mean --json?" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["steps"], ["why", "x"], ["at", "8"]])
def test_viewing_a_missing_file_is_exit_code_3(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "/no/such/file.o"]) == 3
    assert "cannot open /no/such/file.o: No such file or directory" in capsys.readouterr().err


def test_our_mistakes_are_no_tracebacks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(words: object) -> int:
        raise KeyError("oops\nand more")

    monkeypatch.setattr("wasmscope.cli.dump.run", fail)
    assert main(["dump", "a.o"]) == 70
    err = capsys.readouterr().err
    assert err.startswith("wasmscope: internal error: KeyError: ")
    assert "Traceback" not in err


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), 130), (MemoryError(), 70)])
def test_interruption_is_quiet(error: BaseException, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(words: object) -> int:
        raise error

    monkeypatch.setattr("wasmscope.cli.dump.run", fail)
    assert main(["dump", "a.o"]) == status


def test_closed_pipe_is_quiet() -> None:
    file = compiled(EMPTY_START)
    command = f"{sys.executable} -m wasmscope dump --json {' '.join([str(file)] * 40)} | head -c 1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert ran.stderr == ""
    assert ran.stdout == "["


def test_names_that_are_not_utf8_come_out_as_they_went_in(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.o"
    command = [sys.executable, "-m", "wasmscope", "dump", name]
    ran = subprocess.run(command, capture_output=True)
    assert ran.returncode == 3
    assert ran.stderr == b"wasmscope: cannot open " + name + b": No such file or directory\n"


def test_own_words_may_stand_anywhere_but_not_in_the_place_of_a_value() -> None:
    from wasmscope.cli.words import pick

    ours = {"--json": False, "--from": True}
    assert pick(["a.o", "--json", "-o", "--json", "--from=5"], ours) == (
        {"--json": "", "--from": "5"},
        ["a.o", "-o", "--json"],
    )
    assert pick(["--from", "7", "-e", "--from", "b.o"], ours) == ({"--from": "7"}, ["-e", "--from", "b.o"])


LIGHT = """
import sys
import time
import types
from wasmscope.cli.main import main
from wasmscope.cli.progress import Progress
status = main(sys.argv[1:])
heavy = [name for name in ("textual", "rich", "construct", "pygments", "numpy") if name in sys.modules]
print(heavy, file=sys.stderr)
sys.exit(status)
"""


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        (["--help"], "[]"),
        (["help", "link"], "[]"),
        (["--version"], "[]"),
        (["dump", "FILE"], "[]"),
        (["link", "FILE", "-o", os.devnull], "[]"),
        (["why", "_start", "FILE"], "[]"),
        (["--plain", "-ex", "break symbol *", "FILE"], "[]"),
    ],
)
def test_only_what_is_needed_is_loaded(words: list[str], loaded: str) -> None:
    words = [str(compiled(EMPTY_START)) if word == "FILE" else word for word in words]
    ran = subprocess.run([sys.executable, "-c", LIGHT, *words], capture_output=True, text=True)
    assert ran.returncode == 0
    assert ran.stderr.strip() == loaded


def test_summary_is_printed_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(compiled(EMPTY_START))
    assert main([file, "-o", "out.wasm"]) == 0
    assert capsys.readouterr().out.startswith("out.wasm, ")
    assert main([file, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["output"], facts["failed"], facts["assumed"]) == ("a.out", None, [])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_appears_only_on_a_terminal_and_is_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", stream)
        with Progress("linking", delay=0.01):
            end = time.monotonic() + (20 if shown else 0.05)
            while not stream.getvalue() and time.monotonic() < end:
                time.sleep(0.01)
        assert ("linking: 0 s" in stream.getvalue()) == shown
        assert stream.getvalue().endswith("\r\x1b[K") == shown


def test_progress_of_short_work_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with Progress("linking"):
        pass
    assert stream.getvalue() == ""


def test_linked_module_among_objects_is_refused_with_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "linked.wasm"
    assert main(["link", str(compiled(EMPTY_START)), "-o", str(output)]) == 0
    assert main([str(output), str(compiled(EMPTY_START))]) == 1
    assert "can be looked at alone, compared (diff, size --against) or audited" in capsys.readouterr().err


@pytest.mark.parametrize("strict", [False, True])
def test_terminal_gets_the_screen(strict: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    screen = types.ModuleType("wasmscope.tui.app")
    screen.run = lambda words, strict, *shown: seen.append((words, strict)) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wasmscope.tui.app", screen)
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr("sys.stdin", Terminal())
    assert main([*["--strict"] * strict, "a.o", "-o", "b.wasm"]) == 0
    assert seen == [(["a.o", "-o", "b.wasm"], strict)]
    assert main(["--no-such-option", "a.o"]) == 2
    assert len(seen) == 1


@given(st.data())
@settings(max_examples=60)
def test_damaged_objects_never_cause_a_mistake_of_ours(data: st.DataObject) -> None:
    whole = compiled(DAMAGED, "-O1").read_bytes()
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(8, len(whole) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.o"
        path.write_bytes(damaged[: data.draw(st.integers(8, len(whole)))] if data.draw(st.booleans()) else damaged)
        for words in (["dump"], ["steps"], ["link", "--export-all", "-o", f"{folder}/out.wasm"], ["why", "_start"]):
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
                assert main([*words, str(path)]) in (0, 1, 3, 4), said.getvalue()
