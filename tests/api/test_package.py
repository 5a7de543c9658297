"""The package: cheap to import, callable where its room is called like its function, typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain import ROOT

PROGRAM = """
import sys, wasmscope
assert not {"construct", "numpy", "textual", "wasmscope.api"} & sys.modules.keys()
assert {"link", "open", "LinkResult", "WasmFile", "ObjectBuilder", "WasmError"} <= set(dir(wasmscope))
import wasmscope.link.driver
from wasmscope.link import options
assert wasmscope.link("main.o", "greet.o").ok and wasmscope.link.driver.link
assert isinstance(wasmscope.open("main.o"), wasmscope.WasmFile)
assert "textual" not in sys.modules
wasmscope.nothing
"""


def test_the_package_is_cheap_and_both_a_room_and_a_function() -> None:
    words = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(words, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ran.stderr.endswith("AttributeError: module 'wasmscope' has no attribute 'nothing'\n")


USER = """
from pathlib import Path
from typing import assert_type
import wasmscope
from wasmscope.api.answer import Dropped
from wasmscope.api.findings import FilesCompared, LinksCompared
made = wasmscope.link("main.o", Path("a.o"), b"", ("b.o", b""), options=["-s"], strict=True)
assert_type(made, wasmscope.LinkResult)
assert_type(made.why("f").dropped, Dropped | None)
assert_type(made.diff(made), LinksCompared)
assert_type(made.diff(wasmscope.open("a.wasm")), FilesCompared)
assert_type(wasmscope.open(b"").audit("main.o").findings[0].offset, int)
assert_type(wasmscope.ObjectBuilder().flush(), bytes)
assert_type(made.steps[1].text, str)
assert_type(made.data, int)
wasmscope.link(3)
"""


@pytest.mark.slow
def test_a_type_checker_sees_the_types(tmp_path: Path) -> None:
    script = tmp_path / "user.py"
    script.write_text(USER)
    words = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(script)]
    out = subprocess.run(words, cwd=ROOT, capture_output=True, text=True).stdout
    assert (ROOT / "wasmscope" / "py.typed").exists()
    errors = [line.partition("error: ")[2] for line in out.splitlines() if "error: " in line]
    assert [one.partition(";")[0] for one in errors] == [
        'Expression is of type "bytes", not "int"  [assert-type]',
        'Argument 1 to "link" has incompatible type "int"',
    ]
