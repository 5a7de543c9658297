"""Terminals whose encoding lacks our glyphs, or the letters of a name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples import FOLDER
from tests.toolchain import compiled, reference

ASCII = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
NAMED = """
void f(void) __asm__("naïve"); void f(void) {}
void u(void) __asm__("größe→"); void _start(void) { f(); u(); }
"""


def ran(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "wasmscope", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, cwd=FOLDER.parent, env={**os.environ, **environment}, timeout=60, check=False
    )


@pytest.mark.parametrize("words", [("why", "_start"), ("dump",), ("--plain", "-ex", "show symbols"), ("steps",)])
def test_reports_print_in_any_encoding(words: tuple[str, ...]) -> None:
    made = compiled(NAMED)
    said = ran(*words, made, **ASCII)
    assert said.returncode in (0, 1), said.stderr
    assert said.stdout
    assert said.stdout.isascii()
    assert b"internal error" not in said.stderr
    assert b"gr\\xf6" in said.stdout or words[0] == "why"


def test_the_prompt_prints_ascii_when_asked() -> None:
    made = compiled(NAMED)
    assert ran("--plain", "--ascii", "-ex", "show symbols", made).stdout.isascii()
    assert "größe".encode() in ran("--plain", "-ex", "show symbols", made, PYTHONIOENCODING="utf-8").stdout


def test_link_prints_names_as_the_reference_does_in_every_encoding(tmp_path: Path) -> None:
    made = compiled(NAMED)
    ours, theirs = ran("link", made, "-o", tmp_path / "out.wasm", **ASCII), reference([str(made)])
    line = next(line for line in theirs.stderr.splitlines() if "undefined symbol" in line)
    assert line.encode() in ours.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["--plain -ex 'goto greet'", "--plain", "dump", "link -o /dev/null"])
def test_a_stream_that_is_closed_is_no_mistake(words: str, closed: str) -> None:
    """As a service or `nohup` starts a program: nothing to read, and nobody to tell."""
    inputs = " ".join(str(FOLDER / "hello" / name) for name in ("main.o", "greet.o"))
    command = f"{sys.executable} -m wasmscope {words} {inputs} {closed}"
    said = subprocess.run(command, shell=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    assert b"internal error" not in said.stderr
