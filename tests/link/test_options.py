"""The option table and its parser, held against LLD: spellings, messages, values."""

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import ziglang
from hypothesis import given
from hypothesis import strategies as st

from wasmscope.link.command_line import command_line, parse
from wasmscope.link.option_checks import conflicts
from wasmscope.link.option_spelling import nearest, options_help, usage
from wasmscope.link.option_table import ROWS
from wasmscope.link.options import InputArg, Options

ZIG = Path(ziglang.__file__).parent / "zig"

START = """
  .globl _start
  .type _start,@function
_start:
  .functype _start () -> ()
  end_function
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small object, a.o."""
    folder = tmp_path_factory.mktemp("options")
    (folder / "a.s").write_text(START)
    command = [ZIG, "cc", "-target", "wasm32-freestanding", "-c", "a.s", "-o", "a.o"]
    subprocess.run(command, cwd=folder, check=True)
    return folder


def reference(args: list[str], folder: Path) -> tuple[int, list[str]]:
    """Exit status and messages (without the program's name) of LLD."""
    done = subprocess.run([ZIG, "wasm-ld", *args], cwd=folder, capture_output=True, text=True, errors="surrogateescape")
    return done.returncode, [
        line.removeprefix("wasm-ld: ") for line in done.stderr.removesuffix("\n").split("\n") if line
    ]


def said(args: list[str]) -> list[str]:
    """What our parser says, in LLD's form, without what only we refuse."""
    options = parse(args)
    talk = options.diagnostics
    if not [one for one in options.errors if "is not supported" not in one.text]:
        talk = (*talk, *conflicts(options))
    return [f"{one.severity}: {one.text}" for one in talk if "is not supported" not in one.text]


OURS = {"lld"}
NAMES = sorted({name.lstrip("-") for row in ROWS for name in row.names.split()} - OURS)
UNKNOWN = ["no-export-all", "exports", "gc_sections", "W", "Wl", "plugin", "no-merge", "end-group", "as-needed"]


@pytest.mark.parametrize("name", [*NAMES, *UNKNOWN])
def test_spelling_is_accepted_exactly_when_lld_accepts_it(name: str, folder: Path) -> None:
    words = [f"{dash}{name}{tail}" for dash in ("-", "--") for tail in ("", "=1", "1")]
    args = [word for form in words for word in (form, "1")]
    _, messages = reference(args, folder)
    theirs = [line for line in messages if line.startswith("error: unknown argument")]
    ours = [f"error: {one.text}" for one in parse(args).errors if one.text.startswith("unknown argument")]
    assert ours == theirs


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("help", "version", "v", "V")])
def test_value_is_missing_exactly_when_lld_misses_it(name: str, folder: Path) -> None:
    for dash in ("-", "--"):
        _, messages = reference([dash + name], folder)
        theirs = [line for line in messages if line.endswith("missing argument")]
        ours = [f"error: {one.text}" for one in parse([dash + name]).errors if one.text.endswith("missing argument")]
        assert ours == theirs


TALK = """
a.o -o x --foo --bar=1 -q -qz --exprt=x
--foo -o
a.o -o
--
a.o -o x -i
a.o -o x -O s --error-limit s --threads s
a.o -o x -Os
a.o -o x -O-1
a.o -o x --threads=0
a.o -o x -threads 0
a.o -o x --threads=0x2
a.o -o x --error-limit=x
a.o -o x --error-limit= --initial-memory= --max-memory=0x10 --initial-heap=1k --global-base=+5 --table-base=1e3
a.o -o x --initial-memory=99999999999999999999
a.o -o x --initial-memory=9223372036854775808
a.o -o x --page-size=2
a.o -o x --page-size=x
a.o -o x --page-size=-65536
a.o -o x -z foo -zmuldefs -z muldefsx -z stack-sizex -z stack-size
a.o -o x -z foo -z bar --fatal-warnings
a.o -o x -z foo --fatal-warnings --no-fatal-warnings
a.o -o x -z stack-size=x
a.o -o x -z stack-size=-16
a.o -o x -z stack-size=+16
a.o -o x -z stack-size=0b
a.o -o x -z stack-size=0o
a.o -o x -z stack-size=0O20
a.o -o x -z stack-size=09
a.o -o x -z stack-size=0x
a.o -o x -z stack-size=16k
a.o -o x -z stack-size=18446744073709551616
a.o -o x -z stack-size=0x10
a.o -o x -z stack-size=0b10000
a.o -o x -z stack-size=0o20
a.o -o x -z stack-size=020
a.o -o x -z stack-size=x -z stack-size=32
a.o -o x --unresolved-symbols=x --build-id=foo --color-diagnostics=xx --rsp-quoting=xx -m wasm -mwasm33
a.o -o x --build-id=0xzz
a.o -o x --lto-O9 --lto-CGO7 --lto-partitions=x
a.o -o x --lto-partitions=0 --thinlto-jobs=x
a.o -o x --max-memory=1 --no-growable-memory
a.o -o x --export-table -r --growable-table --shared --export-memory
a.o
a.o -o x --compress-relocations -r --entry=foo --gc-sections -u foo --pie --shared-memory --global-base=1
a.o -o x -r -Bsymbolic --table-base=2 --unresolved-symbols=import-dynamic --no-entry
a.o -o x -r --pie --import-table --table-base=2 --fatal-warnings
a.o -o x -shared -pie -Bsymbolic --table-base=2 --unresolved-symbols=import-dynamic
a.o -o x -shared --experimental-pic --global-base=1024
a.o -o x --import-table --export-table
a.o -o x --start-lib --start-lib --end-lib --end-lib --end-lib
a.o -o x --page-size=2 --max-memory=z --no-growable-memory --threads=0 -mx --build-id=x --unresolved-symbols=x -O x \
  --table-base=x --initial-memory=x -z stack-size=x --global-base=x --initial-heap=q --export-table -r --rpath=q
"""


@pytest.mark.parametrize("line", TALK.replace("\\\n", "").strip().splitlines())
def test_messages_are_those_of_lld_in_its_order(line: str, folder: Path) -> None:
    _, theirs = reference(shlex.split(line), folder)
    assert said(shlex.split(line)) == theirs


RESPONSES = {
    "plain": "a.o -o x",
    "comment is none": "a.o -o x # -o",
    "quotes": """a.o -o x "a\\"b" 'c\\d' e\\\\f "g\\h" "" i'j k'l""",
    "empty argument disappears": 'a.o -o ""',
    "newline escaped": "a.o -o x\\\ny \\\n",
    "open quote": 'a.o -o "x y',
    "last backslash": "a.o -o x z\\",
    "byte order mark": "\ufeffa.o -o x",
    "carriage return": "a.o\r-o\rx\rzz\r\n",
    "other blanks": "a.o\x0b-o x\x0cy",
    "nul": "a.o\0b.o -o x c\0d",
    "nested": "@plain.rsp",
    "missing": "@nowhere a.o -o x",
    "itself": "a.o -o x @itself.rsp",
}


@pytest.mark.parametrize("style", ["posix", "windows"])
@pytest.mark.parametrize("name", RESPONSES)
def test_response_file_is_read_as_lld_reads_it(
    name: str, style: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each unknown file is named in an error, so the words show."""
    monkeypatch.chdir(folder)
    for other, text in RESPONSES.items():
        (folder / f"{other}.rsp").write_bytes(text.encode())
    args = [f"--rsp-quoting={style}", f"@{name}.rsp", "--nothing"]
    _, theirs = reference(args, folder)
    options = parse(args)
    ours = [one.text if one.severity == "note" else f"error: {one.text}" for one in options.diagnostics]
    ours += [f"error: cannot open {one.name}: No such file or directory" for one in options.inputs if one.name != "a.o"]
    assert "\n".join(ours) == "\n".join(theirs)


def test_unknown_option_names_the_nearest() -> None:
    (error,) = parse(["--exprot=main"]).errors
    assert error.text == "unknown argument: --exprot=main"
    assert error.notes == ("did you mean --export=main?",)


def test_later_occurrences_win_and_lists_grow() -> None:
    options = parse(
        shlex.split(
            "--entry=a -e b --export=x --export y -O0 -O2 --gc-sections --no-gc-sections -z stack-size=16"
            " -zstack-size=0x20 --features=a,b --features=c,,d -Ldir -L dir2"
        )
    )
    assert (options.entry, options.exports, options.optimize, options.gc_sections) == ("b", ("x", "y"), 2, False)
    assert (options.stack_size, options.features, options.search_paths) == (32, ("c", "d"), ("dir", "dir2"))


def test_inputs_carry_the_switches_before_them() -> None:
    line = "a.o -lc --whole-archive b.a --no-whole-archive --start-lib c.o --end-lib -Bdynamic -l:d.so -"
    assert parse(line.split()).inputs == (
        InputArg("a.o"),
        InputArg("c", library=True),
        InputArg("b.a", whole_archive=True),
        InputArg("c.o", lazy=True),
        InputArg(":d.so", library=True, static=False),
        InputArg("-", static=False),
    )


def test_defaults_follow_other_options() -> None:
    assert parse([]) == Options(output="")
    relocatable = parse(["-r"])
    assert (relocatable.entry, relocatable.gc_sections, relocatable.merge_data_segments) == (None, False, False)
    assert parse(["--no-entry"]).entry is None
    assert parse(["--entry="]).entry is None
    assert parse(["--allow-undefined"]).unresolved == "ignore-all"
    assert parse(["--import-memory"]).import_memory == ("env", "memory")
    assert parse(["--import-memory=a,b,c", "--import-memory"]).import_memory == ("a", "b,c")
    assert parse(["--export-memory"]).export_memory == "memory"
    assert parse(["--export-memory=", "--export-memory"]).export_memory == ""
    assert parse(["-M", "--Map=f"]).map_file == "-"
    assert parse(["-z", "muldefs"]).allow_multiple_definition


def test_older_linkers_put_the_stack_above_the_data() -> None:
    assert [parse([f"--lld={version}"]).stack_first for version in (19, 21, 22)] == [False, False, True]
    assert parse(["--lld=21", "--stack-first"]).stack_first
    assert [parse([f"--lld={version}", "--no-stack-first"]).stack_first for version in (21, 22)] == [False, False]
    assert parse(["--page-size=1", "--lld=20"]).errors[0].text == "unknown argument: --page-size=1"
    assert not parse(["--page-size=1", "--lld=21"]).errors
    said = parse(["-zmuldefs", "--lld=19"]).diagnostics
    assert [(one.severity, one.text) for one in said] == [("warning", "unknown -z value: muldefs")]
    (error,) = parse(["--lld=18"]).errors
    assert error.text == "unknown --lld value: 18"


def test_flavor_that_rustc_passes_is_taken() -> None:
    assert parse(["-flavor", "wasm", "-o", "x", "a.o"]) == parse(["-o", "x", "a.o"])
    assert parse(["-flavor", "gnu", "a.o"]).errors[0].text == "unknown flavor: gnu"


def test_refused_options_say_so_and_why() -> None:
    refused = [row for row in ROWS if row.state == "refused"]
    assert all(row.why for row in ROWS if row.state != "done")
    for row in refused:
        argument = usage(row).split(", ")[-1]
        text = parse([argument]).errors[-1].text
        assert text.startswith("--")
        assert "is not supported" in text
    assert not parse(["--build-id=none"]).errors


def test_every_option_is_in_the_help() -> None:
    text = options_help()
    assert all(usage(row) in text for row in ROWS)


WORDS = (
    "a.o|-lc|--whole-archive|--no-whole-archive|--start-lib|--end-lib|-Bstatic|-Bdynamic|-L.|-o x|-o y|-r|-s|-S|"
    "--entry=a|--no-entry|--export=a|--export-if-defined=b|--export-all|-E|--no-export-dynamic|-uf|--wrap=w|"
    "--import-undefined|--allow-undefined|--allow-undefined-file=f|--unresolved-symbols=ignore-all|--no-gc-sections|"
    "--gc-sections|--import-memory|--import-memory=m,n|--export-memory|--export-memory=|--initial-memory=65536|"
    "--max-memory=131072|--initial-heap=5|--no-growable-memory|--page-size=1|--stack-first|--no-stack-first|"
    "-zstack-size=48|-zmuldefs|--global-base=1024|--table-base=5|--import-table|--export-table|--growable-table|"
    "--features=a,b|--features=|--extra-features=c|--no-check-features|--no-merge-data-segments|-O0|-O7|"
    "--no-demangle|--keep-section=k|--compress-relocations|--build-id|--build-id=0xab|--soname=s|--shared|--pie|"
    "--Bsymbolic|--rpath=p|--noinhibit-exec|--warn-unresolved-symbols|--no-shlib-sigcheck|--shared-memory|-v|"
    "--version|--verbose|-t|-yz|-M|--Map=f|--why-extract=w|--print-gc-sections|--reproduce=r|--error-limit=0|"
    "--fatal-warnings|--color-diagnostics|--color-diagnostics=auto|--lld=20|--threads=4|-mwasm64|--help"
)
LINES = st.lists(st.sampled_from(WORDS.split("|")))


@given(LINES)
def test_command_line_reads_back_as_the_same_options(words: list[str]) -> None:
    options = parse([part for word in words for part in word.split()])
    again = parse(command_line(options))
    assert replace(again, diagnostics=()) == replace(options, diagnostics=())


@pytest.mark.parametrize("option", ["-shared", "-pie", "--unresolved-symbols=import-dynamic"])
def test_what_earlier_releases_leave_to_a_dynamic_linker_is_refused_by_name(option: str) -> None:
    text = f"{option} with --lld=21 is not supported: only LLD 22's way is known"
    assert [one.text for one in parse([option, "--lld=21"]).errors] == [text]
    assert not parse([option, "--lld=22"]).errors
    assert not parse(["--lld=21", "--unresolved-symbols=ignore-all"]).errors


def test_a_relocatable_library_is_refused_as_wasm_ld_crashes_on_it() -> None:
    text = "-r with -shared is not supported: wasm-ld crashes"
    assert [one.text for one in parse(["-r", "-shared"]).errors] == [text]


def test_an_option_that_takes_no_value_is_named_without_one() -> None:
    assert nearest("--stack-first=3") == "--stack-first"
    assert nearest("--entri=main") == "--entry=main"
