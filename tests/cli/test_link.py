"""`wasmscope link` and `wasmscope-ld` do what wasm-ld does with a command line, besides the bytes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain import ZIG, compiled
from wasmscope.cli.main import ld, main

START = "void _start(void) {}"
CALLS = "void one(void); void two(void); void _start(void) { one(); two(); one(); }"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with start.o, which links, and calls.o, which does not."""
    (tmp_path / "start.o").write_bytes(compiled(START).read_bytes())
    (tmp_path / "calls.o").write_bytes(compiled(CALLS).read_bytes())
    (tmp_path / "text.txt").write_text("hello")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reference(words: list[str]) -> tuple[int, str]:
    ran = subprocess.run([ZIG, "wasm-ld", *words], capture_output=True, text=True)
    return ran.returncode, ran.stderr


def without_notes(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith(">>> note: ")]


LINES = """
start.o -o out.wasm
start.o
-o out.wasm
calls.o -o out.wasm
calls.o -o out.wasm --error-limit=1
calls.o -o out.wasm --error-limit=2
calls.o -o out.wasm --error-limit=0
calls.o -o out.wasm --error-limit=3 -z one -z two --fatal-warnings
start.o -o out.wasm -z unknown
start.o -o out.wasm -z unknown --fatal-warnings
start.o start.o -o out.wasm
start.o start.o start.o -o out.wasm -z unknown
missing.o start.o -o out.wasm
missing.o folder text.txt -lmissing -o out.wasm
calls.o missing.o --unknown -o out.wasm
calls.o --unknown -o out.wasm
start.o -o folder
start.o -o folder/none/out.wasm
calls.o -o folder/none/out.wasm
start.o -o text.txt/out.wasm
calls.o -o folder --import-table --export-table
start.o -o out.wasm --color-diagnostics -z unknown
calls.o -o out.wasm --color-diagnostics=always
start.o --entry=main -o out.wasm
start.o --export=main -o out.wasm
start.o -v -o out.wasm
start.o --version -o out.wasm
-v
--version
--unknown --version
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_status_and_messages_are_those_of_lld(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, stderr = reference(line.split())
    assert main(["link", *line.split()]) == status
    said = [one for one in without_notes(capsys.readouterr().err) if "is not supported" not in one]
    assert said == without_notes(stderr)


def test_many_errors_end_with_words_of_lld(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"missing{number}.o" for number in range(30)] + ["-o", "out.wasm"]
    status, stderr = reference(words)
    assert main(["link", *words]) == status == 1
    assert capsys.readouterr().err == stderr
    assert "too many errors emitted" in stderr


def test_output_replaces_what_was_there_and_is_executable(folder: Path) -> None:
    out = folder / "out.wasm"
    out.write_text("old")
    out.chmod(0o600)
    assert main(["link", "start.o", "-o", "out.wasm"]) == 0
    assert out.read_bytes().startswith(b"\0asm")
    assert stat.S_IMODE(out.stat().st_mode) == 0o755


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
def test_mode_of_the_output_follows_the_umask_as_in_lld(mask: int, folder: Path) -> None:
    before = os.umask(mask)
    try:
        reference(["start.o", "-o", "theirs.wasm"])
        main(["link", "start.o", "-o", "ours.wasm"])
    finally:
        os.umask(before)
    assert (folder / "ours.wasm").stat().st_mode == (folder / "theirs.wasm").stat().st_mode


def test_failure_leaves_an_existing_output_alone(folder: Path) -> None:
    (folder / "out.wasm").write_text("old")
    before = sorted(os.listdir())
    assert main(["link", "calls.o", "-o", "out.wasm"]) == 1
    assert (folder / "out.wasm").read_text() == "old"
    assert sorted(os.listdir()) == before


def test_output_that_cannot_be_put_in_place_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    before = sorted(os.listdir())
    assert main(["link", "start.o", "-o", "out.wasm"]) == 1
    assert sorted(os.listdir()) == before
    assert "failed to write output 'out.wasm': No space left on device" in capsys.readouterr().err


def test_symbolic_link_is_replaced(folder: Path) -> None:
    (folder / "target").write_text("kept")
    (folder / "out.wasm").symlink_to("target")
    assert main(["link", "start.o", "-o", "out.wasm"]) == 0
    assert not (folder / "out.wasm").is_symlink()
    assert (folder / "target").read_text() == "kept"


def test_dash_is_stdout_and_devices_are_written_into(folder: Path) -> None:
    command = [sys.executable, "-m", "wasmscope", "link", "start.o", "-o", "-"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(command, capture_output=True, env=environment)
    assert ran.stdout.startswith(b"\0asm\x01\0\0\0")
    assert main(["link", "start.o", "-o", "/dev/null"]) == 0


def test_compiler_drivers_can_use_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """rustc passes `-flavor wasm` first, and both ask for the version."""
    assert ld(["-flavor", "wasm", "start.o", "-o", "out.wasm"]) == 0
    assert (folder / "out.wasm").exists()
    assert ld(["--version"]) == 0
    assert capsys.readouterr().out.startswith("LLD 22.1.8")


def test_refused_option_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["link", "start.o", "-o", "out.wasm", "--thinlto-emit-index-files"]) == 1
    assert "wasm-ld: error: --thinlto-emit-index-files is not supported: " in capsys.readouterr().err
    assert not (folder / "out.wasm").exists()


def test_help_lists_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert ld(["--help"]) == 0
    out = capsys.readouterr().out
    assert "-e NAME, --entry=NAME" in out
    assert "--threads=N" in out
