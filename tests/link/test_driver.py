"""The whole link: which phase stops it, what a failing link keeps, and that a link is a value."""

import contextlib
from pathlib import Path

import pytest

from tests.link.inputs import (
    EXPORTED,
    NO_STRIP,
    STRINGS,
    TAKES_I32,
    address,
    alike,
    call,
    constructor,
    custom,
    datum,
    errors,
    feature,
    function,
    global_,
    kept,
    library,
    placed,
    slot,
)
from tests.link.scenes import Declared
from wasmscope.cli.main import main
from wasmscope.format.types import I32, GlobalType
from wasmscope.link.chain import Chain
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.load import Source
from wasmscope.link.model import PHASES, Atom, Entity, Link, ObjectFile, Symbol

MAIN = [function("_start", call("f"), address("d")), custom("note", b"hi")]
OTHER = [function("f", slot("f")), datum("d", b"text\0", segment=".rodata.d", segment_flags=STRINGS)]
STOPPED = {
    "load": ("absent.o a.o b.o", ()),
    "resolve": ("a.o b.o b.o", ("load", "resolve")),
    "mark": ("a.o b.o c.o", ("load", "resolve", "mark")),
    "layout": ("a.o b.o --initial-memory=65536", ("load", "resolve", "mark", "layout", "index")),
    "index": ("a.o", ("load", "resolve", "mark", "layout", "index")),
    "relocate": ("a.o b.o c.o --no-gc-sections", ("load", "resolve", "mark", "layout", "index", "relocate")),
}
"""A line that the phase refuses, and the phases that have results then."""
PAST = [datum("s", b"a\0", segment=".rodata.s", segment_flags=STRINGS), Declared("alias", "end", number=2, text="s"),
        kept(address("end"))]  # fmt: skip

# --- failing links ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", STOPPED)
def test_a_failing_link_keeps_the_phases_that_it_has(phase: str):
    """Up to the one that stopped it; layout and index are told of together, as LLD does."""
    line, reached = STOPPED[phase]
    result = alike(line, a=MAIN, b=OTHER, c=PAST)
    assert result.failed == phase
    assert [name for name in PHASES if getattr(result, name) is not None] == list(reached or ("load",))
    assert errors(result)


@pytest.mark.parametrize("phase", STOPPED)
def test_a_failing_link_touches_no_file(phase: str, tmp_path: Path):
    """Neither its output nor its inputs."""
    folder = placed(a=MAIN, b=OTHER, c=PAST)
    output = tmp_path / "out.wasm"
    output.write_bytes(b"as it was")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with contextlib.chdir(folder):
        assert main(["link", *STOPPED[phase][0].split(), "-o", str(output)]) == 1
    assert output.read_bytes() == b"as it was"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_linking_only_reads(tmp_path: Path):
    """The driver returns the file's bytes; writing is the command line's."""
    folder = placed(a=MAIN, b=OTHER)
    with contextlib.chdir(tmp_path):
        result = link(parse([str(folder / "a.o"), str(folder / "b.o"), "-o", "out.wasm"]))
    assert list(tmp_path.iterdir()) == []
    assert result.emit.data


def test_errors_of_one_phase_come_together_and_stop_the_next():
    """Duplicates and clashes of kinds in one link; what is undefined is not told of then."""
    sources = {"a": [function("f"), datum("d"), kept(call("absent"))], "b": [function("f"), function("d")]}
    assert [text.partition(":")[0] for text in errors(alike("--no-entry", **sources))] == [
        "duplicate symbol", "symbol type mismatch",
    ]  # fmt: skip


def test_what_layout_and_index_find_wrong_is_told_together():
    """Memory that is too small, exports and features, then undefined symbols and constructors."""
    source = [kept(call("absent"), address("none")), function("init", type=TAKES_I32), constructor("init"),
              datum("d", flags=NO_STRIP), feature("simd128")]  # fmt: skip
    result = alike("--no-entry --initial-memory=65536 --export=nothing --features=x", a=source)
    assert len(errors(result)) == 6


def test_warnings_that_are_fatal_stop_the_link_like_errors():
    """What is undefined is told of, and mutable globals no more."""
    source = [kept(call("f")), global_("n", GlobalType(I32, True), flags=EXPORTED)]
    for line in ("--warn-unresolved-symbols", "--warn-unresolved-symbols --fatal-warnings", ""):
        alike(f"--no-entry {line}", a=source)


LIMITS = ["--fatal-warnings", "-z unknown --fatal-warnings", "--error-limit=1", "--error-limit=2"]


@pytest.mark.parametrize("line", LIMITS)
def test_warnings_may_be_fatal_and_errors_limited(line: str):
    """Signatures that do not fit only warn otherwise."""
    alike(f"--no-entry {line}", a=[kept(call("f"), call("g"), call("h"))], b=[function("f", type=TAKES_I32)])


# --- a link is a value ------------------------------------------------------------------------------------------


def digest(result: Link) -> str:
    """Everything that a link holds, in one text: objects by what they are called, not by identity."""
    return repr([(name, _plain(getattr(result, name), 0)) for name in PHASES])


def _plain(value: object, depth: int) -> object:
    if isinstance(value, (str, bytes, int, type(None))):
        return value
    if isinstance(value, (Atom, Entity, ObjectFile)) or depth > 6:
        return repr(value)
    if isinstance(value, Symbol):
        return [str(getattr(value, slot, None)) for slot in value.__slots__]
    if isinstance(value, Chain):
        return [(repr(one.item), one.offset, one.size, one.pad, one.number) for one in value]
    if isinstance(value, dict):
        return [(_plain(key, depth + 1), _plain(one, depth + 1)) for key, one in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    names = getattr(value, "__slots__", None) or sorted(vars(value))
    return type(value).__name__, [(name, _plain(getattr(value, name, None), depth + 1)) for name in names]


LINES = ["--no-gc-sections --export-all", "-s -O0 --no-merge-data-segments", "--wrap=f --allow-undefined",
         "-r --no-gc-sections", "--import-memory --import-table --export=d", "--entry=absent",
         "--no-stack-first --emit-relocs"]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_linking_again_with_other_options_leaves_the_first_link_unchanged(line: str):
    """Both use the same objects, which the first has read."""
    folder, source = placed(a=MAIN, b=OTHER, **{"lib.a": library(m=[function("g")])}), Source()
    with contextlib.chdir(folder):
        first = link(parse(["a.o", "b.o", "lib.a", "-o", "out.wasm"]), source)
        before = digest(first)
        other = link(parse(["a.o", "b.o", "lib.a", *line.split(), "-o", "out.wasm"]), source)
        assert first.load.files == other.load.files
        assert digest(first) == before
        assert digest(link(parse(["a.o", "b.o", "lib.a", "-o", "out.wasm"]), source)) == before


def test_two_links_of_the_same_objects_do_not_disturb_one_another():
    """Objects know nothing of the links that they are in: each link has its own symbols and chains."""
    folder, source = placed(a=MAIN, b=OTHER), Source()
    with contextlib.chdir(folder):
        one, two = (link(parse(["a.o", "b.o", "-o", "out.wasm"]), source) for _ in range(2))
    assert one.load.files == two.load.files
    assert not set(one.resolve.symbols) & set(two.resolve.symbols)
    assert one.index.code is not two.index.code
    assert digest(one) == digest(two)


def test_a_link_that_failed_does_not_disturb_the_next():
    """The same source, with what was missing given."""
    folder, source = placed(a=MAIN, b=OTHER), Source()
    with contextlib.chdir(folder):
        failed = link(parse(["a.o", "-o", "out.wasm"]), source)
        before = digest(failed)
        whole = link(parse(["a.o", "b.o", "-o", "out.wasm"]), source)
        assert (failed.failed, whole.failed) == ("index", None)
        assert whole.emit.data == link(parse(["a.o", "b.o", "-o", "out.wasm"])).emit.data
        assert digest(failed) == before


def test_the_same_link_has_the_same_digest_in_any_order_of_links():
    """Nothing depends on what was linked before in this process."""
    folder = placed(a=MAIN, b=OTHER)
    lines = [["a.o", "b.o"], ["b.o", "a.o"], ["a.o", "b.o", "--no-gc-sections"]]
    with contextlib.chdir(folder):
        forwards = [digest(link(parse([*words, "-o", "x"]))) for words in lines]
        backwards = [digest(link(parse([*words, "-o", "x"]))) for words in reversed(lines)]
    assert forwards == backwards[::-1]
