"""The structure of the bytes that are shown: which file's they are, its tree, the way to a byte."""

from __future__ import annotations

from functools import lru_cache

from wasmscope.debugger.panes.bytes_source import InputBytes, OutputBytes, bytes_of
from wasmscope.debugger.scene import Scene
from wasmscope.format.module import Module, read
from wasmscope.format.node import Node
from wasmscope.format.tree import tree


def source_at(scene: Scene) -> InputBytes | OutputBytes | None:
    """The bytes that the place is in; where there is no output, those of the first input that can be read."""
    source = bytes_of(scene, scene.place.file)
    if source is not None:
        return source
    files = [*scene.opened.refused, *(scene.link.load.files if scene.link.load is not None else ())]
    return InputBytes(scene, files[0]) if files else None


def structure_of(source: InputBytes | OutputBytes) -> Node:
    """The tree of a file, made once for each of those looked at last."""
    return _root(source.file.module if isinstance(source, InputBytes) else _output_module(source.data))


@lru_cache(4)
def _output_module(data: bytes) -> Module:
    return read(data, "output")


@lru_cache(16)
def _root(module: Module) -> Node:
    return tree(module)
