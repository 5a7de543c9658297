"""`docs/options.md` says what each option does: that it is true and complete, and the tests that only it asks for."""

import re
import subprocess
from typing import Any

import pytest

from tests import option_page
from tests.link.inputs import alike, call, datum, function, kept, placed
from tests.toolchain import ZIG, assert_same_link
from wasmscope.link.option_table import ROWS

AGAIN = "run python -m tests.option_page"
SPELLING_ONLY = {"i"}
"""Options that wasm-ld always refuses: what it says is all there is to compare."""

TWO = {
    "a": [function("_start", call("f")), kept(call("f")), datum("d", b"a")],
    "b": [function("f"), function("_Z1gv", flags=0x80), datum("e", b"b", flags=0x80)],
}
ASKS = {"a": [function("_start", call("absent"))], "list.txt": b"# names\nabsent\n"}
TWICE = {**TWO, "c": [function("f")]}

LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "default-demangle": ("--no-demangle --demangle", TWO),
    "default-no-pie": ("--no-pie", TWO),
    "default-no-export-dynamic": ("--export-dynamic --no-export-dynamic", TWO),
    "default-error-unresolved-symbols": ("--warn-unresolved-symbols --error-unresolved-symbols", ASKS),
    "default-no-allow-multiple-definition": ("--allow-multiple-definition --no-allow-multiple-definition", TWICE),
    "default-merge-data-segments": ("--no-merge-data-segments --merge-data-segments", TWO),
    "default-check-features": ("--no-check-features --check-features", TWO),
    "default-no-print-gc-sections": ("--print-gc-sections --no-print-gc-sections", TWO),
    "default-no-fatal-warnings": ("--fatal-warnings --no-fatal-warnings -z unknown", TWO),
    "no-color": ("a.o b.o absent.o --color-diagnostics --no-color-diagnostics", TWO),
    "twice-warned": ("--noinhibit-exec", TWICE),
    "allow-undefined-file": ("a.o --allow-undefined-file=list.txt", ASKS),
    "allow-undefined-file-next": ("a.o -allow-undefined-file list.txt", ASKS),
    "experimental-pic": ("--experimental-pic", TWO),
    "rsp-quoting": ("--rsp-quoting=windows @line.rsp", {**TWO, "line.rsp": b'a.o "b.o" --export=d'}),
}
"""Options that no other test compares the output of: most say again what is the default anyway."""

NO_BITCODE = "lto-obj-path"
"""Refused by the reference's build, which has no code generator to write objects with."""

IDLE = """
--threads=4
--mllvm=-inline-threshold=1
--disable-verify
--save-temps
--lto-O3
--lto-CGO2
--lto-partitions=2
--lto-debug-pass-manager
--thinlto-cache-dir=cache
--thinlto-cache-policy=prune_interval=1h
--thinlto-jobs=2
--thinlto-emit-imports-files
"""
"""Options that change nothing, neither here nor there."""


def test_the_page_is_what_the_table_and_the_tests_say():
    assert option_page.PAGE.read_text() == option_page.page(option_page.PAGE.read_text()), AGAIN


def test_the_page_has_every_option_that_wasm_ld_lists():
    listed = subprocess.run([ZIG, "wasm-ld", "--help"], capture_output=True, text=True, check=True).stdout
    words = re.findall(r"^  --?([\w-]+)", listed, re.MULTILINE)
    known = {name.lstrip("-") for row in ROWS for name in row.names.split()}
    assert len(words) > 100
    assert [word for word in words if word not in known] == []
    page = option_page.PAGE.read_text()
    assert [row.names for row in ROWS if option_page.title(row) not in page] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.state == "done"], ids=option_page.title)
def test_an_option_that_is_done_names_a_test_of_what_it_does(row: Any):
    names = {name.lstrip("-") for name in row.names.split()}
    if not names & (option_page.OURS | SPELLING_ONLY):
        assert [one.title for one in option_page.shown_by(row) if not one.test.startswith(option_page.ORDER[-1])]


@pytest.mark.parametrize("case", LINES)
def test_alike(case: str):
    line, inputs = LINES[case]
    alike(line, **inputs)


@pytest.mark.parametrize("option", ["-v", "-V"])
def test_a_version_is_printed_on_the_way(option: str):
    folder = placed(**TWO)
    assert assert_same_link(["a.o", "b.o", option], folder).stdout.startswith("LLD 22.1.8")


@pytest.mark.parametrize("option", IDLE.split())
def test_options_without_effect_have_none_there_either(option: str):
    without, given = alike("", **TWO), alike(option, **TWO)
    assert without.emit is not None
    assert given.emit is not None
    assert given.emit.data == without.emit.data


def test_every_option_without_effect_is_tried():
    idle = [row for row in ROWS if row.state == "no effect" and row.names.lstrip("-") != NO_BITCODE]
    assert [row.names for row in idle if not any(option_page.written(row).search(word) for word in IDLE.split())] == []
