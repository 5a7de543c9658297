"""Short programs for random links: what compilers make of them stands beside the objects of the builder.

They are in `sources/`. Their names are those of `generate`, so that they clash and meet with what is made there; the
first line of each says the sets of flags that it is compiled with.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.toolchain import compiled

SOURCES = sorted((Path(__file__).parent / "sources").iterdir())
LANGUAGES = {".c": "c", ".cc": "c++", ".s": "assembly"}


def flags_of(source: Path) -> list[list[str]]:
    """The sets of flags in a source's first line."""
    line = source.read_text().partition("\n")[0]
    return [flags.split() for flags in line.partition("flags:")[2].split("|")]


@cache
def objects(wide: bool = False) -> tuple[Path, ...]:
    """Every source with every set of its flags, compiled; with 64-bit addresses if `wide`."""
    target = "wasm64-freestanding" if wide else "wasm32-freestanding"
    return tuple(
        compiled(source.read_text(), *flags, language=LANGUAGES[source.suffix], target=target)
        for source in SOURCES
        for flags in flags_of(source)
    )
