"""Shared libraries as inputs: what they export counts as defined, and the dynamic linker brings the two together.

A library's functions and globals are symbols; a global's value is an address, so it stands for a datum. Nothing of a
library is copied, and none of its own imports matter here. The rules are LLD 22's.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.format.types import FUNCTION, GLOBAL, FuncType
from wasmscope.link.agreement import kind_mismatch
from wasmscope.link.linker_names import CALL_CTORS
from wasmscope.link.objects import ObjectFile
from wasmscope.link.symbol import Symbol
from wasmscope.link.symbol_table import SymbolTable

OWN = ("__wasm_apply_data_relocs", CALL_CTORS)
"""What each module has of its own; `__start_X` and `__stop_X` are its own as well."""


def add_shared_library(file: ObjectFile, table: SymbolTable) -> None:
    """Enter what the library `file` exports."""
    table.event("library", None, file, -1, "a shared library: the dynamic linker loads it, too")
    for name, signature in exports(file):
        symbol = table.by_name.get(name)
        if symbol is None:
            _take(table.insert(name), file, signature, table, "first mention is a shared library's definition")
        elif symbol.state == "lazy":
            _take(symbol, file, signature, table, "a shared library comes before a file that waits")
        else:
            _meet(symbol, file, signature, table)


def exports(file: ObjectFile) -> Iterator[tuple[str, FuncType | None]]:
    """Names and signatures (None: a datum) of what a library offers."""
    module, imported = file.module, file.imported(FUNCTION)
    for one in module.exports:
        if one.name in OWN or one.name.startswith(("__start_", "__stop_")):
            continue
        if one.kind == FUNCTION and one.index >= imported:
            yield one.name, file.signature(module.functions[one.index - imported])
        elif one.kind == GLOBAL:
            yield one.name, None


def _meet(symbol: Symbol, file: ObjectFile, signature: FuncType | None, table: SymbolTable) -> None:
    """The library defines a name that is mentioned or defined already; it never replaces a definition."""
    if symbol.kind != ("data" if signature is None else "function"):
        if signature is not None or not symbol.defined:
            kind = 0 if signature is not None else 1
            table.diagnostics.append(kind_mismatch(symbol, file, -1, kind, table.name(symbol)))
        return
    if symbol.defined or symbol.shared:
        return
    if signature is not None and symbol.called and symbol.signature not in (None, signature):
        if table.options.shlib_sigcheck:
            table.report_mismatch(symbol, signature, file)
        else:
            signature = symbol.signature
    _take(symbol, file, signature, table, "a definition beats an undefined mention")


def _take(symbol: Symbol, file: ObjectFile, signature: FuncType | None, table: SymbolTable, rule: str) -> None:
    symbol.kind = "data" if signature is None else "function"
    symbol.state, symbol.file, symbol.record, symbol.flags = "shared", file, -1, 0
    symbol.target, symbol.signature, symbol.type = None, signature, None
    symbol.import_module = symbol.import_name = None
    table.event("shared", symbol, file, -1, rule)
