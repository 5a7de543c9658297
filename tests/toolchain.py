"""The reference linker, the compilers that come with it, and the engine that runs what was linked.

All of it comes from the test extra: `ziglang==0.17.1` carries LLD 22.1.8, clang 22 with its assembler, `ar` and the
sources of wasi libc; `wasmtime` runs modules. Objects are compiled once and kept in `.zig-cache/tests` beside the
repository's other caches, under a hash of all that went into them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import wasmtime
import ziglang

from tests.module_diff import first_difference

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".zig-cache" / "tests"
ZIG = Path(ziglang.__file__).parent / ("zig.exe" if os.name == "nt" else "zig")
OUTPUT = "linked.wasm"
"""The basename of every output: the name section holds it, so both linkers must write to the same one."""


class Outcome(NamedTuple):
    """What one link did."""

    status: int
    stdout: str
    stderr: str
    output: bytes | None
    mode: int = 0


# --- linking ----------------------------------------------------------------------------------------------------


def reference(argv: Sequence[str], cwd: Path = ROOT) -> Outcome:
    """Link with LLD 22.1.8: `argv` without `-o`, file names relative to `cwd`. The same link runs once a session."""
    return _reference(tuple(argv), cwd)


@cache
def _reference(argv: tuple[str, ...], cwd: Path) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / OUTPUT
        ran = subprocess.run([ZIG, "wasm-ld", *argv, "-o", output], cwd=cwd, capture_output=True, timeout=120)
        return _outcome(ran.returncode, ran.stdout, ran.stderr, output)


def ours(argv: Sequence[str], cwd: Path = ROOT) -> Outcome:
    """Link with `wasmscope link`, in this process; like `reference` otherwise."""
    from wasmscope.cli.main import main

    stdout, stderr = _capture(), _capture()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        output = Path(folder) / OUTPUT
        try:
            status = main(["link", *argv, "-o", str(output)])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        return _outcome(status, _captured(stdout), _captured(stderr), output)


def _capture() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", newline="", write_through=True)


def _captured(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    return stream.buffer.getvalue()  # type: ignore[attr-defined]


def _outcome(status: int, stdout: bytes, stderr: bytes, output: Path) -> Outcome:
    folder = str(output.parent)  # the one part of the text that differs from run to run
    text = [stream.decode("utf-8", "surrogateescape").replace(folder, "OUT") for stream in (stdout, stderr)]
    if not output.exists():
        return Outcome(status, *text, None)
    return Outcome(status, *text, output.read_bytes(), output.stat().st_mode & 0o777)


def assert_same_link(argv: Sequence[str], cwd: Path = ROOT) -> Outcome:
    """Assert that our linker does with `argv` what the reference does: exit status, bytes and mode of the file."""
    expected, got = reference(argv, cwd), ours(argv, cwd)
    told = f"\nreference: {expected.stderr or 'silent'}\nours: {got.stderr or 'silent'}"
    assert got.status == expected.status, f"exit status {got.status}, not {expected.status}{told}"
    assert (got.output is None) == (expected.output is None), f"only one of the two wrote a file{told}"
    if expected.output is not None and got.output is not None:
        assert got.output == expected.output, first_difference(expected.output, got.output)
        assert got.mode == expected.mode
    return got


def complaints(stderr: str) -> list[str]:
    """The diagnostics in what a linker said on stderr: `error: …` and `warning: …`, without the program's name."""
    lines = (line.partition(": ")[2] for line in stderr.splitlines() if not line.startswith((" ", ">>>")))
    return [line for line in lines if line.startswith(("error: ", "warning: "))]


# --- making inputs ----------------------------------------------------------------------------------------------


def zig(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run zig, return what it said on stderr; a failure is an error with that text in it."""
    ran = subprocess.run(
        [ZIG, *arguments], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600
    )
    if ran.returncode:
        raise RuntimeError(f"zig {' '.join(map(str, arguments))}\n{ran.stderr}")
    return ran.stderr


LANGUAGES = {"c": ("cc", ".c"), "c++": ("c++", ".cc"), "assembly": ("cc", ".s")}
"""Language: zig's command for it, and the suffix of its files."""


def compiled(source: str, *flags: str, language: str = "c", target: str = "wasm32-freestanding") -> Path:
    """The object that `source` compiles to, at -O0 with debug information unless clang's `flags` say otherwise."""
    command, suffix = LANGUAGES[language]
    folder = _folder(source, *flags, language, target)
    if not (folder / "input.o").exists():
        with _building(folder) as work:
            (work / f"input{suffix}").write_text(source)
            checks = [] if language == "assembly" else ["-fno-sanitize=undefined", "-ffile-prefix-map=.=."]
            zig(command, "-target", target, *checks, *flags, "-c", f"input{suffix}", "-o", "input.o", cwd=work)
    return folder / "input.o"


def archived(*members: Path, names: Sequence[str] = (), flags: str = "rcs") -> Path:
    """An archive of `members`, named `names` in it (or by their basenames)."""
    names = names or [member.name for member in members]
    folder = _folder(*names, flags, *(hashlib.sha256(member.read_bytes()).hexdigest() for member in members))
    if not (folder / "library.a").exists():
        with _building(folder) as work:
            for member, name in zip(members, names, strict=True):
                shutil.copyfile(member, work / name)
            zig("ar", flags, "library.a", *names, cwd=work)
    return folder / "library.a"


def _folder(*ingredients: str) -> Path:
    text = "\0".join((ziglang_version(), *ingredients))
    return CACHE / hashlib.sha256(text.encode()).hexdigest()[:32]


@contextlib.contextmanager
def _building(folder: Path):
    """A place to work in that becomes `folder` at once when done: several test processes may want the same thing."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        work = Path(temporary) / "work"
        work.mkdir()
        yield work
        with contextlib.suppress(OSError):  # another process was first
            work.rename(folder)


@cache
def ziglang_version() -> str:
    return subprocess.run([ZIG, "version"], capture_output=True, text=True, check=True).stdout.strip()


def wasi_link(source: str, *flags: str, language: str = "c") -> list[str]:
    """The wasm-ld command line, without `-o`, with which zig's clang links a wasi program from `source`.

    The first use of an optimisation level builds libc for it (half a minute), the first use of C++ libc++ too.
    """
    command, suffix = LANGUAGES[language]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"program{suffix}").write_text(source)
        program = (f"program{suffix}", "-o", "program.wasm")
        talk = zig(command, "-target", "wasm32-wasi", *flags, *program, cwd=Path(folder), ZIG_VERBOSE_LINK="1")
    argv = talk.splitlines()[-1].split(" ")
    assert argv[0] == "wasm-ld", talk[-1000:]
    output = argv.index("-o")
    return argv[1:output] + argv[output + 2 :]


# --- running what was linked ------------------------------------------------------------------------------------


def run_wasi(module: bytes, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """Run a command under WASI: its exit status and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        out, given = Path(folder) / "out", Path(folder) / "in"
        given.write_text(stdin)
        config = wasmtime.WasiConfig()
        config.argv = ["program", *arguments]
        config.stdout_file, config.stdin_file = str(out), str(given)
        store, linker = _engine()
        store.set_wasi(config)
        linker.define_wasi()
        instance = linker.instantiate(store, wasmtime.Module(store.engine, module))
        status = _status_of(lambda: instance.exports(store)["_start"](store))
        store.close()  # flushes the file
        return status, out.read_text()


def _status_of(start) -> int:
    try:
        start()
    except wasmtime.ExitTrap as stop:
        return stop.code
    return 0


def is_valid(module: bytes | None) -> bool:
    """Whether there is a module, and the engine accepts it."""
    try:
        wasmtime.Module.validate(_engine()[0].engine, module or b"")
    except wasmtime.WasmtimeError:
        return False
    return True


def call(module: bytes, export: str, *arguments: int | float):
    """Call an export of a module that needs no imports."""
    store, linker = _engine()
    instance = linker.instantiate(store, wasmtime.Module(store.engine, module))
    return instance.exports(store)[export](store, *arguments)


def _engine() -> tuple[wasmtime.Store, wasmtime.Linker]:
    config = wasmtime.Config()
    config.wasm_exceptions = True
    engine = wasmtime.Engine(config)
    return wasmtime.Store(engine), wasmtime.Linker(engine)


if __name__ == "__main__":  # a look at what the reference does: python -m tests.toolchain a.o b.o --no-entry
    seen = reference(sys.argv[1:], Path.cwd())
    print(seen.stdout, seen.stderr, f"exit status {seen.status}, {len(seen.output or b'')} bytes")
