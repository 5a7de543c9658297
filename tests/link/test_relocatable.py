"""-r and --emit-relocs: the output's own symbol table and relocations, as the reference writes them."""

from __future__ import annotations

import pytest

from tests.samples import Sample, links
from tests.toolchain import assert_same_link, compiled, ours, reference, run_wasi

LINES = {
    "r": "-r",
    "r, stripped of debug information": "-r -S",
    "r, names as they are": "-r --no-demangle -O0",
    "emit-relocs": "--emit-relocs",
    "emit-relocs, all exported": "--emit-relocs --export-all",
    "emit-relocs, nothing collected": "--emit-relocs --no-gc-sections",
    "emit-relocs, memory imported": "--emit-relocs --import-memory --import-table",
    "emit-relocs, segments apart": "--emit-relocs --no-merge-data-segments --no-stack-first",
    "both": "-r --emit-relocs",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("sample", links())
def test_relocations_are_kept_as_the_reference_keeps_them(sample: Sample, line: str):
    """Every sample: the same bytes, or the same refusal."""
    arguments = [word for word in sample.link if line[:2] != "-r" or not word.startswith("--")]
    assert_same_link([*line.split(), *arguments], sample.folder)


def test_what_r_makes_links_again(tmp_path):
    """The reference links our relocatable output to a program that does what the objects do."""
    hello = next(iter(links())).values[0]
    both = [word for word in hello.link if word.endswith(".o")]
    made = ours(["-r", *both], hello.folder)
    assert made.output is not None, made.stderr
    (tmp_path / "both.o").write_bytes(made.output)
    again = reference([str(tmp_path / "both.o")])
    assert again.output is not None, again.stderr
    assert run_wasi(again.output) == (0, hello.prints)


@pytest.mark.parametrize("option", ["gc-sections", "compress-relocations", "undefined=x", "global-base=9", "entry=x"])
def test_what_does_not_go_with_r_is_refused(option: str):
    """As the reference refuses it."""
    assert_same_link(["-r", f"--{option}", str(compiled("int x;"))])
