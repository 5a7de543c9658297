"""Every sample with every command line below: `wasmscope link` does what LLD 22.1.8 does, byte for byte.

A line holds words in braces that each sample fills in: `{link}` its own command line, `{part}` that line without one
object, `{archive}` a library of the objects behind the first (`{folder}` where that is), `{response}` a file with the
line in it; `{function}`, `{data}` and `{local}` are symbols of it that its own line does not export. A line without
one of these is `{link}` and the options.
"""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.samples import SAMPLES, Sample, links
from tests.toolchain import CACHE, archived, assert_same_link, complaints, is_valid, ours, reference


class Symbols(NamedTuple):
    """What a sample fills in: names in it, and the object that `{part}` leaves out."""

    function: str
    data: str
    absent: str


SYMBOLS = {
    "hello": Symbols("forget", "names", "greet.o"),
    "words": Symbols("count_word", "word_count", "words.o"),
    "shapes": Symbols("_Z7paintedv", "_ZN5CountIiE4madeE", "round.o"),
    "tally": Symbols("vote", "candidates", "tally.o"),
    "kernel": Symbols("forty_two", "numbers", "data.o"),
    "kernel64": Symbols("seven", "numbers", "bases.o"),
}

LINKED = {
    "default": "",
    # entry and exports
    "no-entry": "--no-entry",
    "entry": "--entry={function}",
    "e": "-e {function}",
    "no-entry-export": "--no-entry --export={function}",
    "export-function": "--export={function}",
    "export-data": "--export={data}",
    "export-both": "--export {function} --export {data}",
    "export-optional": "--export=__heap_base --export=__data_end --export=__stack_pointer",
    "export-start-stop": "--export=__stack_low --export=__stack_high --export=__global_base --export=__heap_end",
    "export-ctors": "--export=__wasm_call_ctors",
    "export-if-defined": "--export-if-defined={function} --export-if-defined=absent",
    "export-all": "--export-all",
    "export-all-everything": "--export-all --no-gc-sections",
    "export-dynamic": "--export-dynamic",
    "E": "-E --no-entry",
    "undefined": "-u {function}",
    # what is undefined
    "part-import-undefined": "{part} --import-undefined --unresolved-symbols=ignore-all",
    "part-allow-undefined": "{part} --allow-undefined",
    "part-allow-undefined-export-all": "{part} --allow-undefined --export-all",
    "part-ignore-all": "{part} --unresolved-symbols=ignore-all",
    "part-ignore-all-no-gc": "{part} --unresolved-symbols=ignore-all --no-gc-sections",
    "part-warn": "{part} --warn-unresolved-symbols",
    "allow-undefined": "--allow-undefined",
    "import-undefined": "--import-undefined",
    # what stays
    "gc-sections": "--gc-sections",
    "no-gc-sections": "--no-gc-sections",
    "strip-all": "--strip-all",
    "s": "-s",
    "strip-debug": "--strip-debug",
    "S": "-S",
    "s-keep-names": "-s --keep-section=name --keep-section=producers",
    "no-demangle": "--no-demangle",
    "soname": "--soname=module.of.mine",
    # memory
    "import-memory": "--import-memory",
    "import-memory-named": "--import-memory=host,heap",
    "export-memory": "--export-memory",
    "export-memory-named": "--export-memory=heap",
    "import-and-export-memory": "--import-memory --export-memory=again",
    "initial-memory": "--initial-memory=1048576",
    "max-memory": "--max-memory=2097152",
    "initial-and-max-memory": "--initial-memory=1048576 --max-memory=1048576",
    "initial-heap": "--initial-heap=131072",
    "no-growable-memory": "--no-growable-memory",
    "page-size": "--page-size=1",
    "stack-first": "--stack-first",
    "no-stack-first": "--no-stack-first",
    "no-stack-first-base": "--no-stack-first --global-base=4096",
    "stack-size": "-z stack-size=1048576",
    "stack-size-small": "-z stack-size=16 --no-stack-first",
    "stack-size-hexadecimal": "-zstack-size=0x20000",
    "global-base": "--global-base=131072",
    "global-base-odd": "--global-base=70001",
    "no-merge-data-segments": "--no-merge-data-segments",
    # tables
    "table-base": "--table-base=16",
    "table-base-0": "--table-base=0",
    "export-table": "--export-table",
    "import-table": "--import-table",
    "growable-table": "--growable-table --export-table",
    # optimisation
    "O0": "-O0",
    "O1": "-O1",
    "O2": "-O2",
    "O0-no-merge": "-O0 --no-merge-data-segments --no-gc-sections",
    # features
    "extra-features": "--extra-features=simd128,tail-call",
    "no-check-features": "--no-check-features",
    # archives and files
    "archive": "{first} {archive}",
    "archive-before": "{archive} {first}",
    "archive-unused": "{link} {archive}",
    "archive-with-u": "-u {function} {first} {archive}",
    "archive-export": "--export={function} {first} {archive}",
    "whole-archive": "{first} --whole-archive {archive} --no-whole-archive",
    "whole-archive-no-gc": "--whole-archive {archive} --no-whole-archive {first} --no-gc-sections",
    "library": "{first} -L {folder} -l:library.a",
    "start-lib": "{first} --start-lib {rest} --end-lib",
    "start-lib-before": "--start-lib {rest} --end-lib {first}",
    "reversed": "{reversed}",
    "response-file": "@{response}",
    "response-file-and-more": "@{response} --export-dynamic -O0",
    "twice-allowed": "{link} {first} --allow-multiple-definition",
    "twice-muldefs": "{link} {first} -z muldefs",
    # several
    "embedder": "--no-entry --export-dynamic --import-memory --import-table --allow-undefined",
    "reactor": "--no-entry --export=__wasm_call_ctors --export={function} --export-table --growable-table",
    "smallest": "-s -O2 --gc-sections --no-entry --export={function}",
    "everything": "--no-gc-sections --export-all --no-stack-first --table-base=7 --export-memory=m -z stack-size=64",
    "inspected": "--no-gc-sections -O0 --no-merge-data-segments --no-demangle --export-dynamic --stack-first",
    "zig-cc": "--error-limit=0 --export-memory --stack-first -z stack-size=16777216 --build-id=none",
    "rustc": "--stack-first --export __heap_base --export __data_end -z stack-size=1048576 --no-demangle",
    "single-dashes": "-export-dynamic -no-gc-sections -strip-debug",
}
"""Lines that the reference accepts for (nearly) every sample."""

REFUSED = {
    "entry-absent": "--entry=absent",
    "export-absent": "--export=absent",
    "undefined": "{part}",
    "undefined-functions-imported": "{part} --import-undefined",
    "defined-twice": "{link} {first}",
    "unknown-option": "--no-such-option",
    "missing-file": "absent.o",
    "missing-library": "-labsent",
    "not-wasm": "{link} ../links.toml",
    "no-input": "{nothing}",
    "initial-memory-small": "--initial-memory=65536",
    "initial-memory-unaligned": "--initial-memory=1000000",
    "max-memory-small": "--max-memory=65536",
    "max-memory-unaligned": "--max-memory=1000000",
    "max-below-initial": "--initial-memory=1048576 --max-memory=131072",
    "initial-heap-unaligned": "--initial-heap=8",
    "stack-size-unaligned": "-z stack-size=17",
    "global-base-in-stack": "--global-base=1024",
    "page-size-odd": "--page-size=4096",
    "tables-both-ways": "--import-table --export-table",
    "growable-and-max": "--no-growable-memory --max-memory=1048576",
    "other-architecture": "{link} {other}",
    "no-number": "--initial-memory=much",
    "no-value": "{link} --entry",
    "feature-not-allowed": "--features=sign-ext",
}
"""Lines that the reference refuses for (nearly) every sample."""

BROKEN = {"shapes-no-entry", "shapes-E", "shapes-embedder"}
"""LLD 22.1.8 crashes, or writes a module that is not valid: a table slot is asked for while no live code uses the
table, and the first object that mentions the table does not insist on it. Ours makes a valid module."""

PLACES = ("{link}", "{part}", "{first}", "{archive}", "{response}", "{reversed}", "{nothing}")


def library(sample: Sample) -> Path:
    """The objects behind the first as a library."""
    return archived(*rest(sample))


def first(sample: Sample) -> list[str]:
    """The line without the objects behind the first: options and libraries stay."""
    behind = {path.name for path in rest(sample)}
    return [word for word in sample.link if word not in behind]


def rest(sample: Sample) -> tuple[Path, ...]:
    return sample.inputs[1:]


def response(sample: Sample) -> Path:
    """A response file with the sample's line in it, quoted in several ways."""
    words = [f'"{word}"' if number % 2 else word for number, word in enumerate(sample.link)]
    text = "\n".join([*words, "--export-if-defined='one \\'name'", ""])
    path = CACHE / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.rsp"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return path


def line(sample: Sample, options: str) -> list[str]:
    """The words of a command line for `sample`."""
    symbols = SYMBOLS[sample.name]
    words = {
        "link": shlex.join(sample.link),
        "part": shlex.join(word for word in sample.link if word != symbols.absent),
        "first": shlex.join(first(sample)),
        "rest": shlex.join(path.name for path in rest(sample)),
        "reversed": shlex.join(reversed_objects(sample)),
        "archive": str(library(sample)),
        "folder": str(library(sample).parent),
        "response": str(response(sample)),
        "other": f"-m wasm{32 if 'wasm64' in sample.link else 64}",
        "nothing": "",
        "function": symbols.function,
        "data": symbols.data,
    }
    if not any(place in options for place in PLACES):
        options = f"{{link}} {options}"
    return shlex.split(options.format(**words))


def reversed_objects(sample: Sample) -> list[str]:
    objects = [word for word in sample.link if word.endswith(".o")]
    return [objects.pop() if word.endswith(".o") else word for word in sample.link]


def cases() -> list[Any]:
    return [
        pytest.param(sample, options, id=f"{sample.name}-{name}")
        for sample in SAMPLES.values()
        for name, options in {**LINKED, **REFUSED}.items()
        if f"{sample.name}-{name}" not in BROKEN
    ]


@pytest.mark.parametrize(("sample", "options"), cases())
def test_alike(sample: Sample, options: str):
    argv = line(sample, options)
    got = assert_same_link(argv, sample.folder)
    expected = reference(argv, sample.folder)
    assert got.stdout == expected.stdout
    assert complaints(got.stderr) == complaints(expected.stderr)


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_where_the_reference_is_broken_ours_makes_a_valid_module(case: str):
    name, _, options = case.partition("-")
    argv, folder = line(SAMPLES[name], LINKED[options]), SAMPLES[name].folder
    expected, got = reference(argv, folder), ours(argv, folder)
    assert expected.status < 0 or not is_valid(expected.output), "it is no longer broken: compare it like the others"
    assert got.status == 0, got.stderr
    assert is_valid(got.output)


@pytest.mark.parametrize("sample", links())
def test_the_matrix_links_and_refuses(sample: Sample):
    """Guards the matrix itself: a line that is wrong for a sample would be refused by both, and prove nothing."""
    accepted = [name for name in LINKED if reference(line(sample, LINKED[name]), sample.folder).status == 0]
    refused = [name for name in REFUSED if reference(line(sample, REFUSED[name]), sample.folder).status == 1]
    assert len(LINKED) - len(accepted) <= 2
    assert len(REFUSED) - len(refused) <= 1
