"""Archives of every make: which members are pulled in, in which order, what is said of those that are no objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain import OUTPUT, archived, assert_same_link, compiled, complaints, reference, zig
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.load import Source

FLAGS = ("-O1", "-g0")
MAIN = "int one(void); int two(void); int run(void) { return one() + two(); }"
ONE = "int two(void); int shared(void); int one(void) { return two() + shared(); }"
TWO = "int shared(void); extern int datum; int two(void) { return shared() + datum; }"
SHARED = "int datum = 7; int shared(void) { return 3; } int nobody(void) { return 4; }"
OTHER = "int shared(void) { return 5; }"
WEAK = "__attribute__((weak)) int two(void); int run(void) { return two ? two() : 0; }"
CONSTRUCTOR = "int ran; __attribute__((constructor)) static void go(void) { ran = 1; } int two(void) { return ran; }"


def same(*words: str | Path) -> None:
    """The reference and ours agree on the bytes, the status and the diagnostics of `words`."""
    argv = ["--no-entry", "--export=run", *map(str, words)]
    got = assert_same_link(argv)
    assert complaints(got.stderr) == complaints(reference(argv).stderr)


def made(folder: Path, *flags: str, **sources: str) -> Path:
    """An archive in `folder` that `ar` makes with `flags`, of objects that lie beside it."""
    for name, source in sources.items():
        (folder / f"{name}.o").write_bytes(compiled(source, *FLAGS).read_bytes())
    zig("ar", *flags, "made.a", *(f"{name}.o" for name in sources), cwd=folder)
    return folder / "made.a"


@pytest.fixture
def main() -> Path:
    return compiled(MAIN, *FLAGS)


@pytest.fixture
def library() -> Path:
    return archived(*(compiled(source, *FLAGS) for source in (ONE, TWO, SHARED)), names=["one.o", "two.o", "shared.o"])


@pytest.mark.parametrize("flags", ["rcs", "rcS", "rcsT"], ids=["indexed", "without-index", "thin"])
def test_an_archive_is_read_whatever_its_make(main: Path, tmp_path: Path, flags: str):
    library = made(tmp_path, flags, one=ONE, two=TWO, shared=SHARED)
    same(main, library)
    same(library, main)
    same("--whole-archive", library, main, "--export-all")


@pytest.mark.parametrize("style", ["gnu", "bsd"])
def test_long_names_are_read_in_every_style(main: Path, tmp_path: Path, style: str):
    long = {"a_member_whose_name_is_longer_than_the_header_holds": SHARED}
    library = made(tmp_path, f"--format={style}", "rcs", one=ONE, two=TWO, **long)
    same(main, library)
    same(main, "--whole-archive", library, "--no-gc-sections")


def test_members_padded_as_on_darwin_are_refused(main: Path, tmp_path: Path):
    """The padding is inside the member there, and bytes behind the last section are an error."""
    library = made(tmp_path, "--format=darwin", "rcs", one=ONE, two=TWO, shared=SHARED)
    assert assert_same_link(["--no-entry", "--export=run", str(main), str(library)]).status == 1


@pytest.mark.parametrize(
    "order", [(ONE, TWO, SHARED), (SHARED, TWO, ONE), (TWO, SHARED, ONE)], ids=["down", "up", "mixed"]
)
def test_the_order_of_members_decides_the_order_of_functions(main: Path, order: tuple[str, ...]):
    library = archived(*(compiled(source, *FLAGS) for source in order), names=["a.o", "b.o", "c.o"])
    same(main, library)
    same(library, main)


def test_the_first_archive_that_has_a_symbol_gives_it(main: Path, library: Path):
    other = archived(compiled(OTHER, *FLAGS), names=["other.o"])
    same(main, library, other)
    same(main, other, library)
    same(other, main, library)


def test_an_object_beats_an_archive(main: Path, library: Path):
    same(main, compiled(OTHER, *FLAGS), library)
    same(main, library, compiled(OTHER, *FLAGS))


def test_members_that_define_the_same_are_refused(main: Path, library: Path):
    same(main, "--whole-archive", library, archived(compiled(OTHER, *FLAGS), names=["other.o"]))


def test_a_weak_reference_pulls_in_nothing(library: Path):
    same(compiled(WEAK, *FLAGS), library)
    same(compiled(WEAK, *FLAGS), "-u", "two", library)


def test_a_constructor_in_a_member_runs_only_if_the_member_is_wanted():
    library = archived(compiled(CONSTRUCTOR, *FLAGS), names=["constructor.o"])
    same(compiled(WEAK, *FLAGS), library)
    same(compiled(WEAK, *FLAGS), "--whole-archive", library)
    same(compiled(WEAK, *FLAGS), "--start-lib", compiled(CONSTRUCTOR, *FLAGS), "--end-lib")
    same(compiled(WEAK, *FLAGS), "-u", "two", "--start-lib", compiled(CONSTRUCTOR, *FLAGS), "--end-lib")


def test_a_member_that_is_no_object_is_passed_over_or_refused(main: Path, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("a note among the objects\n")
    library = made(tmp_path, "rcs", one=ONE, two=TWO, shared=SHARED)
    zig("ar", "rcs", "made.a", "notes.txt", cwd=tmp_path)
    same(main, library)
    same(main, "--whole-archive", library)


def test_an_empty_archive_gives_nothing(tmp_path: Path):
    zig("ar", "rcs", "empty.a", cwd=tmp_path)
    same(compiled(WEAK, *FLAGS), tmp_path / "empty.a")
    same(compiled(WEAK, *FLAGS), "--whole-archive", tmp_path / "empty.a")


@pytest.mark.parametrize("line", ["-lmade", "-l:made.a", "-l made", "--library=made", "-lmissing", "-l:missing.a"])
def test_libraries_are_searched_for(main: Path, tmp_path: Path, line: str):
    made(tmp_path, "rcs", one=ONE, two=TWO, shared=SHARED).rename(tmp_path / "libmade.a")
    (tmp_path / "made.a").write_bytes((tmp_path / "libmade.a").read_bytes())
    same(main, f"-L{tmp_path}", *line.split())
    same(main, *line.split(), "-L", tmp_path, "-L/nowhere")


def test_what_a_thin_archive_names_is_read_again_when_it_has_changed(main: Path, tmp_path: Path):
    """A program that links again keeps what it read, and the archive itself stays the same."""
    library, source = made(tmp_path, "rcsT", one=ONE, two=TWO, shared=SHARED), Source()
    argv = ["--no-entry", "--export=run", str(main), str(library)]
    options = parse([*argv, "-o", OUTPUT])
    for turn, change in enumerate((SHARED, OTHER + "int datum = 9;", SHARED), 1):  # the same line would not run again
        (tmp_path / "shared.o").write_bytes(compiled(change, *FLAGS).read_bytes())
        linked = link(options, source)
        assert linked.emit is not None
        assert linked.emit.data == reference([*argv, f"--threads={turn}"]).output
        assert linked.load is not None
        assert [Path(one.path).name for one in linked.load.members_read] == ["one.o", "two.o", "shared.o"]
    (tmp_path / "shared.o").unlink()
    gone = link(options, source)
    assert [f"error: {one.text}" for one in gone.diagnostics] == complaints(reference(argv).stderr)  # not run before
    assert gone.load is not None
    assert gone.load.members_read[-1].contents is None
