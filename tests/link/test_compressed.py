"""`--compress-relocations`: relocated numbers in the fewest bytes, also where LLD's are longer than engines take."""

from __future__ import annotations

import pytest

from tests.link.built import objects
from tests.samples import Sample, links
from tests.toolchain import assert_same_link, compiled, complaints, reference
from wasmscope.format.types import FuncType
from wasmscope.link.builder import ObjectBuilder, body, word

LINES = ("-s", "-S", "", "-S --no-gc-sections --export-all", "-S --no-stack-first", "-S --global-base=3000000000",
         "-S --table-base=100 --import-table", "-s --keep-section=name -O0", "-S --page-size=1")  # fmt: skip

NEGATIVE = """
.globaltype __stack_pointer, i32
.globl f
f:
  .functype f () -> (i32)
  i32.const 100
  i32.load x-60
  i32.load x-9
  end_function
.section .data.x,"",@
x:
  .int32 5
  .size x, 4
"""


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("sample", links())
def test_the_samples_are_compressed_as_the_reference_does(sample: Sample, line: str) -> None:
    assert_same_link([*sample.link, "--compress-relocations", *line.split()], sample.folder)


def test_negative_offsets_come_out_as_long_as_the_references() -> None:
    path = str(compiled(NEGATIVE, language="assembly"))
    argv = [path, "--no-entry", "--export=f", "-S", "--compress-relocations", "--no-stack-first", "--global-base=16"]
    assert b"\xd4\xff\xff\xff\xff\xff\xff\xff\xff\x01" in (assert_same_link(argv).output or b"")


def test_a_site_that_is_no_leb_is_refused(tmp_path) -> None:
    made = ObjectBuilder()
    datum = made.data("d", b"datum")
    made.function("f", FuncType((), ()), body("unreachable", word("MEMORY_ADDR_I32", datum)), export_name="f")
    argv = [*objects(tmp_path, made), "--no-entry", "-s", "--compress-relocations"]
    got = assert_same_link(argv, tmp_path)
    assert complaints(got.stderr) == complaints(reference(argv, tmp_path).stderr) != []
