"""Rebuild the objects of the samples from their sources: `python samples/rebuild.py [SAMPLE…] [--into FOLDER]`.

The compilers and libc come with the test extra (`ziglang==0.17.1`); what to do is in `links.toml`. The same compiler
makes the same bytes on any machine: no object holds a path of the machine that made it. Those of `broken/cases.toml`
are linked too, with the fault of that name in `broken/faults.py`.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ziglang
from broken.faults import FAULTS
from broken.true_link import OUTPUT, TrueLink

HERE = Path(__file__).parent
ZIG = Path(ziglang.__file__).parent / ("zig.exe" if os.name == "nt" else "zig")
CLANG_FLAGS = ["-fno-sanitize=undefined", "-ffile-prefix-map=.=.", "-fdebug-compilation-dir=."]
MADE = (".o", ".a", ".wasm")
LIBRARIES = ("libc.a", "libzigc.a", "libcompiler_rt.a")


def main() -> None:
    samples = tomllib.loads((HERE / "links.toml").read_text())
    cases = tomllib.loads((HERE / "broken" / "cases.toml").read_text())
    samples |= {f"broken/{name}": case for name, case in cases.items()}
    parser = argparse.ArgumentParser(description="rebuild the samples' objects")
    parser.add_argument("samples", nargs="*", metavar="SAMPLE", help=f"one of {', '.join(samples)} (default: all)")
    parser.add_argument("--into", type=Path, default=HERE, metavar="FOLDER", help="(default: beside the sources)")
    given = parser.parse_args()
    for name in given.samples or samples:
        folder = given.into / name
        folder.mkdir(parents=True, exist_ok=True)
        build(name, samples[name], folder)
        if "fault" in samples[name]:
            true = TrueLink(samples[name]["link"], folder)
            (folder / OUTPUT).write_bytes(FAULTS[folder.name](true))
        print(name, *sorted(path.name for path in folder.iterdir() if path.suffix in MADE))


def build(name: str, sample: dict[str, Any], folder: Path) -> None:
    """Compile each source of a sample to an object in `folder`; and trim libc, if it links with one.

    The sources are copied to a folder of their own first, so that no compiler sees where they really are.
    """
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for path in (HERE / name).iterdir():
            if path.suffix not in MADE:
                shutil.copy(path, work)
        for source in sample["sources"]:
            compile_one(source, sample["build"], work)
        if "-lc" in sample["link"]:
            trim_libc(sample, work)
        for made in work.glob("*.[oa]"):
            shutil.copyfile(made, folder / made.name)


def compile_one(source: str, command: str, work: Path) -> None:
    """One call of the compiler: SOURCE to SOURCE with the suffix .o."""
    product = f"{source.rpartition('.')[0]}.o"
    if source.endswith(".zig"):
        zig(*shlex.split(command), source, f"-femit-bin={product}", cwd=work)
    else:
        flags = CLANG_FLAGS if source.endswith((".c", ".cc")) else []
        zig(*shlex.split(command), *flags, "-c", source, "-o", product, cwd=work)


def zig(*arguments: str, cwd: Path) -> str:
    """Run zig; what it said."""
    environment = {**os.environ, "ZIG_VERBOSE_LINK": "1"}
    ran = subprocess.run([ZIG, *arguments], cwd=cwd, env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return ran.stdout + ran.stderr


def trim_libc(sample: dict[str, Any], work: Path) -> None:
    """Make crt1-command.o, and one libc.a of the members of zig's libc that the program pulls in and some more."""
    trim = work / "trim"
    trim.mkdir()
    line = zig(*sample["build"].split(), *sample["sources"], "-o", "trim/program", cwd=work).splitlines()[-1].split()
    files = {Path(word).name: Path(word) for word in line}
    shutil.copyfile(files["crt1-command.o"], work / "crt1-command.o")
    traced = zig(*line, "--trace", cwd=work).splitlines()  # ARCHIVE(MEMBER) for each that is pulled in
    wanted = {Path(file.rstrip(")")).name for file in traced if file.endswith(")")} | set(sample["unneeded"])
    kept = [member for library in LIBRARIES for member in members(files[library]) if member[0] in wanted]
    for number, (name, contents) in enumerate(kept):  # a folder each: names may repeat
        (trim / str(number)).mkdir()
        (trim / str(number) / name).write_bytes(contents)
    zig("ar", "qcsD", "libc.a", *(f"trim/{number}/{name}" for number, (name, _) in enumerate(kept)), cwd=work)


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """The members of a GNU archive, but for its index: name without folders, contents."""
    data, at, names = path.read_bytes(), 8, b""
    while at < len(data):
        header = data[at : at + 60]
        name, size = header[:16].decode().rstrip(), int(header[48:58])
        body = data[at + 60 : at + 60 + size]
        if name == "//":
            names = body
        elif name != "/":
            if name.startswith("/"):
                name = names[int(name[1:]) :].partition(b"/\n")[0].decode()
            yield name.rstrip("/").rpartition("/")[2], body
        at += 60 + size + size % 2


if __name__ == "__main__":
    main()
