"""Imports go one way; only tui loads Textual.

    errors <- format <- link <- explain, report <- debugger, api <- cli, tui
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain import ROOT

PACKAGE = ROOT / "wasmscope"
MAY_IMPORT = {
    "errors": set(),
    "wat_lexer": set(),
    "format": {"errors"},
    "link": {"errors", "format"},
    "explain": {"errors", "format", "link"},
    "report": {"errors", "format", "link", "explain", "wat_lexer"},
    "debugger": {"errors", "format", "link", "explain", "report", "wat_lexer"},
    "cli": {"errors", "format", "link", "explain", "report", "debugger", "wat_lexer"},
    "tui": {"errors", "format", "link", "explain", "report", "debugger", "wat_lexer"},
    "api": {"errors", "format", "link", "explain", "report"},
    "__init__": {"errors", "link", "api"},
    "__main__": {"cli"},
}
"""Each room (or module beside the rooms) and the others that it may import. All may import the package itself."""
SCREEN = {"textual", "rich"}
HEAVY = {"construct", "pygments", "elftools", "pycxxfilt", "xxhash", *SCREEN}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every module that is imported, wherever in the file, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def loaded(program: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running `program`."""
    report = "import sys; print(*sorted(sys.modules))"
    words = [sys.executable, "-c", f"{program}\n{report}"]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split())


def test_every_room_has_its_place():
    assert {room_of(path) for path in modules()} <= MAY_IMPORT.keys()


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_go_one_way(path: Path):
    room = room_of(path)
    for module, line in imported(parsed(path)):
        top, _, inner = module.partition(".")
        other = inner.partition(".")[0]
        place = f"{path.relative_to(ROOT)}:{line}"
        if top in SCREEN:
            assert room == "tui", f"{place}: {module} outside tui"
        if top == "wasmscope" and other in MAY_IMPORT and other != room:
            later = {"tui"} if room == "cli" else set()  # the command line opens the screen, when asked to
            assert other in MAY_IMPORT[room] | later, f"{place}: {room} imports {other}"


@pytest.mark.parametrize("path", [path for path in modules() if room_of(path) == "cli"], ids=name_of)
def test_the_command_line_imports_the_screens_only_when_it_opens_them(path: Path):
    at_once = ast.Module([node for node in parsed(path).body if isinstance(node, ast.Import | ast.ImportFrom)], [])
    assert not [module for module, _ in imported(at_once) if module.startswith("wasmscope.tui")]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT.keys() - {"tui", "__init__", "__main__"}))
def test_a_room_loads_no_screen(room: str):
    files = [path for path in modules() if room_of(path) == room]
    if not files:
        pytest.skip("not there yet")
    assert not SCREEN & loaded("import " + ", ".join(map(name_of, files)))


@pytest.mark.parametrize(
    "package", ["wasmscope", *(f"wasmscope.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py"))]
)
def test_a_package_itself_is_light(package: str):
    assert not HEAVY & loaded(f"import {package}")


RUN = """
import runpy, sys
sys.argv = ["wasmscope", *{words}]
try:
    runpy.run_module("wasmscope", run_name="__main__")
except SystemExit as stop:
    assert not stop.code, stop.code
"""


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["link", "--help"], ["dump", "samples/hello/main.o"]])
def test_the_command_line_loads_no_screen(words: list[str]):
    assert not SCREEN & loaded(RUN.format(words=words))


PROMPTED = ["--plain", "-ex", "step-back", "-ex", "show symbols", "samples/hello/main.o", "samples/hello/greet.o"]


def test_the_prompt_loads_no_screen():
    assert not SCREEN & loaded(RUN.format(words=PROMPTED))


def test_a_link_loads_no_screen(tmp_path: Path):
    words = ["link", "samples/hello/main.o", "samples/hello/greet.o", "-o", str(tmp_path / "hello.wasm")]
    assert not SCREEN & loaded(RUN.format(words=words))


def test_the_screen_opens_without_what_audits():
    assert not [name for name in loaded("import wasmscope.tui.app") if name.startswith("wasmscope.explain.auditing")]
