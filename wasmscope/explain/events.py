"""The sentences of phase resolve: one symbol event each.

The linker says which rule decided (`Event.rule`); here it becomes a sentence with the names in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from wasmscope.explain.naming import file_title, title
from wasmscope.explain.symbols import SymbolRows
from wasmscope.link.model import Event
from wasmscope.link.names import INTERNAL

Sentence = tuple[str, str]
"""(what happened, why)."""


def event_sentence(symbols: SymbolRows, row: int) -> Sentence:
    """Event `row` in words."""
    event = symbols.events[row]
    tell = _TELL.get(event.kind)
    text = (
        tell(event, symbols, row)
        if tell
        else f"{title(event.symbol) if event.symbol else file_title(event.file)}: {event.kind}"
    )
    return text, _why(event)


def _why(event: Event) -> str:
    if event.kind in ("comdat-kept", "comdat-dropped"):
        return "the first object that names a COMDAT group keeps it"
    if event.kind == "add" and event.file is not None and event.file.lazy:
        return "it was pulled in, so its symbols count from here on"
    if event.kind == "refer" and event.rule == "mentions it":
        return "one name is one symbol, shared by every object that mentions it"
    return event.rule or _RULES.get(event.kind, "the rules of the symbol table")


_RULES = {
    "linker": "the linker makes this symbol in every link",
    "mention": "its first mention puts it in the symbol table",
    "variant": "calls with another signature get a symbol of their own",
    "stub": "a call must have something to call",
}


def before(symbols: SymbolRows, row: int) -> Event | None:
    """The event before `row` about the same symbol, or None."""
    symbol = symbols.events[row].symbol
    rows = symbols.events_of.get(symbol, []) if symbol is not None else []
    position = bisect_left(rows, row)
    return symbols.events[rows[position - 1]] if position else None


def _name(event: Event) -> str:
    """The symbol's name; that of the record where the name was not known yet."""
    if event.symbol is not None:
        return title(event.symbol)
    record = event.file.records[event.record] if event.file is not None and event.record >= 0 else None
    return (record is not None and record.name) or "a symbol"


def _define(event: Event, symbols: SymbolRows, row: int) -> str:
    earlier = before(symbols, row)
    text = f"{_name(event)}: {_by(event)} defines it"
    if earlier is None:
        return text
    if earlier.state == "lazy":
        return f"{text}, as it had offered to"
    return f"{text}, in place of the {earlier.state} mention in {file_title(event.other)}"


def _by(event: Event) -> str:
    return "the linker" if event.file is None else event.file.name


def _state(event: Event) -> str:
    return event.state.replace("defined", "definition") if event.state.endswith("defined") else event.state


def _refer(event: Event, symbols: SymbolRows, row: int) -> str:
    return f"{_name(event)}: {_by(event)} mentions it too; it is {event.state}"


def _extract(event: Event, symbols: SymbolRows, row: int) -> str:
    asker = f"{event.other.name}" if event.other is not None else event.rule or INTERNAL
    return f"{file_title(event.file)} is pulled in for {_name(event)}, wanted by {asker}"


_TELL: dict[str, Callable[[Event, SymbolRows, int], str]] = {
    "linker": lambda event, symbols, row: f"{_name(event)}: the linker makes it ({event.state})",
    "add": lambda event, symbols, row: f"{file_title(event.file)} joins the link",
    "library": lambda event, symbols, row: f"shared library {file_title(event.file)} offers what it exports",
    "extract": _extract,
    "comdat-kept": lambda event, symbols, row: f"{file_title(event.file)} keeps COMDAT group {event.rule}",
    "comdat-dropped": lambda event, symbols, row: (
        f"{file_title(event.file)} drops its copy of COMDAT group {event.rule}: {file_title(event.other)} has it"
    ),
    "unplugged": lambda event, symbols, row: f"{event.rule} {event.record} of {file_title(event.file)} is unplugged",
    "discard": lambda event, symbols, row: f"{_name(event)}: the definition in {_by(event)} is discarded",
    "mention": lambda event, symbols, row: f"{_name(event)}: {_by(event)} mentions it, {event.state}",
    "refer": _refer,
    "lazy": lambda event, symbols, row: f"{_name(event)}: {_by(event)} offers it",
    "define": _define,
    "shared": lambda event, symbols, row: f"{_name(event)}: the shared library {_by(event)} defines it",
    "replace": lambda event, symbols, row: (
        f"{_name(event)}: the definition in {_by(event)} takes the place of the one in {file_title(event.other)}"
    ),
    "keep": lambda event, symbols, row: (
        f"{_name(event)}: the definition in {_by(event)} loses to the one in {file_title(event.other)}"
    ),
    "variant": lambda event, symbols, row: f"{_name(event)}: {_by(event)} knows it with another signature",
    "stub": lambda event, symbols, row: f"{_name(event)}: a stub that traps stands in for it",
    "export": lambda event, symbols, row: f"{_name(event)}: it is to be exported",
    "import": lambda event, symbols, row: f"{_name(event)}: the host provides it",
    "wrap": lambda event, symbols, row: f"{_name(event)}: mentions of it are renamed",
    "optional": lambda event, symbols, row: f"{_name(event)}: the linker defines it, as it is wanted",
}
