"""What `--reproduce` writes: a tar archive with the command line and every file that was read, as LLD 22 makes it.

`response.txt` has an argument a line, in the spelling that LLD's option library gives it: an alias is written as the
option that it stands for, and inputs are named by their absolute paths without the first slash, as in the archive.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from wasmscope.format.tar import write_tar
from wasmscope.link.command_line import Arg
from wasmscope.link.model import FileRead
from wasmscope.link.option_table import Row

STANDS_FOR = {"V": "-v", "i": "--initial-memory="}
"""Aliases that are rows of their own in the option table."""


def reproduction(path: str, args: Iterable[Arg], version: str, reads: Iterable[FileRead]) -> bytes:
    """The archive to be written to `path`, which its entries are named after. version: as in `LLD 22.1.8`."""
    name = os.path.basename(path)
    base = name.rpartition(".")[0] if "." in name else name
    response = "".join(f"{line}\n" for line in response_lines(args)).encode("utf-8", "surrogateescape")
    files = [("response.txt", response), ("version.txt", f"{version}\n".encode())]
    files += [(_from_root(one.path), one.contents) for one in reads if one.contents is not None]
    return write_tar((f"{base}/{name}", contents) for name, contents in files)


def response_lines(args: Iterable[Arg]) -> Iterator[str]:
    """The lines of `response.txt`."""
    for arg in args:
        if arg.row is None:
            yield _quoted(_from_root(arg.value))
        elif arg.row.sets == "output":
            yield f"-o {_quoted(os.path.basename(arg.value))}"
        elif arg.row.sets != "reproduce":
            yield _option(arg, arg.row)


def _option(arg: Arg, row: Row) -> str:
    """An option as LLVM renders it: spelled as written, or, for an alias, as the first dashes and name that it has."""
    names = [name.lstrip("-") for name in row.names.split()]
    first = ("--" if len(names[0]) > 1 else "-") + names[0]
    bare = arg.written.lstrip("-")
    if not row.takes_value:
        return STANDS_FOR.get(bare) or (arg.written if bare == names[0] else first)
    value = _quoted(arg.value)
    if row.takes == "next":
        return f"{first}={value}"
    if row.takes == "either":
        return f"{arg.written if bare == names[0] else first} {value}"
    option = arg.written[: len(arg.written) - len(arg.value)]
    if row.value == "items":
        return " ".join((option, *(_quoted(one) for one in arg.value.split(",") if one)))
    return option + value


def _from_root(path: str) -> str:
    return os.path.abspath(path).replace(os.sep, "/").lstrip("/")


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
