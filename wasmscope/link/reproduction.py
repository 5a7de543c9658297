"""A link in a tar archive, as `--reproduce` writes it: its command line in `response.txt`, and its inputs.

On a command line such an archive stands for the arguments in it, as `@FILE` does for those in a file. The inputs are
read where they are, in the archive; nothing is extracted. They have their absolute paths there, so what the command
line named relative to a folder that is forgotten (`-L lib`) is found by the end of its path.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from wasmscope.errors import FormatError
from wasmscope.link.response_files import tokenize

RESPONSE = "response.txt"
LISTS = ("--features= ", "-features= ", "--extra-features= ", "-extra-features= ")
"""Options whose values LLD separates by commas, but writes with blanks."""


def open_reproduction(path: str) -> dict[str, bytes] | None:
    """The files in the reproduction at `path`, without the name of the folder that they are all in; None if there is
    no reproduction."""
    from wasmscope.format.tar import is_tar, read_tar

    try:
        with open(path, "rb") as file:
            data = file.read()
        files = read_tar(data, path) if is_tar(data) else {}
    except (OSError, FormatError):
        return None
    folder = next((name.partition("/")[0] for name in files if name.partition("/")[2] == RESPONSE), None)
    if folder is None:
        return None
    return {name.removeprefix(f"{folder}/"): contents for name, contents in files.items()}


def arguments_in(files: dict[str, bytes]) -> list[str]:
    """The command line in a reproduction's `response.txt`."""
    words: list[str] = []
    for line in files[RESPONSE].decode("utf-8", "surrogateescape").split("\n"):
        if line.startswith(LISTS):
            option, _, values = line.partition(" ")
            words.append(option + ",".join(values.split()))
        else:
            words += tokenize(line)
    return words


def named_in(files: dict[str, bytes], path: str) -> str | None:
    """The name in a reproduction of the file that its command line calls `path`."""
    plain = os.path.normpath(path).replace(os.sep, "/")
    if plain.lstrip("/") in files:
        return plain.lstrip("/")
    if os.path.isabs(path):
        return None
    while plain.startswith("../"):
        plain = plain[3:]
    return next((name for name in files if name.endswith(f"/{plain}")), None)


def opened(words: list[str], inputs: Iterable[str]) -> tuple[list[str], str]:
    """`words` with the first reproduction among `inputs` (the words that name inputs) replaced by its arguments.

    Those come first, so that other words can overrule them. Also gives its path; "" when there is none.
    """
    for path in inputs:
        files = open_reproduction(path) if path.endswith(".tar") else None
        if files is not None:
            return [*arguments_in(files), *(word for word in words if word != path)], path
    return words, ""
