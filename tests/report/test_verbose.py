"""`--verbose` tells the steps of a link as LLD does, among its other messages."""

from pathlib import Path

import pytest

from tests.samples import Sample, links
from tests.toolchain import archived, compiled, ours, reference

OPTIONS = {
    "plain": "",
    "all-kept": "--no-gc-sections --export-all --no-stack-first --no-merge-data-segments",
    "relocatable": "-r --entry=",
    "relocations": "--emit-relocs --build-id --import-memory --max-memory=1048576",
    "threads": "--shared-memory --extra-features=atomics,bulk-memory --no-check-features",
    "too-small": "--initial-memory=1 -z stack-size=17 --export=__heap_base --features=a",
    "missing": "missing.o -lmissing",
}


def assert_same_talk(argv: list[str], folder: Path) -> None:
    """Assert that both linkers say the same; `--threads=1` keeps LLD from writing sections in any order."""
    argv = [*argv, "--verbose", "--threads=1"]
    expected, got = reference(argv, folder), ours(argv, folder)
    if ">>> note: " not in got.stderr:
        assert got.stderr.splitlines() == expected.stderr.splitlines()
    said = [line for line in got.stderr.splitlines() if line and not line.startswith(">>> note: ")]
    assert said == [line for line in expected.stderr.splitlines() if line]
    assert got.status == expected.status


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("sample", links())
def test_a_sample_is_told_of_as_by_lld(sample: Sample, options: str) -> None:
    if sample.name == "kernel" and "--shared-memory" in options:
        pytest.skip("an error comes while objects are added: its place among them is not known")
    assert_same_talk([*sample.link, *options.split()], sample.folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verbose")
    sources = {
        "main.o": "int helper(int); void _start(void) { helper(1); }",
        "helper.o": "int deep(void); int helper(int x) { return x + deep(); }",
        "deep.o": "int deep(void) { return 1; } int wrong(int x) { return x; }",
        "wrong.o": "void wrong(void); void calls(void) { wrong(); }",
    }
    for name, source in sources.items():
        (folder / name).write_bytes(compiled(source, "-Os", "-g0").read_bytes())
    library = archived(folder / "helper.o", folder / "deep.o", folder / "wrong.o")
    (folder / "library.a").write_bytes(library.read_bytes())
    (folder / "names.txt").write_text("absent\n")
    (folder / "library.imports").write_text("host\n")
    (folder / "host.stub").write_text("#STUB\nhelper: deep\n")
    return folder


LINES = """
main.o library.a --allow-undefined-file=names.txt
library.a main.o
library.a main.o library.a helper.o
main.o --start-lib helper.o deep.o wrong.o --end-lib
--start-lib wrong.o deep.o main.o helper.o --end-lib -u calls
library.a --export=calls --export=_start --no-entry
--whole-archive library.a main.o
--whole-archive library.a main.o --fatal-warnings
main.o host.stub deep.o
main.o host.stub
main.o --unresolved-symbols=ignore-all
main.o missing.o names.txt library.a
main.o library.a --entry=absent
main.o library.a -z unknown --why-extract=absent/file
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_files_are_told_of_as_by_lld(line: str, folder: Path) -> None:
    assert_same_talk(line.split(), folder)
