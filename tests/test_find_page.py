"""docs/find-a-relocation-bug.md: every command in it is run, and says what the page shows.

`python -m tests.test_find_page` writes what they print now into the page.
"""

from __future__ import annotations

import contextlib
import io
import shlex
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.broken import FOLDER as BROKEN
from tests.test_broken import ran
from tests.toolchain import ROOT
from wasmscope.cli.main import main

PAGE = ROOT / "docs" / "find-a-relocation-bug.md"
FOLDER = BROKEN / "zig-weak-alias"


def with_outputs(text: str, folder: Path) -> str:
    """The page with what its commands print now, run in `folder`."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        if inside and line.startswith("$ "):
            lines += [line, *ran_lines(line[2:], folder)]
        elif not inside or line.startswith("```"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def ran_lines(command: str, folder: Path) -> list[str]:
    """What a command of the page prints in `folder`: of wasmscope, or an export called by `wasmtime --invoke`."""
    program, *words = shlex.split(command)
    if program == "wasmtime":
        assert words[0] == "--invoke"
        return [str(ran((folder / words[2]).read_bytes(), ()))]
    assert program == "wasmscope"
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        main(words)
    return printed.getvalue().splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "sample"))


def test_every_command_says_what_the_page_shows(folder: Path):
    text = PAGE.read_text()
    assert text.count("\n$ ") > 5
    assert with_outputs(text, folder) == text


def test_its_code_is_that_of_the_sample():
    page = PAGE.read_text()
    for line in ((FOLDER / "main.c").read_text() + (FOLDER / "strong.c").read_text()).splitlines():
        if line.startswith(("static", "extern", "int used", "int defined(void) {")):
            assert line in page


@pytest.mark.parametrize("place", ["README.md", "samples/broken/README.md"])
def test_it_is_linked_from(place: str):
    assert "find-a-relocation-bug.md" in (ROOT / place).read_text()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        PAGE.write_text(with_outputs(PAGE.read_text(), Path(shutil.copytree(FOLDER, Path(place) / "sample"))))
