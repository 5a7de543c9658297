"""Diagnostics as text, in LLD's form: `wasm-ld: error: …`, a limit to their number, and our notes under each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from wasmscope.errors import Diagnostic
from wasmscope.link.model import Link

PROGRAM = "wasm-ld"
COLORS = {"error": "\x1b[0;31m", "warning": "\x1b[0;35m"}
HELPED = 100
"""So many messages say what helps: more than a person reads, and few enough to be quick."""
PLAIN = "\x1b[0m"
TOO_MANY = "too many errors emitted, stopping now (use -error-limit=0 to see all errors)"


def said(link: Link) -> list[Diagnostic]:
    """Everything that a link has to say, in LLD's order; with --fatal-warnings its warnings are errors."""
    spoken = link.diagnostics
    if link.options.verbose:
        from wasmscope.report.verbose import aloud

        spoken = aloud(link)
    severed = [severe(one, link.options.fatal_warnings) for one in spoken]
    return [_helped(link, one) if number < HELPED else one for number, one in enumerate(severed)]


def _helped(link: Link, one: Diagnostic) -> Diagnostic:
    """A diagnostic with what `explain` has to say about it among its notes."""
    if one.subject is None or one.severity == "log":
        return one
    from wasmscope.explain.reasons.hints import hints  # a link that has nothing to say needs none of it

    return replace(one, notes=(*one.notes, *hints(link, one)))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them is an error."""
    return any(one.severity == "error" for one in diagnostics)


def severe(one: Diagnostic, fatal_warnings: bool) -> Diagnostic:
    """With --fatal-warnings a warning is an error."""
    if one.severity != "warning" or not fatal_warnings:
        return one
    return Diagnostic("error", one.text, one.notes, one.subject)


def messages(diagnostics: Iterable[Diagnostic], limit: int = 20, color: bool = False) -> Iterator[str]:
    """The text of each diagnostic, with its line end, until `limit` errors have been said (0: no limit).

    LLD leaves a line free after a message of several lines. What is said about the command line itself comes before
    LLD has read its limit, so there the limit is 20. A note without a message of its own is LLVM's, and stands bare.
    """
    errors = 0
    apart = theirs = ""  # the line left free, as ours with notes, as LLD's before what --verbose says
    for one in diagnostics:
        allowed = 20 if one.subject == "command line" else limit
        if one.severity == "error":
            if allowed and errors > allowed:
                continue
            if allowed and errors == allowed:
                yield apart + _line(Diagnostic("error", TOO_MANY), color)
                return
            errors += 1
        text = _line(one, color)
        if one.severity == "log":
            yield theirs + text
            apart = theirs = ""
        else:
            yield apart + text
            apart = "\n" if text.count("\n") > 1 else ""
            theirs = "\n" if "\n" in one.text else ""


def _line(one: Diagnostic, color: bool) -> str:
    notes = "".join(f">>> note: {note}\n" for note in one.notes)
    if one.severity == "note":
        return f"{one.text}\n{notes}"
    if one.severity == "log":
        return f"{PROGRAM}: {one.text}\n"
    before, after = (COLORS[one.severity], PLAIN) if color else ("", "")
    return f"{PROGRAM}: {before}{one.severity}: {after}{one.text}\n{notes}"
