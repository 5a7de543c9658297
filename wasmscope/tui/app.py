"""Where the command line opens the screen."""

from __future__ import annotations

import os

from wasmscope.debugger import saved
from wasmscope.debugger.question import Linker, Question
from wasmscope.errors import OptionError
from wasmscope.link.lenient import understood
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.settings import settings
from wasmscope.tui.terminal import has_unicode
from wasmscope.tui.themes import THEMES, look_of

SMALL = 512 * 1024
"""Bytes of input that are linked before the first frame; more is linked by a worker behind it."""


def run(
    words: list[str], strict: bool = False, keys: str = "", theme: str = "", ascii: bool = False, tour: bool = False,
    keeps: bool = True,
) -> int:  # fmt: skip
    """Open the screen on the link that `words` (options and inputs) ask for; what is missing is assumed,
    unless `strict`. `keys` is a preset or a file of keys, `theme` a theme ("": as the reader's file says), `ascii`:
    draw in ASCII alone, also where the locale has no more; `tour`: it is the link that the tour walks through;
    `keeps`: the session is brought back from the last time, and kept for the next.

    Returns the exit code. Raises OptionError for words that make no sense. The terminal must be one that can show a
    screen (`cli/view.py` sees to that).
    """
    options = understood(words)
    if not options.inputs:
        raise OptionError("no input files")

    question, linker = Question(tuple(words), strict), Linker()
    small = sum(os.path.getsize(one.name) for one in options.inputs if os.path.isfile(one.name)) <= SMALL
    names = [one.name.rpartition("/")[2] for one in options.inputs]
    about = " ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    made = settings(keys)
    if theme and theme not in THEMES:
        raise OptionError(f"--theme: there is no theme {theme}: they are {', '.join(THEMES)}")
    session = saved.SessionFile(saved.path_of([one.name for one in options.inputs])) if keeps else None
    made.theme = look_of(theme, session.facts if session is not None else {}, made.theme)
    first = linker.link(question) if small and not options.search_paths else None
    app = WasmscopeApp(linker.link, first, about, question, made, ascii or not has_unicode())
    app.so_far = lambda: linker.so_far
    app.tours = tour
    app.session = session
    return app.run_to_end()
