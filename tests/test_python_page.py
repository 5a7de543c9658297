"""docs/python.md and the examples in docstrings: each is run in samples/hello, and says what is shown.

`python -m tests.test_python_page` writes what they say now into them.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import re
import textwrap
from pathlib import Path

import pytest

import wasmscope
from tests.samples import FOLDER as SAMPLES
from tests.toolchain import ROOT

PAGE = ROOT / "docs" / "python.md"
MODULES = ["wasmscope.api.linked", "wasmscope.api.opened"]
FENCE = re.compile(r"(?<=^```pycon\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?:^ +(?:>>>|\.\.\.).*\n(?:^ +(?!\"\"\")\S.*\n)*)+", re.MULTILINE)


def ran(source: str, names: dict[str, object]) -> str:
    """An example with what it says now. `source` has no prompts."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            exec(compile(source, "<example>", "single"), names)  # expressions print themselves, as in the interpreter
        except wasmscope.WasmError as error:
            text = f"{type(error).__module__}.{type(error).__name__}: {error}"
            print("Traceback (most recent call last):", "    ...", text, sep="\n")
            for note in getattr(error, "__notes__", ()):
                print(note)
    return said.getvalue()


def with_outputs(text: str, names: dict[str, object]) -> str:
    """A run of examples with what they say now."""
    lines: list[str] = []
    source = ""
    given = [*text.splitlines(), ">>> "]
    for line, after in zip(given, [*given[1:], ""], strict=True):
        if line.startswith((">>> ", "... ")) and line != ">>> ":
            lines.append(line)
            source += line[4:] + "\n"
            if not after.startswith("... "):
                lines += ran(source, names).splitlines()
                source = ""
    return "\n".join(lines) + "\n"


def page_now(text: str) -> str:
    names: dict[str, object] = {"__name__": "example"}
    return FENCE.sub(lambda found: with_outputs(found[0], names), text)


def docstrings_now(text: str) -> str:
    """A module's text with what the examples in its docstrings say now; each run of examples stands alone."""

    def now(found: re.Match[str]) -> str:
        indent = re.match(" +", found[0])
        assert indent is not None
        examples = textwrap.dedent(found[0]).replace("\\\\", "\\")
        said = with_outputs(examples, {"wasmscope": wasmscope}).replace("\\", "\\\\")
        return textwrap.indent(said, indent[0])

    return INDENTED.sub(now, text)


def sources() -> dict[Path, str]:
    """The files with examples, and what each should be."""
    found = {PAGE: page_now(PAGE.read_text())}
    for name in MODULES:
        path = ROOT / (name.replace(".", "/") + ".py")
        found[path] = docstrings_now(path.read_text())
    return found


@pytest.fixture(autouse=True)
def in_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES / "hello")


def test_every_example_of_the_page_says_what_it_shows() -> None:
    text = PAGE.read_text()
    assert text.count("\n>>> ") > 30
    assert page_now(text) == text


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_are_doctests_that_pass(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name), extraglobs={"wasmscope": wasmscope})
    assert tried >= 5
    assert not failed


def test_it_is_linked_from_the_readme() -> None:
    assert "docs/python.md" in (ROOT / "README.md").read_text()


if __name__ == "__main__":
    with contextlib.chdir(SAMPLES / "hello"):
        for path, text in sources().items():
            path.write_text(text)
