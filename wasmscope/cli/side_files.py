"""The files that a link line asks for beside the output, written when LLD writes them.

Each gives what is wrong in LLD's words. LLD looks at the map file's place before it resolves anything, writes the
--why-extract table when every name is resolved, and the map when the output is about to be written; what cannot be
written ends the link at that point.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from wasmscope.cli.write import problem_with
from wasmscope.errors import Diagnostic
from wasmscope.link.model import Link
from wasmscope.report.messages import has_errors, said


def reproduce(link: Link, argv: Sequence[str], version: str) -> tuple[Link, list[Diagnostic]] | None:
    """Write the archive that --reproduce or LLD_REPRODUCE asks for.

    If that fails, gives the link as far as LLD would have come, and what it says. argv: the command line; version: as
    in `LLD 22.1.8`.
    """
    path = link.options.reproduce or os.environ.get("LLD_REPRODUCE", "")
    if not path or link.load is None:
        return None
    from wasmscope.link.command_line import arguments
    from wasmscope.link.option_checks import EARLY, conflicts
    from wasmscope.report.reproduce import reproduction

    try:
        with open(path, "wb") as file:
            file.write(reproduction(path, arguments(argv), version, link.load.reads))
    except OSError:
        loaded = _loaded(link)
        spoken = [one for one in said(loaded) if one not in conflicts(link.options)]  # LLD stops before it looks
        early = [one for one in spoken if one.subject == EARLY or one.text.startswith("unknown -z value")]
        problem = Diagnostic("error", f"--reproduce: cannot open {path}")
        return loaded, [*early, problem, *(one for one in spoken if one not in early)]
    return None


def _loaded(link: Link) -> Link:
    """The link as if it had ended when its files were read."""
    return replace(link, resolve=None, mark=None, layout=None, index=None, relocate=None, emit=None, failed="load")


def early_files(link: Link) -> tuple[Link, list[Diagnostic]]:
    """Write what LLD writes before the output. Returns the link as far as LLD would have come, and what it says."""
    loaded = _loaded(link)
    if link.load is None or has_errors(said(loaded)):
        return link, said(link)
    problems = _places(link)
    if problems:
        return loaded, [*said(loaded), *problems]
    if link.options.why_extract not in ("", "-"):
        return _why_extract(link)
    return link, said(link)


def _places(link: Link) -> list[Diagnostic]:
    """Whether the output and the map can be written where they are wanted."""
    places = (("output", link.options.output), ("map", link.options.map_file))
    found = [(what, path, problem_with(path)) for what, path in places if path]
    return [
        Diagnostic("error", f"cannot open {what} file {path}: {problem}") for what, path, problem in found if problem
    ]


def _why_extract(link: Link) -> tuple[Link, list[Diagnostic]]:
    from wasmscope.report.why_extract import is_later, is_resolved, why_extract_text

    if not is_resolved(link):
        return link, said(link)
    path = link.options.why_extract
    try:
        _write(path, why_extract_text(link))
    except OSError as error:
        problem = Diagnostic("error", f"cannot open --why-extract= file {path}: {error.strerror}")
        resolved = replace(link, mark=None, layout=None, index=None, relocate=None, emit=None, failed="resolve")
        spoken = said(resolved)
        later = [one for one in spoken if is_later(one)]
        return resolved, [*(one for one in spoken if one not in later), problem, *later]
    return link, said(link)


def map_problem(link: Link) -> list[Diagnostic]:
    """Write the map of a link that came to its end; gives what is wrong with its place, if anything."""
    from wasmscope.report.map import map_text

    path = link.options.map_file
    try:
        _write(path, map_text(link))
    except BrokenPipeError:
        raise
    except OSError as error:
        return [Diagnostic("error", f"cannot open {path}: {error.strerror}")]
    return []


def _write(path: str, text: str) -> None:
    """Put `text` into the file, or on stdout for "-". Raises OSError."""
    if path == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)
