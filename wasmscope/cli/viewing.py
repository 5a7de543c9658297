"""What the viewing commands share: their own options, a lenient link, what to say about it, and the exit code."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from wasmscope.cli.progress import Progress
from wasmscope.cli.status import FAILED, OK, PARTIAL, UNREADABLE, USAGE, Stop
from wasmscope.cli.words import pick
from wasmscope.errors import FormatError
from wasmscope.link.lenient import link_to_look_at, understood
from wasmscope.link.model import Link
from wasmscope.link.options import Options

if TYPE_CHECKING:
    from wasmscope.format.module import Module

T = TypeVar("T")
OURS = {"--json": False, "--strict": False, "-h": False, "--help": False}
"""Options of every viewing command, and whether each takes a value."""


def split(words: Sequence[str], more: Mapping[str, bool] | None = None) -> tuple[dict[str, str], list[str]]:
    """A viewing command's own options, and the link's words."""
    return pick(words, {**OURS, **(more or {})})


def linked(words: Sequence[str], strict: bool) -> Link:
    """The link that `words` ask for, with what a viewer assumes unless `strict`.

    Raises OptionError when the words themselves are wrong, Stop when nothing was named to link.
    """
    return link_of(checked(words), strict)


def link_of(options: Options, strict: bool) -> Link:
    """The link of `options`, with what a viewer assumes unless `strict`."""
    from wasmscope.link.driver import link
    from wasmscope.link.load import Source

    source = Source()  # what the first try read need not be read for the second
    with Progress("linking"):
        return link_to_look_at(options, strict, lambda given: link(given, source))


def checked(words: Sequence[str]) -> Options:
    """The options in `words`. Raises OptionError when they cannot be understood, Stop when they name no input."""
    options = understood(words)
    if not options.inputs:
        raise Stop(USAGE, "no input files", "usage: wasmscope [COMMAND ...] [link options] FILE...  (wasmscope --help)")
    return options


def linked_module(options: Options) -> Module | None:
    """The module that is the only input, when it is linked already.

    None for an object, for several inputs, and for what is no wasm file: the linker will say what is wrong with it.
    """
    if len(options.inputs) != 1 or options.inputs[0].library:
        return None
    from wasmscope.format.module import read
    from wasmscope.format.module_value import MAGIC

    name = options.inputs[0].name
    try:
        with open(name, "rb") as file:
            data = file.read(len(MAGIC))
            module = read(data + file.read(), name) if data == MAGIC else None
    except (OSError, FormatError):
        return None
    return None if module is None or module.is_object else module


def tell_module(module: Module) -> int:
    """Say on stderr what of `module` could not be read; returns the exit code that it earns."""
    problems = module.read_all()
    for error in problems[:1]:
        print(f"wasmscope: read in part: {error}", file=sys.stderr)
    return PARTIAL if problems else OK


def print_facts(facts: T, lines: Callable[[T], Iterable[str]], as_json: bool) -> None:
    """Print an answer on stdout: its facts as JSON, or as the lines that `lines` makes of them."""
    if as_json:
        from wasmscope.report.json import write

        write(facts)
    else:
        for line in lines(facts):
            print(line)


UNREAD = re.compile("cannot open |unknown file type: |.*: (missing version number|invalid version number: [0-9]+)$")
"""What is said of an input of which nothing can be read; a component is wasm of another version."""


def tell(link: Link) -> int:
    """Say on stderr what was assumed and what the link said; returns the exit code that the link earns."""
    from wasmscope.report.messages import messages, said

    if link.assumed:
        print(f"wasmscope: assumed {' '.join(link.assumed)} (--strict turns this off)", file=sys.stderr)
    spoken = said(link)
    for text in messages(spoken, link.options.error_limit, sys.stderr.isatty()):
        sys.stderr.write(text)
    errors = [one.text for one in spoken if one.severity == "error"]
    if any(text.endswith("not a relocatable wasm file") for text in errors):
        told = "a module that is linked already can be looked at alone, compared (diff, size --against) or audited"
        print(f"wasmscope: {told}", file=sys.stderr)
    if not errors and not link.failed:
        return OK
    return UNREADABLE if any(map(UNREAD.match, errors)) else FAILED
