"""wasm-ld's command line to and from a value: `parse` reads one, `command_line` writes one.

Reading has three steps, as in LLD: response files are replaced by what is in them; each argument is matched with the
longest spelling in the option table that accepts it; then the last (or, for lists, every) occurrence of each option
gives a field of `Options`. What LLD would say on the way is collected in `Options.diagnostics`, in LLD's order and
words; nothing is raised, since LLD also goes on to look at the inputs before it gives up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from wasmscope.link.option_checks import Talk, release_of, unsupported, unsupported_together, usual, values_of
from wasmscope.link.option_spelling import longest_match, nearest
from wasmscope.link.option_table import ROWS, Row
from wasmscope.link.options import InputArg, Options
from wasmscope.link.reproduction import opened
from wasmscope.link.response_files import expand

FLAGS = {"true": True, "false": False, "none": None, "pair": "env,memory"}
"""What the words in the table's `value` column mean for an option without a value."""


class Arg(NamedTuple):
    """One argument as matched: `written` is the word on the command line, `row` is None for an input."""

    written: str
    row: Row | None
    value: str


def parse(argv: Sequence[str]) -> Options:
    """Read a wasm-ld command line (without the program's name); see `Options.diagnostics` for what is wrong with it."""
    talk = Talk()
    words, reproduction = _opened(_expanded(list(argv), talk))
    args = _matched(words, talk)
    values, last = _collected(args)
    found = values_of(values, last, talk)
    inputs = _inputs(args, found, talk)
    talk.extend(unsupported((arg.row, arg.value) for arg in args if arg.row is not None))
    talk.extend(unsupported_together(found))
    return Options(inputs=inputs, reproduction=reproduction, diagnostics=tuple(talk), **found)


def arguments(argv: Sequence[str]) -> list[Arg]:
    """The arguments of a command line as `parse` understands them."""
    return _matched(_opened(_expanded(list(argv), Talk()))[0], Talk())


# --- words to options -------------------------------------------------------------------------------------------


def _expanded(argv: list[str], talk: Talk) -> list[str]:
    """`argv` with response files replaced, and without the `-flavor wasm` that rustc puts first."""
    style = _collected(_matched(argv, Talk()))[0].get("rsp_quoting", "posix")
    if style not in ("posix", "windows"):
        talk.early_error(f"invalid response file quoting: {style}")
    args, problems = expand(argv, windows=style == "windows")
    for problem in problems:
        talk.note(problem)
    if args[:1] != ["-flavor"]:
        return args
    if args[1:2] not in (["wasm"], ["ld-wasm"], ["wasm-ld"]):
        talk.early_error(f"unknown flavor: {' '.join(args[1:2])}", "wasmscope links WebAssembly only: -flavor wasm")
    return args[2:]


def _opened(words: list[str]) -> tuple[list[str], str]:
    """`words` with what is in a reproduction, and its path."""
    if not any(word.endswith(".tar") for word in words):
        return words, ""
    return opened(words, [arg.value for arg in _matched(words, Talk()) if arg.row is None])


def _matched(args: list[str], talk: Talk) -> list[Arg]:
    """Match each word with the table; what matches nothing is an error, with the nearest option as help."""
    found: list[Arg] = []
    unknown: list[str] = []
    missing = ""
    release = release_of(next((word[6:] for word in reversed(args) if word.startswith("--lld=")), ""))
    words = iter(args)
    for word in words:
        if not word:
            continue
        if word == "-" or word[0] != "-":
            found.append(Arg(word, None, word))
        elif (spelling := longest_match(word, release)) is None:
            unknown.append(word)
        elif spelling.value != "next":
            found.append(Arg(word, spelling.row, word[len(spelling.text) :]))
        elif (value := next(words, None)) is not None:
            found.append(Arg(word, spelling.row, value))
        else:
            missing = word
    color = _collected(found)[0].get("color", "auto")
    if color not in ("auto", "always", "never"):
        talk.early_error(f"unknown option: --color-diagnostics={color}")
    if missing:
        talk.early_error(f"{missing}: missing argument")
    for word in unknown:
        close = nearest(word)
        talk.early_error(f"unknown argument: {word}", *([f"did you mean {close}?"] if close else []))
    return found


# --- options to fields ------------------------------------------------------------------------------------------


def _collected(args: list[Arg]) -> tuple[dict[str, Any], dict[str, str]]:
    """The raw value of each field that was given, and the word that gave it last.

    Flags give True, False, None or a text; options with values their text; lists a tuple. Two exceptions to "the last
    one counts", as in LLD: a name given to --import-memory or --export-memory stays, and --print-map beats --Map.
    """
    values: dict[str, Any] = {}
    last: dict[str, str] = {}
    for written, row, value in args:
        if row is None:
            continue
        if row.many:
            values[row.sets] = (*values.get(row.sets, ()), value)
        elif row.takes_value:
            if not (row.sets == "map_file" and values.get("map_file") == "-"):
                values[row.sets] = value
        elif row.sets not in ("import_memory", "export_memory") or row.sets not in values:
            values[row.sets] = FLAGS.get(row.value, row.value)
        last[row.sets] = written
    return values, last


def _inputs(args: list[Arg], found: dict[str, Any], talk: Talk) -> tuple[InputArg, ...]:
    """The files and libraries in order, each with the switches that stand before it."""
    whole = lazy = False
    static = not (found["shared"] or found["pie"])
    inputs: list[InputArg] = []
    for _, row, value in args:
        sets = row.sets if row else "file"
        if sets in ("file", "library"):
            inputs.append(InputArg(value, sets == "library", whole, lazy, static))
        elif row and sets == "whole_archive":
            whole = row.value == "true"
        elif row and sets == "static":
            static = row.value == "true" or found["relocatable"]
        elif sets == "start_lib":
            if lazy:
                talk.error("nested --start-lib")
            lazy = True
        elif sets == "end_lib":
            if not lazy:
                talk.error("stray --end-lib")
            lazy = False
    return tuple(inputs)


# --- and back ---------------------------------------------------------------------------------------------------


def command_line(options: Options) -> list[str]:
    """A command line that `parse` reads as `options`, in the words that `--help` shows first."""
    given = parse([])
    implied = usual(options.relocatable, options.shared, options.release) | {
        "unresolved": "ignore-all" if options.allow_undefined else "report-all",
        "import_undefined": options.allow_undefined,
        "import_table": options.relocatable or options.pie or options.shared,
    }
    words: list[str] = []
    for field in fields(Options):
        value = getattr(options, field.name)
        if field.name == "inputs":
            words += _input_words(options)
        elif field.name == "stack_size":
            words += ["-z", f"stack-size={value}"] if value != field.default else []
        elif field.name in ("diagnostics", "reproduction", "left_out", "unplugged"):
            continue
        elif value != implied.get(field.name, getattr(given, field.name)):
            words += _field_words(field.name, value)
    return words


def _field_words(name: str, value: Any) -> list[str]:
    rows = [row for row in ROWS if row.sets == name]
    if isinstance(value, bool) or value is None:
        word = {True: "true", False: "false", None: "none"}[value]
        return ["--" + row.long for row in rows if row.value == word and not row.takes_value][:1]
    for row in rows:
        if row.value == value:
            return [("--" if len(row.long) > 1 else "-") + row.long]
    row = next(row for row in rows if row.takes_value)
    if isinstance(value, tuple) and row.many:
        return [word for one in value for word in _with_value(row, one)]
    if name == "allow_undefined_files":
        return _with_value(row, value[-1])
    return _with_value(row, ",".join(value) if isinstance(value, tuple) else str(value))


def _with_value(row: Row, value: str) -> list[str]:
    name = row.long
    return ["-" + name, value] if len(name) == 1 else [f"--{name}={value}"]


def _input_words(options: Options) -> list[str]:
    words: list[str] = []
    whole = lazy = False
    static = not (options.shared or options.pie)
    for one in options.inputs:
        if one.whole_archive != whole:
            words.append("--whole-archive" if one.whole_archive else "--no-whole-archive")
        if one.lazy != lazy:
            words.append("--start-lib" if one.lazy else "--end-lib")
        if one.static != static:
            words.append("-Bstatic" if one.static else "-Bdynamic")
        whole, lazy, static = one.whole_archive, one.lazy, one.static
        words += ["-l", one.name] if one.library else [one.name]
    return words
