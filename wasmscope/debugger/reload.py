"""Inputs that are watched on disk: which of them changed, once they are whole again.

A compiler writes an object in pieces, or deletes it and makes it anew. So a change counts when the file has been the
same for one look, is there, and is whole: a module's sections, or an archive's members, reach its end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from wasmscope.errors import FormatError
from wasmscope.format.archive import Archive
from wasmscope.format.module import read
from wasmscope.link.load import ARCHIVE_MAGICS, WASM_MAGIC, file_stamp
from wasmscope.link.model import FileRead

PATIENCE = 6
"""Looks after which a file that is still not whole counts as changed all the same, and one that is still not there as
gone: that is news."""


class Watched:
    """The files that a link read, and what they were like then. A pipe is read once, and not looked at again."""

    def __init__(self, reads: Iterable[FileRead]) -> None:
        self._read = {one.path: one.stamp for one in reads if _is_of_disk(one)}
        self._seen = dict(self._read)
        self._looks: dict[str, int] = {}
        """How often a changed file was looked at in vain."""

    @property
    def paths(self) -> list[str]:
        """Paths of the files that are looked at, in the order in which they were read."""
        return list(self._read)

    def changed(self) -> list[str]:
        """Look at every file once: those that have other contents than those read, and are done changing."""
        settled: list[str] = []
        waiting = False
        for path, was in self._read.items():
            now = _stamp(path)
            if now == was:
                self._looks.pop(path, None)
            elif now is not None and now == self._seen[path] and self._is_done(path):
                settled.append(path)
            else:
                waiting = True
                if now is None:
                    self._looks[path] = self._looks.get(path, 0) + 1
            self._seen[path] = now
        return [] if waiting else settled

    @property
    def gone(self) -> list[str]:
        """Files that were there, and for some looks are not: until they are back nothing counts."""
        return [path for path, looks in self._looks.items() if looks > PATIENCE and self._seen[path] is None]

    def pass_over(self) -> None:
        """What the files are like now is no news any more."""
        self._read = dict(self._seen)
        self._looks.clear()

    def _is_done(self, path: str) -> bool:
        self._looks[path] = self._looks.get(path, 0) + 1
        return self._looks[path] > PATIENCE or is_whole(path)


def _is_of_disk(one: FileRead) -> bool:
    if one.stamp is None:
        return one.contents is None  # else it is in a reproduction
    return os.path.isfile(one.path) or not os.path.exists(one.path)


def _stamp(path: str) -> tuple[int, int, int] | None:
    """What the file at `path` is like; None if there is none."""
    try:
        return file_stamp(path) if stat.S_ISREG(os.stat(path).st_mode) else None
    except OSError:
        return None


def is_whole(path: str) -> bool:
    """Whether a file can be read to its end: as sections, as members, or (no wasm at all) as it is."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        if data[:8] in ARCHIVE_MAGICS:
            return all(True for _ in Archive(path, data).members())
        return data[:4] != WASM_MAGIC[: len(data)] or (len(data) >= 8 and not read(data, path).errors)
    except (OSError, FormatError):
        return False
