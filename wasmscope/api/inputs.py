"""What `wasmscope.link` is given: words of wasm-ld's command line, and objects and archives that no file holds."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence

from wasmscope.errors import FormatError, OptionError
from wasmscope.format.recognize import is_archive
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_to_look_at, understood
from wasmscope.link.load import Source
from wasmscope.link.model import Link
from wasmscope.link.options import Options

Input = str | os.PathLike[str] | bytes | tuple[str, bytes]
"""A word of wasm-ld's command line (a path, mostly), a path, or the contents of an object or archive: by themselves, or
with the name that they have in messages and answers."""
OptionWords = str | Iterable[str]
"""Options as a shell would split them, or one word each."""


class MemorySource(Source):
    """Files that are in memory, by their names; others are looked for on disk."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self.files = files

    def contents(self, path: str) -> bytes:
        """The contents of `path`. Raises OSError."""
        held = self.files.get(path)
        return super().contents(path) if held is None else held

    def exists(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        return path in self.files or super().exists(path)


class Asked:
    """A link that is asked for: its words, and where their bytes are."""

    def __init__(self, inputs: Sequence[Input], options: OptionWords = (), strict: bool = False) -> None:
        """Raises OptionError for words that cannot be split, and for names that no input in memory can have."""
        self.files: dict[str, bytes] = {}
        self.words = (*map(self._word, inputs), *split(options))
        self.strict = strict
        self.source: Source = MemorySource(self.files)

    def _word(self, given: Input) -> str:
        if isinstance(given, str):
            return given
        if isinstance(given, os.PathLike):
            path = os.fspath(given)
            return path if path[:1] not in ("-", "@") else os.path.join(os.curdir, path)
        name, contents = given if isinstance(given, tuple) else ("", given)
        if not isinstance(contents, bytes):
            raise TypeError(f"an input is a path, a word, bytes or (name, bytes), not {type(contents).__name__}")
        if not isinstance(given, tuple):
            name = f"input{len(self.files) + 1}.{'a' if is_archive(contents) else 'o'}"
        if name[:1] in ("", "-", "@") or name.endswith(".tar"):
            raise OptionError(f"an input in memory cannot be called '{name}', which says something else to a linker")
        if self.files.setdefault(name, contents) is not contents:
            raise OptionError(f"two inputs in memory are called '{name}'")
        return name

    def more(self, options: OptionWords) -> Asked:
        """The same with more options after its own; what was read is not read again."""
        again = Asked((), (*self.words, *split(options)), self.strict)
        again.files, again.source = self.files, self.source
        return again

    @property
    def options(self) -> Options:
        """What the words mean. Raises OptionError when they cannot be understood."""
        return understood(self.words)

    def link(self, options: Options | None = None) -> Link:
        """The link of its own options, or of `options`. Raises OptionError when its own cannot be understood."""
        options = self.options if options is None else options
        return link_to_look_at(options, self.strict, lambda given: link(given, self.source))


def split(options: OptionWords) -> list[str]:
    """Options as words. Raises OptionError for a quotation that does not end."""
    if not isinstance(options, str):
        return list(options)
    try:
        return shlex.split(options)
    except ValueError as error:
        raise OptionError(f"{options}: {str(error).lower()}") from None


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The contents of a file. Raises FormatError when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        words = error.strerror if isinstance(error, OSError) else str(error)
        raise FormatError(f"cannot open {os.fspath(path)}: {words}") from None
