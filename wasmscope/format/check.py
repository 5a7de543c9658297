"""Would a linker take this object? The first thing that LLVM's reader would refuse, in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasmscope.format.module import Module


def check(module: Module) -> None:
    """Raise the first error of `module`."""
    errors = module.read_all()
    if errors:
        raise min(errors, key=lambda error: error.offset or 0)
