"""Names as the screen says them: demangled, and files without the folders that they have in common."""

from __future__ import annotations

import re

from wasmscope.explain.naming import file_title, title
from wasmscope.link.model import Atom, Link, ObjectFile, Symbol
from wasmscope.link.names import display

MANGLED = re.compile(r"(?<![A-Za-z0-9_])_{1,3}[ZR][\w.$]+")


class Naming:
    """Names in `link`. Files are called by their last part if no other file has the same."""

    def __init__(self, link: Link) -> None:
        files = link.load.files if link.load else []
        names = dict.fromkeys((*(file.name for file in files), *(one.name for one in link.options.inputs)))
        lasts = [name.rpartition("/")[2] for name in names]
        unique = len(set(lasts)) == len(lasts)
        folders = {name.rpartition("/")[0] for name in names} - {""}
        self._folders = sorted((f"{one}/" for one in folders), key=len, reverse=True) if unique else []
        self._demangle = link.options.demangle

    def words(self, text: str) -> str:
        """A sentence with its file names shortened."""
        for folder in self._folders:
            text = text.replace(folder, "")
        return self._plain(text)

    def _plain(self, text: str) -> str:
        """`text` with the mangled names in it demangled."""
        if self._demangle and ("_Z" in text or "_R" in text):
            return MANGLED.sub(lambda found: display(found[0]), text)
        return text

    def file(self, file: ObjectFile | None) -> str:
        """What a file is called."""
        return self.words(file_title(file)) if file is not None else "linker"

    def of(self, thing: object) -> str:
        """What a thing is called."""
        if isinstance(thing, Symbol | Atom):
            return self._plain(display(title(thing), self._demangle))
        return self.words(title(thing))
