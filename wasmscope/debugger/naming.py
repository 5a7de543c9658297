"""Names as the screen says them: demangled, and files without the folders that they have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wasmscope.explain.naming import file_title, title
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol
from wasmscope.link.names import displayed, readable

PATH = re.compile(r"""(?<![^\s,;'"`])[^\s,;'"`/]*+/[^\s,;'"`]*[^\s,;:.'"`]""")
"""A word with a slash in it; one without is left after one look."""


class Naming:
    """Names of things; the files are those of `names`, called by as much of their path's end as tells them apart."""

    def __init__(self, names: Iterable[str] = (), raw: bool = False) -> None:
        self._short = short_names(dict.fromkeys(names))
        self.raw = raw
        """Names are shown as they are in the files."""

    @classmethod
    def in_link(cls, link: Link) -> Naming:
        """Names in `link`, demangled whatever it does with them in the output: rustc always asks for --no-demangle."""
        files = link.load.files if link.load else []
        return cls((*(file.name for file in files), *(one.name for one in link.options.inputs)))

    def words(self, text: str) -> str:
        """A sentence with its file names shortened."""
        if "/" in text:
            text = PATH.sub(lambda found: self._shortened(found[0]), text)
        return self._plain(text)

    def _shortened(self, path: str) -> str:
        """A file's name shortened, in parentheses, too; what is none stays."""
        if path not in self._short and path[0] == "(" and path[-1] == ")":
            return f"({self._shortened(path[1:-1])})" if path[1:-1] else path
        return self._short.get(path, path)

    def _plain(self, text: str) -> str:
        return text if self.raw else displayed(text)

    def file(self, file: ObjectFile | None) -> str:
        """What a file is called."""
        return self.words(file_title(file)) if file is not None else "linker"

    def of(self, thing: object) -> str:
        """What a thing is called."""
        if isinstance(thing, Symbol | Atom):
            return self._plain(readable(title(thing), not self.raw))
        return self.words(title(thing))


def short_names(names: Iterable[str]) -> dict[str, str]:
    """For each file name the end of its path, with folders only as far as other files end the same.

    An archive's member keeps both: `/usr/lib/libc.a(/build/printf.o)` is `libc.a(printf.o)`.
    """
    waiting = list(names)
    short: dict[str, str] = {}
    deepest = max((name.count("/") for name in waiting), default=0)
    for folders in range(deepest + 1):
        ends: dict[str, list[str]] = {}
        for name in waiting:
            ends.setdefault(_end(name, folders), []).append(name)
        short |= {same[0]: end for end, same in ends.items() if len(same) == 1}
        waiting = [name for same in ends.values() if len(same) > 1 for name in same]
    return short | {name: name for name in waiting}


def _end(name: str, folders: int) -> str:
    archive, opening, member = name.partition("(")
    end = "/".join(archive.rsplit("/", folders + 1)[-folders - 1 :])
    return f"{end}({_end(member[:-1], folders)})" if opening and name.endswith(")") else end
