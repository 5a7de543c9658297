"""Linear memory at a step: the final layout, with what is not placed yet unset, and sites as they are by then."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wasmscope.debugger.cursor import address_of
from wasmscope.debugger.panes.bytes_source import ByteSpan, letter_of, written_spans
from wasmscope.debugger.scene import Scene
from wasmscope.explain.memory_image import MemoryImage, Region
from wasmscope.format.node import Children, Node
from wasmscope.link.chain import Placed
from wasmscope.link.model import Atom

LETTERS = {"stack": "s", "heap": "h", "gap": ".", "zeros": "0", "flag": "L", "data": "L"}


class MemoryBytes:
    """The memory that the module begins with; offsets are addresses."""

    def __init__(self, scene: Scene, image: MemoryImage) -> None:
        self.scene = scene
        self.image = image
        self.size = image.size

    def _placed(self, start: int, end: int) -> Iterator[tuple[Region, int, Placed[Atom]]]:
        for region in self.image.between(start, end):
            if region.segment is not None:
                for address, placed in self.image.placed_between(region.segment, start, end):
                    yield region, address, placed

    def fetch(self, start: int, end: int) -> bytes:
        """The bytes from `start` to `end` as they are now."""
        found = bytearray(self.image.read(start, end))
        for region, address, placed in self._placed(start, end):
            atom = placed.item
            if region.kind == "data" and self.scene.now.patched(atom) != atom.hi - atom.lo:
                now = self.scene.now.bytes(atom)
                low, high = max(start, address), min(end, address + len(now))
                found[low - start : high - start] = now[low - address : high - address]
        return bytes(found)

    def spans(self, start: int, end: int) -> list[ByteSpan]:
        """What happened to the bytes from `start` to `end`."""
        found = []
        for region in self.image.between(start, end):
            if region.segment is None:
                found.append(ByteSpan(region.start, region.end, self._role(region), region.name))
            elif self.scene.now.segment_address(region.segment) is None:
                found.append(ByteSpan(region.start, region.end, "unset", region.name))
            else:
                for address, placed in self.image.placed_between(region.segment, start, end):
                    found += written_spans(self.scene, placed.item, address, start, end)
        return found

    def changed(self) -> tuple[int, int] | None:
        """The addresses, from start to end, that the last step placed or patched; None if it did neither."""
        thing = self.scene.steps.about(self.scene.place.step) if self.scene.place.step else None
        return address_of(self.scene.steps, thing)

    def mark(self, start: int, end: int) -> str:
        """The mark of stops on the addresses from `start` to `end`."""
        return self.scene.stops.mark_of_bytes("mem", start, end) if self.scene.stops is not None else " "

    def _role(self, region: Region) -> str:
        laid_out = self.scene.now.done[3] == self.scene.steps.own_rows[3]
        return "unset" if not laid_out else "linker" if region.kind == "flag" else "dim"

    def whose(self, address: int) -> str:
        """What the letter of the byte at `address` stands for: the file that it is from, or what the memory is for."""
        for _, _, placed in self._placed(address, address + 1):
            return self.scene.naming.file(placed.item.file)
        regions = self.image.between(address, address + 1)
        return next(("linker" if LETTERS[one.kind] == "L" else one.name for one in regions), "")

    def letters(self, start: int, end: int) -> str:
        """For each byte a letter: whose it is; s stack, h heap, 0 zeros, L linker, `.` nobody's."""
        found = [""] * (end - start)
        for region in self.image.between(start, end):
            low, high = max(start, region.start), min(end, region.end)
            found[low - start : high - start] = LETTERS[region.kind] * (high - low)
        for _, address, placed in self._placed(start, end):
            low, high = max(start, address), min(end, address + placed.size)
            found[low - start : high - start] = letter_of(self.scene, placed.item) * (high - low)
        return "".join(found)


Name = Callable[[Atom], str]


def memory_tree(image: MemoryImage, name: Name) -> Node:
    """Memory as a tree: its regions, and in each the atoms; `name(atom)` is what an atom is called."""

    def region(number: int, start: int, end: int) -> Node:
        one = image.regions[number]
        atoms = (lambda: _atoms(one, name)) if one.segment is not None and len(one.segment.chain) else None
        return Node(f"{one.start:#x} {one.name}", start, end, one.rule, atoms)

    starts = [*(one.start for one in image.regions), image.size]
    return Node("memory", 0, image.size, "", lambda: Children((), starts, region))


def _atoms(region: Region, name: Name) -> Children:
    assert region.segment is not None
    placed = list(region.segment.chain)
    starts = [*(region.start + one.offset for one in placed), region.end]
    return Children((), starts, lambda row, start, end: Node(name(placed[row].item), start, end))
