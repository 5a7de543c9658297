"""docs/find-a-relocation-bug.md: every command in it is run, and says what the page shows."""

from __future__ import annotations

import contextlib
import io
import shlex
import shutil
from pathlib import Path

import pytest

from tests.broken import FOLDER as BROKEN
from tests.test_broken import ran
from tests.toolchain import ROOT
from wasmscope.cli.main import main

PAGE = ROOT / "docs" / "find-a-relocation-bug.md"
FOLDER = BROKEN / "zig-weak-alias"


def shown() -> list[tuple[str, list[str]]]:
    """The commands of the page's console blocks, and the lines under each."""
    found: list[tuple[str, list[str]]] = []
    inside = False
    for line in PAGE.read_text().splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            found.append((line[2:], []))
        elif inside:
            found[-1][1].append(line)
    return found


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


def test_every_command_says_what_the_page_shows(tmp_path: Path):
    place = tmp_path / "sample"
    shutil.copytree(FOLDER, place)
    blocks = shown()
    assert len(blocks) > 5
    for command, lines in blocks:
        assert ran_lines(command, place) == lines, command


def test_its_code_is_that_of_the_sample():
    page = PAGE.read_text()
    for line in ((FOLDER / "main.c").read_text() + (FOLDER / "strong.c").read_text()).splitlines():
        if line.startswith(("static", "extern", "int used", "int defined(void) {")):
            assert line in page


@pytest.mark.parametrize("place", ["README.md", "samples/broken/README.md"])
def test_it_is_linked_from(place: str):
    assert "find-a-relocation-bug.md" in (ROOT / place).read_text()
