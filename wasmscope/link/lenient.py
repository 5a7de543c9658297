"""The viewer's leniency: a link that wasm-ld would refuse for want of an option is looked at as if it had been given.

Only what says how the output is used is assumed, never what says what the program is: no entry symbol, so everything
visible is exported; undefined functions, so they are imported; no `-o`, so the output is called `a.out`. Whatever was
assumed is in `Link.assumed`, in the words of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wasmscope.errors import OptionError
from wasmscope.link.command_line import parse
from wasmscope.link.model import Link
from wasmscope.link.option_checks import EARLY
from wasmscope.link.options import Options

Linker = Callable[[Options], Link]

ENTRY = ("--no-entry", "--export-dynamic")
UNDEFINED = ("--import-undefined",)
OUTPUT = "a.out"


def understood(words: Sequence[str]) -> Options:
    """The options in `words`. Raises OptionError, with what helps as its notes, when they cannot be understood."""
    options = parse(words)
    wrong = [one for one in options.errors if one.subject == EARLY]
    if wrong:
        error = OptionError(wrong[0].text)
        for note in (*wrong[0].notes, *(one.text for one in wrong[1:])):
            error.add_note(note)
        raise error
    return options


def link_to_look_at(options: Options, strict: bool, link: Linker) -> Link:
    """The link of `options` for somebody who looks at it: what is missing is assumed, unless `strict`."""
    return link(named(options)) if strict else link_leniently(options, link)


def link_leniently(options: Options, link: Linker) -> Link:
    """Link with `link`, again with what is missing assumed if it failed for that; the result says what was."""
    options = named(options)
    assumed: tuple[str, ...] = ()
    result = link(options)
    while result.failed:
        missing = _missing(result, options)
        if not missing:
            break
        options = _with(options, missing)
        assumed += missing
        result = link(options)
    result.assumed = assumed
    return result


def named(options: Options) -> Options:
    """`options` with an output name: a link that is only looked at needs none."""
    return options if options.output else replace(options, output=OUTPUT)


def _missing(result: Link, options: Options) -> tuple[str, ...]:
    """The options that would have let the link go on; the first failure only."""
    errors = [one.text for one in result.diagnostics if one.severity == "error"]
    if any(text.startswith("entry symbol not defined") for text in errors) and options.entry == "_start":
        return ENTRY
    if any("undefined symbol: " in text for text in errors) and not options.import_undefined:
        return UNDEFINED
    return ()


def _with(options: Options, assumed: tuple[str, ...]) -> Options:
    if assumed == ENTRY:
        return replace(options, entry=None, export_dynamic=True)
    return replace(options, import_undefined=True)
