"""How two files differ, whatever they are: modules, objects, or archives."""

from __future__ import annotations

from wasmscope.errors import OptionError
from wasmscope.explain.comparing.diff import Difference, diff_modules
from wasmscope.explain.comparing.diff_archives import ArchiveDifference, diff_archives
from wasmscope.format.archive import Archive
from wasmscope.format.module import Module


def diff_files(a: Module | Archive, b: Module | Archive) -> Difference | ArchiveDifference:
    """How `b` differs from `a`. Raises OptionError when only one of them is an archive."""
    if isinstance(a, Archive) and isinstance(b, Archive):
        return diff_archives(a, b)
    for one in (a, b):
        if isinstance(one, Archive):
            raise OptionError(f"{one.path} is an archive, and the other one is not")
    assert isinstance(a, Module)
    assert isinstance(b, Module)
    return diff_modules(a, b)
