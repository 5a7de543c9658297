"""What a file's bytes are spent on: rows that add up to its size, of a link or of a module alone; and two of them
compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from wasmscope.errors import WasmError
from wasmscope.explain.debug_info.lines import lines_of, source_of
from wasmscope.explain.debug_info.module_lines import lines_between
from wasmscope.explain.naming import file_title, title
from wasmscope.explain.sizes.runs import Run, module_runs
from wasmscope.explain.sizes.shares import Owned, Share, owned_runs
from wasmscope.explain.steps import steps
from wasmscope.format.module import Module
from wasmscope.link.collector import at_rest
from wasmscope.link.model import Atom, Link, Symbol
from wasmscope.link.names import INTERNAL, readable

HEADER = "header"
NO_SOURCE = "[no source]"


class NoRowsError(WasmError):
    """A file has no rows of the kind that was asked for."""


class Row(NamedTuple):
    """Bytes that belong together."""

    name: str
    """A file, section or source file; a symbol as it is in the symbol table; "[section]" for what is no symbol's."""
    file: str
    """The input that a symbol is from; empty where the name says it."""
    share: Share

    @property
    def shown(self) -> str:
        """The name, demangled."""
        return readable(self.name)


Part = tuple[str, str, str, int]
"""Name and file of a row, kind of bytes, and how many."""


def rows(of: Link | Module, by: str) -> list[Row]:
    """The rows of a link's output, or of a module, the largest first. They add up to the size of the file.

    by: "object" (an archive is one), "member", "section", "symbol" or "source"; of a module alone only the last three.
    Raises NoRowsError where there is no output, or nothing to tell objects apart by.
    """
    if isinstance(of, Module):
        if by not in MODULE_PARTS:
            raise NoRowsError(f"a module alone does not say which {by} its bytes are from")
        return _sums(part for run in module_runs(of) for part in MODULE_PARTS[by](of, run))
    if of.emit is None:
        raise NoRowsError("the link failed, so there is no output")
    return _sums(part for one in owned_runs(of) for part in LINK_PARTS[by](of, one))


def _sums(parts: Iterable[Part]) -> list[Row]:
    with at_rest():
        return _summed(parts)


def _summed(parts: Iterable[Part]) -> list[Row]:
    column = {kind: position for position, kind in enumerate(Share._fields)}
    sums: dict[tuple[str, str], list[int]] = {}
    for name, file, kind, size in parts:
        row = sums.get((name, file))
        if row is None:
            row = sums[name, file] = [0] * len(column)
        row[column[kind]] += size
    found = [Row(name, file, Share(*row)) for (name, file), row in sums.items()]
    return sorted(found, key=lambda one: -one.share.total)


# --- of a link --------------------------------------------------------------------------------------------------


def _object(link: Link, one: Owned) -> Iterator[Part]:
    file = one.file
    yield (file.archive or file.name) if file is not None else INTERNAL, "", one.run.kind, one.run.size


def _member(link: Link, one: Owned) -> Iterator[Part]:
    yield file_title(one.file), "", one.run.kind, one.run.size


def _section(link: Link, one: Owned) -> Iterator[Part]:
    yield one.run.section or HEADER, "", one.run.kind, one.run.size


def _symbol(link: Link, one: Owned) -> Iterator[Part]:
    run, thing = one.run, one.thing
    if thing is None or (isinstance(thing, Atom) and thing.kind == "custom"):
        yield _rest(run), "", run.kind, run.size
        return
    file = file_title(thing.file)
    if isinstance(thing, Atom) and thing.kind == "data" and run.kind == "data" and not one.sharers:
        for symbol, size in _within(link, thing, run.size):
            yield title(symbol) if symbol is not None else title(thing), file, run.kind, size
    else:
        yield title(thing), file, run.kind, run.size


def _rest(run: Run) -> str:
    return f"[{run.section or HEADER}]"


def _within(link: Link, atom: Atom, size: int) -> Iterator[tuple[Symbol | None, int]]:
    """How the bytes of a data atom are shared out among its symbols; the first of several at one place has them."""
    symbols = steps(link).symbols.symbols_at.get(atom, []) if size == atom.size else []
    position = 0
    for symbol in sorted(symbols, key=lambda one: (one.offset, -one.size)):
        start, end = max(symbol.offset, position), min(symbol.offset + symbol.size, size)
        if start < end:
            if start > position:
                yield None, start - position
            yield symbol, end - start
            position = end
    if position < size:
        yield None, size - position


def _source(link: Link, one: Owned) -> Iterator[Part]:
    """The body of a function belongs to the files of its lines: what is inlined to where it was written."""
    run, thing = one.run, one.thing
    if not isinstance(thing, Atom) or run.kind != "code":
        declared = source_of(thing) if thing is not None and run.kind == "data" else None
        yield declared.file if declared is not None else NO_SOURCE, "", run.kind, run.size
        return
    shrunk = steps(link).places.shrunk(thing)
    starts: list[tuple[int, str]] = []
    for offset, source in lines_of(thing):
        moved = offset if shrunk is None else shrunk.output_of(offset)
        starts.append((starts[-1][0] if moved is None and starts else moved or 0, source.file))
    yield from _by_source(starts, run)


def _by_source(starts: list[tuple[int, str]], run: Run) -> Iterator[Part]:
    """starts: where each source line begins, in bytes from the start of `run`; the bytes before belong to the first."""
    if not starts:
        yield NO_SOURCE, "", run.kind, run.size
        return
    position = 0
    for (_, file), (end, _) in zip(starts, [*starts[1:], (run.size, "")], strict=True):
        if end > position:
            yield file, "", run.kind, end - position
            position = end


LINK_PARTS: dict[str, Callable[[Link, Owned], Iterator[Part]]] = {
    "object": _object,
    "member": _member,
    "section": _section,
    "symbol": _symbol,
    "source": _source,
}


# --- of a module alone ------------------------------------------------------------------------------------------


def _module_section(module: Module, run: Run) -> Iterator[Part]:
    yield run.section or HEADER, "", run.kind, run.size


def _module_symbol(module: Module, run: Run) -> Iterator[Part]:
    yield numbered_name(module, run.space, run.number) or _rest(run), "", run.kind, run.size


def numbered_name(module: Module, space: str, number: int) -> str:
    """The name of what has `number` in an index space; empty where the space is of no things that symbols stand for."""
    if space == "function":
        return module.function_names.get(number) or f"function {number}"
    names = {"global": "globals", "table": "tables", "tag": "tags", "data": "datas"}.get(space)
    if names is None:
        return ""
    known = getattr(module.names, names).get(number) if module.names is not None else None
    return known or f"{space} {number}"


def _module_source(module: Module, run: Run) -> Iterator[Part]:
    lines = lines_between(module, run.start, run.end) if run.kind == "code" else []
    starts = [(max(offset - run.start, 0), source.file) for offset, source in lines]
    yield from _by_source(starts, run)


MODULE_PARTS: dict[str, Callable[[Module, Run], Iterator[Part]]] = {
    "section": _module_section,
    "symbol": _module_symbol,
    "source": _module_source,
}


# --- two of them --------------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """A row of two files; None where only the other has it."""

    name: str
    file: str
    before: Share | None
    after: Share | None

    @property
    def change(self) -> int:
        """Bytes more in the second; negative for less."""
        return (self.after.total if self.after else 0) - (self.before.total if self.before else 0)


def compare(before: Iterable[Row], after: Iterable[Row]) -> list[Difference]:
    """The rows of two files side by side, the largest change first; the changes add up to that of the files' sizes.

    Rows of the same name and file are the same.
    """
    first = {(one.name, one.file): one.share for one in before}
    second = {(one.name, one.file): one.share for one in after}
    found = [Difference(*key, first.get(key), second.get(key)) for key in dict.fromkeys((*second, *first))]
    return sorted(found, key=lambda one: -abs(one.change))
