"""What LLD 22 prints on stdout while it links.

Files as they join (`--trace`), what becomes of a name (`--trace-symbol`), and in their places between those what
--print-gc-sections and `--why-extract=-` ask for.

Here all of it follows from the events of resolve and from later results. A traced name has a line for each mention by
an object, and for each definition or offer that the symbol table takes. As in LLD, a variant of the name with another
signature is not traced, and once a definition with another signature holds the name, its mentions are not either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasmscope.link.linker_names import FUNCTION_TABLE
from wasmscope.link.model import Event, Link, ObjectFile, Symbol
from wasmscope.link.names import INTERNAL
from wasmscope.report.gc_sections import removed_lines
from wasmscope.report.why_extract import is_resolved, why_extract_text

DEFINED = frozenset(("linker", "optional", "define", "replace", "shared", "stub"))


def printed_lines(link: Link) -> list[str]:
    """What LLD prints on stdout while it links, as the options ask for it; lines without their ends."""
    options = link.options
    names = frozenset(options.trace_symbols)
    lines = list(_resolving(link, names)) if options.trace or names or options.why_extract == "-" else []
    if options.print_gc_sections:
        lines += removed_lines(link)
    return lines + [f"{INTERNAL}: definition of {name}" for name in _made_late(link) if name in names]


def _resolving(link: Link, names: frozenset[str]) -> Iterator[str]:
    if link.resolve is None:
        return
    tracing = _Tracing()
    events = link.resolve.events
    names_settled = _names_settled(events)
    for number, event in enumerate(events):
        if number == names_settled:
            yield from _settled(link, names)
        if event.kind == "add" and link.options.trace and event.file is not None:
            yield event.file.name
        elif event.symbol is not None and event.symbol.name in names:
            yield from tracing.line(event, event.symbol)
    if names_settled == len(events):
        yield from _settled(link, names)


def _names_settled(events: Sequence[Event]) -> int:
    """The first event after every file is in: the linker makes its optional symbols and stubs, or nothing."""
    added = False
    for number, event in enumerate(events):
        added = added or event.kind == "add"
        if event.kind in ("optional", "stub") or (event.kind == "linker" and added):
            return number
    return len(events)


def _settled(link: Link, names: frozenset[str]) -> Iterator[str]:
    """What LLD prints then: --wrap mentions two names each time, and the --why-extract table."""
    for event in link.resolve.events if link.resolve is not None else []:
        if event.kind == "wrap" and event.symbol is not None:
            mentioned = (prefix + event.symbol.name for prefix in ("__real_", "__wrap_"))
            yield from (f"{INTERNAL}: reference to {name}" for name in mentioned if name in names)
    if link.options.why_extract == "-" and is_resolved(link):
        yield from why_extract_text(link).splitlines()


class _Tracing:
    """What is known about the traced names so far."""

    def __init__(self) -> None:
        self.variants: set[Symbol] = set()
        self.holder: dict[str, Symbol] = {}
        """What each name means at present."""
        self.offered: set[Symbol] = set()
        self.told: set[tuple[Symbol, ObjectFile | None]] = set()
        """Mentions that pulled a file in: LLD tells of one before what is in the file, its own event comes after."""

    def line(self, event: Event, symbol: Symbol) -> Iterator[str]:
        """The line that an event about a traced name makes, if any."""
        kind = event.kind
        if kind == "variant":
            self.variants.add(symbol)
        takes = kind in ("define", "replace", "keep", "shared")
        if takes or (kind == "variant" and event.state in ("defined", "weak defined")):
            self.holder[symbol.name] = symbol
        if kind == "extract" and event.state == "lazy" and event.other is not None:
            self.told.add((symbol, event.other))
            yield _reference(event.other, symbol)
        elif kind in ("mention", "refer") and not self._said(event, symbol):
            yield _reference(event.file, symbol)
        elif kind == "lazy":
            self.offered.add(symbol)
            yield f"{_title(event.file)}: lazy definition of {symbol.name}"
        elif kind in DEFINED and symbol not in self.variants and symbol.name != FUNCTION_TABLE:
            name = symbol.debug_name if kind == "stub" else symbol.name
            yield f"{_title(event.file)}: definition of {name}"

    def _said(self, event: Event, symbol: Symbol) -> bool:
        """Whether a mention has no line, or has had it."""
        if event.kind == "mention" and (event.rule == "--wrap" or symbol in self.offered):
            return True  # --wrap speaks here, or nothing came of the offer: no object does
        if (symbol, event.file) in self.told:
            self.told.remove((symbol, event.file))
            return True
        return self.holder.get(symbol.name, symbol) in self.variants


def _made_late(link: Link) -> Iterator[str]:
    """The symbols that LLD makes after resolving."""
    table = link.mark.table if link.mark is not None else None
    if table is not None and table.linker:
        yield FUNCTION_TABLE
    if link.layout is not None:
        names = {symbol.name for symbol in link.layout.values}
        if link.layout.flag is not None:
            yield link.layout.flag.name
        for segment in link.layout.segments:
            yield from (name for name in (f"__start_{segment.name}", f"__stop_{segment.name}") if name in names)
    if link.index is not None:
        yield from link.index.startup
        yield from (atom.name for atom in link.index.wrappers)


def _reference(file: ObjectFile | None, symbol: Symbol) -> str:
    return f"{_title(file)}: reference to {symbol.name}"


def _title(file: ObjectFile | None) -> str:
    return file.name if file is not None else INTERNAL
