"""What helps with features that do not agree, with sizes of the memory, and with files that are damaged."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.naming import count, title
from wasmscope.explain.sides import shown
from wasmscope.link.model import Atom, Layout, Link, Segment
from wasmscope.link.subjects import Malformed, MemorySize

NEEDS_THREADS = {"shared-mem": ("shared-mem", "atomics", "bulk-memory")}
"""Features that stand or fall together."""
STANDINGS = {"+": "used by", "-": "disallowed by", "=": "required by", "": "not named by"}
ROW = 16
"""Bytes of context on each side of what is wrong."""
LARGEST = 3


# --- features -----------------------------------------------------------------------------------------------------


def features(link: Link, name: str) -> Iterator[str]:
    """Which objects use, disallow or do not name a feature."""
    objects = link.resolve.objects if link.resolve is not None else []
    for feature in NEEDS_THREADS.get(name, (name,)):
        by_standing: dict[str, list[str]] = {}
        for file in objects:
            prefix = next((one.prefix for one in file.module.features or () if one.name == feature), "")
            by_standing.setdefault(prefix, []).append(file.name)
        told = [f"{words} {shown(by_standing[prefix])}" for prefix, words in STANDINGS.items() if prefix in by_standing]
        yield f"{feature}: {'; '.join(told)}"
    without = [file.name for file in objects if not file.module.features]
    if without:
        yield f"no features at all are named by {shown(without)}"
    if link.options.features is not None:
        yield f"--features allows {', '.join(link.options.features) or 'none'}"


# --- memory -------------------------------------------------------------------------------------------------------


def memory(link: Link, size: MemorySize) -> Iterator[str]:
    """What is in memory, from low to high, and the value that the option needs."""
    page = link.options.page_size
    least, most = -(-size.least // page) * page, size.most // page * page
    if size.least > size.value:
        yield f"{size.what}={size.value} is {size.least - size.value:,} bytes short: {size.what}={least} is enough"
    elif size.most and size.value > size.most:
        yield f"{size.what}={size.value} is {size.value - size.most:,} bytes too much: at most {size.what}={most}"
    elif size.most:
        yield f"{size.what}={size.value} is {size.value / page:.2f} pages: {-(-size.value // page) * page} is the next"
    elif size.value % 16:
        yield f"{size.what}={size.value} is no multiple of 16: {(size.value + 15) // 16 * 16} is the next"
    if link.layout is not None:
        yield from _breakdown(link.layout)


def _breakdown(layout: Layout) -> Iterator[str]:
    """Boundaries and segments by address."""
    rows = [(one.address, 1, f"{one.name} ({one.rule})") for one in layout.boundaries]
    if any(one.name == "data start" for one in layout.boundaries):
        rows += [(one.address, 0, f"{one.name}, {count(one.size, 'byte')}{_largest(one)}") for one in layout.segments]
    for address, _, text in sorted(rows, key=lambda row: row[0]):
        yield f"{address:#10x}  {text}"


def _largest(segment: Segment) -> str:
    atoms: list[Atom] = sorted((one.item for one in segment.chain), key=lambda atom: -atom.size)[:LARGEST]
    if len(segment.chain) < 2:
        return ""
    return f"; largest: {', '.join(f'{title(atom)} {atom.size:,}' for atom in atoms)}"


# --- damage -------------------------------------------------------------------------------------------------------


def damage(link: Link, malformed: Malformed) -> Iterator[str]:
    """Where a file is damaged, what should be there, and the bytes that are."""
    error, data = malformed
    where = f"section {error.section}" if error.section else ""
    if error.offset is None:
        if where:
            yield where
        return
    yield f"at offset {error.offset:#x} of {len(data):#x} bytes{f', in {where}' if where else ''}"
    if error.expected:
        yield f"expected: {error.expected}"
    yield from hex_lines(data, error.offset)


def hex_lines(data: bytes, offset: int) -> Iterator[str]:
    """The bytes around `offset`, the one there in brackets."""
    start = max(offset - ROW, 0) // ROW * ROW
    for row in range(start, min(start + 3 * ROW, len(data) + 1), ROW):
        cells = [f"{byte:02x}" for byte in data[row : row + ROW]] + (["end"] if row + ROW > len(data) else [])
        marks = ["]" if row + at == offset + 1 else "[" if row + at == offset else " " for at in range(len(cells) + 1)]
        hexes = "".join(mark + cell for mark, cell in zip(marks, [*cells, ""], strict=True))
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data[row : row + ROW])
        yield f"{row:06x} {hexes:<{ROW * 3 + 2}} {text}".rstrip()
