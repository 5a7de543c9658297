"""`wasmscope link` and `wasmscope-ld`: wasm-ld's command line, and what it does with it.

Same bytes, same exit status, same messages (with our notes under them, each line beginning `>>> note: `).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from wasmscope import __version__
from wasmscope.cli.progress import Progress
from wasmscope.cli.status import FAILED, OK
from wasmscope.cli.write import write_output
from wasmscope.errors import Diagnostic
from wasmscope.link.command_line import parse
from wasmscope.link.options import Options

RELEASES = {19: "19.1.7", 20: "20.1.8", 21: "21.1.8", 22: "22.1.8"}


def run(argv: Sequence[str]) -> int:
    """Link as the wasm-ld command line `argv` says; returns the exit status."""
    options = parse(argv)
    if options.help:
        print_help()
        return FAILED if _tell(options, options.diagnostics) else OK
    if options.version:
        print(f"LLD {RELEASES[options.lld]} (wasmscope {__version__})", flush=True)
        named = any(not one.library for one in options.inputs)
        if options.version == "only" or not named or options.release.version_stops:
            return FAILED if _tell(options, options.diagnostics) else OK
    return _link(argv, options)


def print_help() -> None:
    """The link options, on stdout."""
    from wasmscope.link.option_spelling import options_help

    print("usage: wasmscope link [options] FILE...   (or: wasmscope-ld [options] FILE...)\n")
    print("Links as wasm-ld 22.1.8 does, byte for byte. @FILE stands for the arguments in FILE.\n")
    print(options_help(), end="")


def _link(argv: Sequence[str], options: Options) -> int:
    from wasmscope.cli.side_files import early_files, map_problem, reproduce
    from wasmscope.link.driver import link

    with Progress("linking"):
        result = link(options)
    result, spoken = reproduce(result, argv, f"LLD {RELEASES[options.lld]}") or early_files(result)
    if options.trace or options.trace_symbols or options.print_gc_sections or options.why_extract:
        from wasmscope.report.trace import printed_lines

        for line in printed_lines(result):
            print(line)
    failed = _tell(options, spoken)
    if failed or result.failed or result.emit is None:
        return FAILED
    if options.map_file and _tell(options, map_problem(result)):
        return FAILED
    try:
        write_output(options.output, result.emit.data)
    except BrokenPipeError:
        raise
    except OSError as error:
        _tell(options, [Diagnostic("error", f"failed to write output '{options.output}': {error.strerror}")])
        return FAILED
    return OK


def _tell(options: Options, diagnostics: Sequence[Diagnostic]) -> bool:
    """Print what was said to stderr; whether there was an error."""
    from wasmscope.report.messages import has_errors, messages

    color = options.color == "always" or (options.color == "auto" and sys.stderr.isatty())
    for text in messages(diagnostics, options.error_limit, color):
        sys.stderr.write(text)
    return has_errors(diagnostics)
