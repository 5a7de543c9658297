"""Stub libraries: text files that list what the host will provide, and what each of those needs of the module.

    stub ::= "#STUB" line*      line ::= name (":" name ("," name)*)? | "#" comment

A name that something mentions and nothing defines may then stay undefined: it is imported. What it needs must be
defined, is pulled in if a library offers it, and is exported, since the host will use it (LLD 22 `addStubSymbolDeps`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasmscope.link.hashing import dense_map_order
from wasmscope.link.joining import Joining
from wasmscope.link.model import StubLibrary, Symbol
from wasmscope.link.symbol_table import SymbolTable

STUB_MAGIC = b"#STUB"


def read_stub_library(name: str, data: bytes) -> StubLibrary:
    """Read the text of a stub library; of two lines about one name the last counts."""
    needs: dict[str, list[str]] = {}
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        line = line.strip()
        if line and not line.startswith("#"):
            listed, _, rest = line.partition(":")
            needs[listed.strip()] = list(_names(rest.strip()))
    return StubLibrary(name, {one: needs[one] for one in dense_map_order(needs)})


def _names(text: str) -> Iterator[str]:
    while text:
        name, _, text = text.partition(",")
        yield name.strip()


def apply_stub_libraries(libraries: Iterable[StubLibrary], joining: Joining) -> None:
    """Let what `libraries` list be imported, and export what it needs; anew as long as that pulls in more objects."""
    libraries = list(libraries)
    for library in libraries:
        _use(library, joining.table)
    again = True
    while again:
        again = False
        for library in libraries:
            again |= _apply(library, joining)


def _use(library: StubLibrary, table: SymbolTable) -> None:
    """As LLD does before link-time optimisation: what may be needed counts as mentioned by an object."""
    for listed, needs in library.needs.items():
        symbol = table.by_name.get(listed)
        if symbol is None or symbol.undefined:
            for name in needs:
                if name in table.by_name:
                    table.by_name[name].used = True


def _apply(library: StubLibrary, joining: Joining) -> bool:
    """Names that match a listed one, then other symbols whose import name does; whether an object was pulled in."""
    table = joining.table
    named = ((table.by_name.get(listed), needs) for listed, needs in library.needs.items())
    pulled = [_import(library, symbol, needs, joining) for symbol, needs in named if symbol is not None]
    for symbol in list(table.symbols):
        if symbol.import_name in library.needs and symbol.import_name is not None:
            pulled.append(_import(library, symbol, library.needs[symbol.import_name], joining))
    return any(pulled)


def _import(library: StubLibrary, symbol: Symbol, needs: list[str], joining: Joining) -> bool:
    if not symbol.undefined or symbol.stub_library:  # the first library that lists it decides
        return False
    table = joining.table
    symbol.stub_library = library.name
    table.event("import", symbol, symbol.file, -1, f"{library.name} lists it")
    pulled = False
    for name in needs:
        needed = table.by_name.get(name)
        if needed is None or needed.undefined:
            shown = name if needed is None else table.name(needed)
            text = f"{library.name}: undefined symbol: {shown}. Required by {table.name(symbol)}"
            table.diagnose("error", text, symbol)
            continue
        needed.export = f"{library.name}: the host needs it for {symbol.name}"
        if needed.state == "lazy":
            joining.extract(needed, "", needed.export)
            if symbol.file is not None:  # LLD 22 tells of the wrong symbol here
                joining.extractions.append((library.name, symbol.file, symbol))
            pulled = True
        needed = table.by_name[name]
        needed.export = f"{library.name}: the host needs it for {symbol.name}"
        table.event("export", needed, needed.file, needed.record, needed.export)
    return pulled
