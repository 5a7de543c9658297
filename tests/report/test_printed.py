"""What a link prints besides its output: the map, traces, what is left out, why members joined; all as LLD has it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.samples import SAMPLES, Sample, links
from tests.toolchain import ZIG, archived, compiled, ours, reference
from wasmscope.cli.main import main
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link

EVERYTHING = ["-M", "--trace", "--print-gc-sections", "--why-extract=-"]
OPTIONS = {
    "plain": "",
    "all-kept": "--no-gc-sections --export-all --no-demangle --no-stack-first",
    "unmerged": "-O0 --no-merge-data-segments --emit-relocs --import-memory",
    "threads": "--shared-memory --extra-features=atomics,bulk-memory --no-check-features",
}


def assert_same_text(argv: list[str], folder: Path) -> str:
    """Assert that both linkers print the same, and end alike."""
    expected, got = reference(argv, folder), ours(argv, folder)
    assert got.stdout.splitlines() == expected.stdout.splitlines()
    assert (got.stdout, got.status) == (expected.stdout, expected.status)
    return got.stdout


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("sample", links())
def test_a_sample_prints_what_lld_prints(sample: Sample, options: str) -> None:
    assert_same_text([*sample.link, *EVERYTHING, *options.split()], sample.folder)


def every_name(sample: Sample, argv: list[str]) -> Iterator[str]:
    result = link(parse([*argv, "-o", "x"]))
    assert result.resolve is not None
    for symbol in result.resolve.symbols:
        yield from ("-y", symbol.name)
    yield from ("-y", "_start.command_export", "-y", "__wasm_init_memory", "--trace-symbol=absent")


TRACED = {
    "plain": "",
    "wrapped": "--wrap=greet --wrap=malloc --wrap=forty_two --import-undefined",
    "exported": "--export-all --export-table",
    "threads": "--shared-memory --extra-features=atomics,bulk-memory --no-check-features",
    "relocatable": "-r",
}


@pytest.mark.parametrize("options", TRACED.values(), ids=TRACED)
@pytest.mark.parametrize("sample", ["hello", "shapes", "kernel"])
def test_every_name_of_a_sample_is_traced_as_by_lld(sample: str, options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES[sample].folder)
    line = [*SAMPLES[sample].link, *options.split()]
    text = assert_same_text([*line, *every_name(SAMPLES[sample], line), *EVERYTHING], SAMPLES[sample].folder)
    assert ": definition of " in text


LIBRARY = {
    "ping.o": "int pong(int); int ping(int n) { return n ? pong(n - 1) : 0; }",
    "pong.o": "int ping(int); extern int table[]; int pong(int n) { return n ? ping(n - 1) : table[0]; }",
    "table.o": "__attribute__((weak)) int table[4] = {1}; int other(void); int (*use)(void) = other;",
    "other.o": "int table[4] = {2}; int other(void) { return 3; } int many(int n) { return n; }",
}
PROGRAM = """
int ping(int); extern int table[]; __attribute__((weak)) int absent(int); void many(void);
void _start(void) { if (ping(3) && absent) table[1] = absent(2); many(); }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with main.o, library.a, whose members want each other, and its members."""
    folder = tmp_path_factory.mktemp("printed")
    (folder / "main.o").write_bytes(compiled(PROGRAM, "-Os", "-g0").read_bytes())
    members = {name: compiled(source, "-Os", "-g0") for name, source in LIBRARY.items()}
    for name, path in members.items():
        (folder / name).write_bytes(path.read_bytes())
    (folder / "library.a").write_bytes(archived(*members.values(), names=list(members)).read_bytes())
    wraps = compiled("int __real_ping(int); int __wrap_ping(int n) { return __real_ping(n); }", "-Os", "-g0")
    (folder / "wraps.o").write_bytes(wraps.read_bytes())
    (folder / "folder").mkdir()
    return folder


LINES = """
main.o library.a
library.a main.o
library.a main.o --wrap=ping --import-undefined
--start-lib table.o other.o pong.o --end-lib main.o ping.o
--start-lib main.o ping.o pong.o table.o other.o --end-lib
--start-lib main.o --end-lib other.o table.o ping.o pong.o
library.a -u many --export=pong --export-if-defined=table --no-entry
main.o ping.o pong.o
main.o wraps.o library.a --wrap=ping --wrap=pong
library.a main.o wraps.o --wrap=ping --wrap=pong --wrap=absent --wrap=ping
main.o ping.o pong.o table.o other.o other.o
main.o library.a --entry=missing
main.o missing.o
library.a --whole-archive main.o
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_names_and_members_are_traced_as_by_lld(line: str, folder: Path) -> None:
    names = ["ping", "pong", "table", "other", "many", "absent", "_start", "__wrap_ping", "__real_ping"]
    assert_same_text([*line.split(), *(f"-y{name}" for name in names), *EVERYTHING], folder)


FILES = """
main.o library.a --Map=map --why-extract=why -o out.wasm
main.o library.a --Map=folder -o out.wasm
main.o library.a --Map=none/map --why-extract=none/why -o none/out.wasm
main.o library.a --Map=map --why-extract=none/why -t -o out.wasm
main.o library.a --Map=map --why-extract=folder -t -o out.wasm
main.o --Map=map --why-extract=why -t -o out.wasm
main.o library.a --entry=missing --Map=map --why-extract=why -o out.wasm
"""


@pytest.mark.parametrize("line", FILES.strip().splitlines())
def test_files_and_words_are_those_of_lld(
    line: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)

    def left() -> dict[str, bytes | None]:
        found = {name: Path(name).read_bytes() if Path(name).exists() else None for name in ("map", "why", "out.wasm")}
        for name in found:
            Path(name).unlink(missing_ok=True)
        return found

    ran = subprocess.run([ZIG, "wasm-ld", *line.split()], capture_output=True, text=True)
    expected = left()
    capfd.readouterr()
    status = main(["link", *line.split()])
    said = capfd.readouterr()
    assert (status, said.out, left()) == (ran.returncode, ran.stdout, expected)
    assert [one for one in said.err.splitlines() if one and ">>> note" not in one] == [
        one for one in ran.stderr.splitlines() if one
    ]
