"""Where the command line opens the screen."""

from __future__ import annotations

import gc
import os
import sys

from wasmscope.errors import OptionError
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_leniently, named
from wasmscope.link.load import Source
from wasmscope.link.model import Link
from wasmscope.link.options import EARLY, Options, parse
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.terminal import refusal

SMALL = 512 * 1024
"""Bytes of input that are linked before the first frame; more is linked by a worker behind it."""


def run(words: list[str], strict: bool = False) -> int:
    """Open the screen on the link that `words` (options and inputs) ask for; what is missing is assumed,
    unless `strict`.

    Returns the exit code. Raises OptionError for words that make no sense. Where no screen can be shown, says why on
    stderr and prints the summary.
    """
    options = parse(words)
    wrong = [one.text for one in options.errors if one.subject == EARLY]
    if wrong or not options.inputs:
        raise OptionError("; ".join(wrong) or "no input files")

    source = Source()  # what was read stays, for the next link

    def once(options: Options) -> Link:
        return link(options, source)

    def make() -> Link:
        return once(named(options)) if strict else link_leniently(options, once)

    reason = refusal()
    if reason:
        return _summarise(make(), reason)
    small = sum(os.path.getsize(one.name) for one in options.inputs if os.path.isfile(one.name)) <= SMALL
    names = [one.name.rpartition("/")[2] for one in options.inputs]
    about = " ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    app = WasmscopeApp(make, make() if small and not options.search_paths else None, about)
    gc.freeze()
    app.run()
    return app.return_code or 0


def _summarise(made: Link, reason: str) -> int:
    """What stands in for a screen."""
    from wasmscope.report.summary import lines, summary_facts

    print(f"wasmscope: no screen: {reason}", file=sys.stderr)
    for line in lines(summary_facts(made)):
        print(line)
    return 1 if made.failed else 0
