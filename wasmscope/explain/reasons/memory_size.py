"""Why linear memory is as large as it is, and why something is at its address: what is below it, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wasmscope.explain.memory_image import MemoryImage, memory_image
from wasmscope.explain.naming import count, title
from wasmscope.explain.reasons.graph import kept_thing
from wasmscope.explain.reasons.terms import Term, address_terms
from wasmscope.explain.steps import Steps, steps
from wasmscope.explain.symbols import Thing
from wasmscope.link.chain import Placed
from wasmscope.link.linker_names import TLS_BASE
from wasmscope.link.model import Atom, Boundary, Link, Segment, Symbol


class Block(NamedTuple):
    """`size` bytes of memory from address `start` on, and what they are for."""

    start: int
    size: int
    name: str
    why: str
    step: int
    """The step that fixed where it ends."""


class MemoryStory(NamedTuple):
    """The size of memory, in bytes, as a sum of blocks from address 0 on (more, if the link failed as they do not
    fit)."""

    blocks: tuple[Block, ...]
    pages: int
    page_size: int
    most: int | None
    """The most pages that it may grow to; None: as many as there can be."""
    largest: tuple[tuple[str, int, int], ...]
    """The largest things in it: name, address and size."""

    @property
    def size(self) -> int:
        return self.pages * self.page_size


LARGEST = 8


def why_memory(link: Link) -> MemoryStory | None:
    """What the memory of `link` holds; None before its layout is known, or if it has none (-r,
    or options that contradict each other)."""
    image = memory_image(link)
    if image is None or link.layout is None:
        return None
    memory = link.layout.memory
    blocks = tuple(one for one in _blocks(image) if one.size)
    return MemoryStory(blocks, memory.limits.min, memory.page_size, memory.limits.max, tuple(_largest(link)))


def _blocks(image: MemoryImage) -> Iterator[Block]:
    """The regions, the last of them cut where options and rounding end."""
    link, rows = image.link, _fixed(steps(image.link))
    for region in image.regions:
        if region.kind != "heap":
            why, step = _reason(link, rows, region.segment, region.kind)
            name = "padding" if region.kind == "gap" and region.start else region.name
            yield Block(region.start, region.end - region.start, name, why, step or rows.get("memory end", 0))
        else:
            yield from _top(link, region.start, region.end, rows)


def _fixed(found: Steps) -> dict[str, int]:
    """The step that fixed each boundary, by name."""
    assert found.link.layout is not None
    return {
        thing.name: found.number("layout", row)
        for row, (_, thing, _) in enumerate(found.link.layout.rows)
        if isinstance(thing, Boundary)
    }


def _reason(link: Link, rows: dict[str, int], segment: Segment | None, kind: str) -> tuple[str, int]:
    found = steps(link)
    if segment is not None:
        step = found.number("layout", found.places.segment_row[segment])
        return f"{count(len(segment.chain), 'atom')}, aligned to {1 << segment.align}", step
    if kind == "stack":
        return f"-z stack-size is {link.options.stack_size:,}", rows.get("stack top", 0)
    if kind == "flag":
        return "threads agree here on who fills the memory", rows.get("initialisation flag", 0)
    return "to align what comes next, or up to --global-base", rows.get("data start", 0)


def _top(link: Link, start: int, end: int, rows: dict[str, int]) -> Iterator[Block]:
    """What comes after everything that was laid out."""
    assert link.layout is not None
    layout, options = link.layout, link.options
    step = rows.get("memory end", 0)
    laid_out = max(start, layout.memory.end)
    yield Block(start, laid_out - start, "padding", "the heap begins at a multiple of 16", rows.get("heap base", step))
    if options.initial_heap:
        yield Block(laid_out, options.initial_heap, "heap", f"--initial-heap={options.initial_heap}", step)
        laid_out += options.initial_heap
    page = count(layout.memory.page_size, "byte")
    asked = f"--initial-memory={options.initial_memory}" if options.initial_memory else f"whole pages of {page}"
    why = f"up to {asked}"
    yield Block(laid_out, end - laid_out, "free", f"{why}: the program's allocator may use it", step)


def _largest(link: Link) -> list[tuple[str, int, int]]:
    assert link.layout is not None
    placed = [
        (title(one.item), segment.address + one.offset, one.size)
        for segment in link.layout.segments
        for one in segment.chain
        if one.size
    ]
    return sorted(placed, key=lambda one: -one[2])[:LARGEST]


# --- an address -------------------------------------------------------------------------------------------------


def why_address(link: Link, thing: Thing) -> list[Term]:
    """What is below a datum in memory: blocks, then the atoms before its own, then its place in that.

    The terms add up to its address (of a thread-local one: to its offset from `address_base`). Empty when it has
    none, as what is dropped.
    """
    found, layout = steps(link), link.layout
    atom = kept_thing(thing)
    if layout is None or not isinstance(atom, Atom):
        return address_terms(found, thing) if isinstance(thing, Symbol) and thing.kind == "data" else []
    home = layout.home.get(atom)
    if home is None:
        return []
    merge = layout.merges.get(atom)
    placed = home.chain.places.get(merge.atom if merge is not None else atom)
    addressed = isinstance(home, Segment) and home in found.places.segment_row
    if not isinstance(home, Segment) or not addressed or placed is None or atom in layout.old_homes:
        return address_terms(found, thing) if isinstance(thing, Symbol) else []
    below = [] if address_base(link, thing) else list(_below(link, home))
    inside = address_terms(found, thing)[-1:] if isinstance(thing, Symbol) else []
    return [one for one in (*below, *_before(found, home, placed), *inside) if one.value or one in inside]


def address_base(link: Link, thing: Thing) -> str:
    """What the address of a datum counts from: the global with the thread's own block, where it counts from one; "" for
    memory."""
    own = link.layout is not None and link.layout.tls_offsets and isinstance(thing, Symbol) and thing.tls
    return TLS_BASE if own else ""


def _below(link: Link, home: Segment) -> Iterator[Term]:
    """The blocks below a segment; they add up to its address."""
    image = memory_image(link)
    if image is None:
        step = steps(link).number("layout", steps(link).places.segment_row[home])
        yield Term(f"address of {home.name}", home.address, step)
        return
    for one in _blocks(image):
        if one.start >= home.address:
            return
        yield Term(one.name, min(one.size, home.address - one.start), one.step)


def _before(found: Steps, home: Segment, placed: Placed[Atom]) -> Iterator[Term]:
    """The atoms before one in its segment, and the padding between them."""
    atoms = size = 0
    before = placed.prev
    last = before
    while before is not None:
        atoms, size = atoms + 1, size + before.size
        before = before.prev
    if last is not None:
        step = found.number("layout", found.places.placed[last.item][0])
        yield Term(f"{count(atoms, 'atom')} before it in {home.name}", size, step)
    step = found.number("layout", found.places.placed[placed.item][0])
    yield Term("padding between them", placed.offset - size, step)
