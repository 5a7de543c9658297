"""Everything of a link is found again in a link made of the same inputs, whatever has the same name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.explain.sample_links import COMMANDS, SAMPLES, command, link_in, linked
from tests.link.scenes import Declared, File, Scene, write
from wasmscope.debugger.cursor import BYTES, Place
from wasmscope.debugger.kept import kept_place, same
from wasmscope.debugger.opened import Opened
from wasmscope.explain.naming import FileSection
from wasmscope.explain.steps import steps
from wasmscope.link.model import Link


def things(link: Link) -> Iterator[object]:
    """Everything that has a name, in an order that depends on the inputs alone."""
    opened = Opened(link)
    yield from (*opened.symbols, *opened.steps.symbols.atoms, *link.load.files)
    yield from dict.fromkeys(merge.atom for merge in link.layout.merges.values())
    yield from (*link.resolve.synthetic_globals, *link.layout.segments, *link.layout.customs, *link.layout.boundaries)
    yield from (*link.index.imports, *link.index.exports, *link.emit.sections)
    for file in link.load.files:
        yield from (FileSection(file, number) for number in range(len(file.module.sections)))
        yield from (*file.globals, *file.tables, *file.tags)


def test_an_address_that_memory_has_no_more_is_not_taken_for_an_offset_of_the_output() -> None:
    old, small = linked("hello"), link_in(SAMPLES / "hello", [*COMMANDS["hello"], "--page-size=1", "-zstack-size=16"])
    there = Place(start=0x100, end=0x101, memory=True, view=BYTES)
    assert kept_place(steps(old), steps(linked("hello, nothing collected")), there) == there
    assert small.emit is not None
    assert len(small.emit.data) > there.end
    assert kept_place(steps(old), steps(small), there) == Place(view=BYTES)


def test_bytes_of_a_file_that_is_left_out_are_not_taken_for_those_of_another() -> None:
    old, alone = linked("hello"), link_in(SAMPLES / "hello", ["main.o", "--import-undefined"])
    greet = next(one for one in old.load.files if one.name == "greet.o")
    last = Place(file=greet, start=len(greet.module.data) - 1, end=len(greet.module.data), view=BYTES)
    again = kept_place(steps(old), steps(linked("hello, nothing collected")), last)
    assert again.file is not None
    assert (again.file.name, again.start, again.end) == ("greet.o", last.start, last.end)
    there = Place(file=greet, start=0x10, end=0x11, view=BYTES)
    assert kept_place(steps(old), steps(alone), there) == Place(view=BYTES)


def check(link: Link, again: Link) -> None:
    for one, other in zip(things(link), things(again), strict=True):
        found = same(link, again, one)
        assert found is other or (isinstance(one, FileSection) and found == other), one


@pytest.mark.parametrize(
    ("sample", "options"),
    [("words", []), ("hello", ["--wrap=greet", "--wrap=print", "--import-undefined"]), ("shapes", ["--emit-relocs"])],
)
def test_what_has_the_name_of_another_is_not_taken_for_it(sample: str, options: list[str]) -> None:
    """words has two members called errno.o; of --wrap=f, f means __wrap_f, and __real_f f."""
    argv, folder = command(sample)
    check(*(link_in(folder, [*argv, *options]) for _ in range(2)))


def test_an_archive_that_is_named_twice_and_segments_of_one_name(tmp_path: Path) -> None:
    data = tuple(Declared("data", name, data=name.encode(), segment="plugins") for name in "ab")
    write(Scene((File("a.o", data), File("b.o", data[::-1], archive="lib.a")), ("a.o", "lib.a"), ()), tmp_path)
    argv = ["a.o", "lib.a", "lib.a", "--no-entry", "--export-all", "--no-gc-sections"]
    check(*(link_in(tmp_path, argv) for _ in range(2)))
