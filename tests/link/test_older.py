"""`--lld=19|20|21`: the bytes, refusals and messages of LLD 19.1.7, 20.1 and 21.1.

The tests that compare with those are skipped unless the wheels that carry them are found. To run them, install each
into a folder of its own (some 350 MB each), and name the folder above:

    python -m pip install --no-deps --target OLDER/19 ziglang==0.14.1
    python -m pip install --no-deps --target OLDER/20 ziglang==0.15.2
    python -m pip install --no-deps --target OLDER/21 ziglang==0.16.0
    WASMSCOPE_OLDER=OLDER python -m pytest -m older
"""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.link.test_matrix import BROKEN, LINKED, REFUSED, line
from tests.link.test_stub_libraries import LIBRARY, MAIN, STUBS
from tests.module_diff import first_difference
from tests.samples import SAMPLES, Sample, links
from tests.toolchain import OUTPUT, Outcome, archived, compiled, complaints, is_valid, ours, reference
from wasmscope.format.types import FuncType
from wasmscope.link.builder import ObjectBuilder, body

RELEASES = (19, 20, 21)
FOLDER = os.environ.get("WASMSCOPE_OLDER", "")


def linker(release: int) -> Path:
    """Zig of that LLD release; the test is skipped when it is not installed."""
    path = Path(FOLDER, str(release), "ziglang", "zig.exe" if os.name == "nt" else "zig")
    if not FOLDER or not path.exists():
        pytest.skip(f"no LLD {release}: set WASMSCOPE_OLDER to a folder that has it in {release}/ (see {__name__})")
    return path


def older(release: int, argv: list[str], folder: Path) -> Outcome:
    """What LLD of that release does."""
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / OUTPUT
        command = [linker(release), "wasm-ld", *argv, "-o", output]
        ran = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
        text = [one.decode("utf-8", "surrogateescape").replace(place, "OUT") for one in (ran.stdout, ran.stderr)]
        return Outcome(ran.returncode, *text, output.read_bytes() if output.exists() else None)


def assert_alike(release: int, argv: list[str], folder: Path) -> None:
    """Assert that `--lld` does what LLD of that release does, unless that crashes or writes an invalid module."""
    expected = older(release, argv, folder)
    got = ours([f"--lld={release}", *argv], folder)
    broken = expected.output is not None and got.output != expected.output and not is_valid(expected.output)
    if broken or expected.status not in (0, 1):
        assert got.output is None or is_valid(got.output), argv
        return
    assert got.status == expected.status, (argv, got.stderr, expected.stderr)
    said, told = complaints(got.stderr), complaints(expected.stderr)
    assert len(said) == len(told), (argv, said, told)
    assert all(map(str.startswith, said, told)), (argv, said, told)  # ours also says where
    if expected.output is not None:
        assert got.output is not None
        assert got.output == expected.output, f"{argv}\n{first_difference(expected.output, got.output)}"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("sample", [SAMPLES["hello"], SAMPLES["shapes"], SAMPLES["words"]], ids=lambda one: one.name)
def test_the_samples_come_out_as_with_the_stack_after_the_data(sample: Sample, release: int) -> None:
    """Needs no older linker: for these links, that is the only difference."""
    got = ours([f"--lld={release}", *sample.link], sample.folder)
    assert got.output == reference([*sample.link, "--no-stack-first"], sample.folder).output


@pytest.mark.older
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("sample", links())
def test_the_matrix_of_lines_links_alike(sample: Sample, release: int) -> None:
    for name, options in {**LINKED, **REFUSED}.items():
        if f"{sample.name}-{name}" not in BROKEN:
            assert_alike(release, line(sample, options), sample.folder)


# --- what differs -------------------------------------------------------------------------------------------------

START = """
.globl _start
.functype unused () -> ()
_start:
  .functype _start () -> ()
  end_function
.section .custom_section.empty,"",@
.section .custom_section.full,"",@
.int8 1
.section .custom_section.__llvm_covmap,"",@
.ascii "first"
.section .custom_section.__llvm_covfun,"",@
.ascii "first"
"""
SPARE = """
.globl unused
unused:
  .functype unused () -> ()
  end_function
.globl ctor
ctor:
  .functype ctor () -> ()
  end_function
.section .init_array.10,"",@
.p2align 2
.int32 ctor
.section .data.keep,"R",@
.globl keep
keep:
  .int32 7
  .size keep, 4
.section .custom_section.empty,"",@
.section .custom_section.full,"",@
.int32 1
.section .custom_section.__llvm_covmap,"",@
.ascii "abc"
"""
THREADS = """
_Thread_local int a = 3, b;
int z = 5, *pointer = &z;
int get(void) { return a + b + z + *pointer; }
int *address(void) { return &a; }
void _start(void) { b = get(); }
"""
LOCAL = "static __attribute__((noinline)) int helper(int x) { return x * 3; } int other(int x) { return helper(x); }"
CALLS_LOCAL = "int helper(int); int also(int x) { return helper(x); }", "int helper(int x) { return x; }"

DIFFERENCES = (
    "start.o spare.o", "start.o --start-lib spare.o --end-lib -u unused", "start.o spare.a -u unused",
    "start.o --whole-archive spare.a", "start.o --start-lib spare.o --end-lib --export=unused",
    "start.o spare.o --emit-relocs", "start.o spare.o -r", "start.o spare.o --emit-relocs --no-gc-sections",
    "threads.o", "threads.o --shared-memory", "threads.o --shared-memory --export-all", "threads.o --no-check-features",
    "threads.o --export=a --export=z", "threads.o --import-memory --export-all",
    "start.o --export-all", "start.o --export-dynamic", "start.o --export-all --extra-features=mutable-globals",
    "start.o --export=__stack_pointer", "start.o --export=__stack_pointer --extra-features=mutable-globals",
    "start.o --export=__wasm_first_page_end", "start.o --page-size=1", "start.o --rpath=x", "start.o --rpath x",
    "start.o --no-stack-first", "start.o --stack-first --global-base=16", "start.o --global-base=16",
    "start.o start.o --allow-multiple-definition", "start.o start.o -zmuldefs", "start.o start.o --noinhibit-exec",
    "start.o -V", "start.o --initial-memory=5", "start.o --max-memory=5", "start.o --initial-heap=5",
    "required.o --no-entry", "required.o plain.o --no-entry", "plain.o required.o --no-entry --no-check-features",
    "required.o --no-entry --features=atomics", "plain.o --no-entry", "plain.o --no-entry --fatal-warnings -zfoo",
    "start.o calls.o found.a local.a --export=also", "start.o found.a calls.o local.a --export=also",
    "main.o stubs.a good.stub", "main.o bad.stub", "main.o stubs.a good.stub --build-id=sha1 --export-all",
    "start.o spare.o --build-id", "start.o spare.o -s --compress-relocations",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inputs of `DIFFERENCES`."""
    made = tmp_path_factory.mktemp("older")
    threads = ("-mcpu=generic+atomics+bulk_memory", "-fno-sanitize=all", "-g0", "-O1")
    stubs = archived(*(compiled(source, "-Os", "-g0") for source in LIBRARY), names=("three.o", "two.o"))
    spare = compiled(SPARE, language="assembly")
    inputs = {
        "start.o": compiled(START, language="assembly"),
        "spare.o": spare, "spare.a": archived(spare, names=("spare.o",)),
        "threads.o": compiled(THREADS, *threads), "main.o": compiled(MAIN, "-Os", "-g0"), "stubs.a": stubs,
        "calls.o": compiled(CALLS_LOCAL[0], "-O1", "-g0"),
        "local.a": archived(compiled(LOCAL, "-O1", "-g0"), names=("local.o",)),
        "found.a": archived(compiled(CALLS_LOCAL[1], "-O1", "-g0"), names=("found.o",)),
    }  # fmt: skip
    for name, path in inputs.items():
        (made / name).write_bytes(path.read_bytes())
    for name in ("good.stub", "bad.stub"):
        (made / name).write_text(STUBS[name])
    for name, feature in (("required", "atomics"), ("plain", "simd128")):
        builder = ObjectBuilder()
        builder.function(name, FuncType((), ()), body(), export_name=name)
        builder.feature(feature)
        (made / f"{name}.o").write_bytes(builder.flush().replace(b"+\7atomics", b"=\7atomics"))
    return made


@pytest.mark.older
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("argv", DIFFERENCES)
def test_each_difference_is_made(folder: Path, argv: str, release: int) -> None:
    assert_alike(release, argv.split(), folder)


# --- at random ----------------------------------------------------------------------------------------------------

RANDOM = (
    "--shared-memory", "--export=__wasm_init_tls", "--export=__tls_base", "--export-all", "--export-dynamic",
    "--import-undefined", "--no-gc-sections", "-s", "-S", "--import-memory", "--export-memory=mem",
    "--import-memory=foo,bar", "--initial-memory=1048576", "--max-memory=2097152", "--stack-first",
    "-zstack-size=4096", "--global-base=131072", "--table-base=5", "--no-demangle", "-O0", "-O2",
    "--export-if-defined=numbers", "--export=__heap_base", "--export=__data_end", "--import-table", "--export-table",
    "--growable-table", "--no-merge-data-segments", "--unresolved-symbols=ignore-all", "--warn-unresolved-symbols",
    "--initial-heap=65536", "--no-growable-memory", "--no-check-features", "--keep-section=name",
    "--export=__wasm_call_ctors", "--entry=main", "--soname=abc", "--extra-features=bulk-memory",
    "--extra-features=mutable-globals", "--features=mutable-globals", "--export=__stack_pointer", "--build-id=sha1",
    "--fatal-warnings",
)  # fmt: skip


@pytest.mark.older
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("sample", links())
def test_random_options_link_alike(sample: Sample, release: int) -> None:
    chosen = random.Random(f"{sample.name} {release}")
    for _ in range(40):
        options = chosen.sample(RANDOM, chosen.randint(1, 6))
        objects = [word for word in sample.link if not word.endswith(".o") or chosen.random() < 0.8]
        assert_alike(release, [*options, *chosen.choice((["--no-entry"], [])), "--allow-undefined", *objects],
                     sample.folder)  # fmt: skip
