"""The structure of the bytes that are shown: which file's (or memory's) they are, their tree, the way to a byte."""

from __future__ import annotations

from functools import lru_cache

from wasmscope.debugger.naming import Naming
from wasmscope.debugger.panes.bytes_source import InputBytes, OutputBytes
from wasmscope.debugger.panes.memory_source import MemoryBytes, memory_tree
from wasmscope.debugger.scene import Scene
from wasmscope.explain.memory_image import MemoryImage, memory_image
from wasmscope.format.module import Module
from wasmscope.format.node import Node
from wasmscope.format.tree import tree
from wasmscope.link.names import readable

Source = InputBytes | OutputBytes | MemoryBytes


def source_at(scene: Scene) -> Source | None:
    """The bytes that the place is in; where there is no output, those of the first input that can be read."""
    place, link = scene.place, scene.link
    image = memory_image(link) if place.memory else None
    if image is not None:
        return MemoryBytes(scene, image)
    if place.file is not None:
        return InputBytes(scene, place.file)
    if link.emit is not None:
        return OutputBytes(scene)
    files = [*scene.opened.refused, *(link.load.files if link.load is not None else ())]
    return InputBytes(scene, files[0]) if files else None


def source_title(scene: Scene, source: Source) -> str:
    """What the bytes are called."""
    if isinstance(source, MemoryBytes):
        return "memory at start"
    if isinstance(source, InputBytes):
        return scene.naming.file(source.file)
    return f"output {scene.link.options.output or 'a.out'}"


def structure_of(source: Source) -> Node:
    """The tree of a file (or of memory)."""
    if isinstance(source, MemoryBytes):
        naming = source.scene.naming
        return _memory(source.image, naming, naming.raw)
    module = source.file.module if isinstance(source, InputBytes) else source.scene.steps.output
    assert module is not None
    return file_tree(module, source.scene.naming.raw)


@lru_cache(4)
def _memory(image: MemoryImage, naming: Naming, raw: bool) -> Node:
    return memory_tree(image, naming.of)


@lru_cache(16)
def file_tree(module: Module, raw: bool) -> Node:
    """The tree of a file, made once for each of those looked at last; functions are called by `raw` names or not."""
    return tree(module, lambda name: readable(name, not raw))
