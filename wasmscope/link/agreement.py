"""What must agree where a name is met twice: kind, type, signature, import; and how LLD 22 says that it does not."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import SYMBOL_KINDS
from wasmscope.format.sections import Import
from wasmscope.format.types import FUNCREF, FuncType, GlobalType, TableType, type_name
from wasmscope.link.linker_names import FUNCTION_TABLE
from wasmscope.link.names import INTERNAL
from wasmscope.link.objects import ObjectFile
from wasmscope.link.subjects import Clash, Side
from wasmscope.link.symbol import Symbol


def signature_text(signature: FuncType | None) -> str:
    """A signature as LLD prints it: of several results only the first (quirk Q15)."""
    if signature is None:
        return "() -> void"
    result = type_name(signature.results[0]) if signature.results else "void"
    return f"({', '.join(map(type_name, signature.params))}) -> {result}"


def agree(one: FuncType | None, other: FuncType | None) -> bool:
    """Whether two signatures are the same, as far as both are known."""
    return one is None or other is None or one == other


def clash(symbol: Symbol, file: ObjectFile | None, index: int) -> Clash:
    """What `symbol` is, against record `index` of `file`."""
    return Clash(symbol, Side(symbol.file, symbol.record), Side(file, index))


def mismatch(
    severity: str, words: str, symbol: Symbol, file: ObjectFile | None, index: int, old: object, new: object
) -> Diagnostic:
    """`words`, with what the symbol is and what record `index` of `file` (None: an option) says that it is."""
    first, second = (one.name if one is not None else INTERNAL for one in (symbol.file, file))
    text = f"{words}\n>>> defined as {old} in {first}\n>>> defined as {new} in {second}"
    return Diagnostic(severity, text, (), clash(symbol, file, index))


def kind_mismatch(symbol: Symbol, file: ObjectFile | None, index: int, kind: int, name: str) -> Diagnostic:
    """A symbol is met as another kind of thing; `kind` indexes SYMBOL_KINDS, `name` is how the symbol is shown."""
    old, new = (f"WASM_SYMBOL_TYPE_{one.upper()}" for one in (symbol.kind, SYMBOL_KINDS[kind]))
    return mismatch("error", f"symbol type mismatch: {name}", symbol, file, index, old, new)


def type_mismatch(
    symbol: Symbol, file: ObjectFile, index: int, type: FuncType | GlobalType | TableType | None
) -> Diagnostic | None:
    """What is wrong if record `index` of `file` says that a global, table or tag has `type`; None if nothing is."""
    old, severity = symbol.type, "error"
    if isinstance(type, GlobalType) and isinstance(old, GlobalType) and old != type:
        what, texts = "Global type", (_global_text(old), _global_text(type))
    elif isinstance(type, TableType) and isinstance(old, TableType) and old.elem != type.elem:
        what, texts = "Table type", (_table_text(old), _table_text(type))
    elif isinstance(type, FuncType) and symbol.signature not in (None, type):
        what, texts, severity = "Tag signature", (signature_text(symbol.signature), signature_text(type)), "warning"
    else:
        return None
    return mismatch(severity, f"{what} mismatch: {symbol.name}", symbol, file, index, *texts)


def table_problem(file: ObjectFile, symbols: int, imported: Sequence[Import]) -> str:
    """Why an object that has not as many table symbols as tables is refused; nothing for one made before symbols."""
    count = len(imported) + len(file.tables)
    if symbols:
        what = f"expected one symbol table entry for each of the {count} table(s) present"
        return f"{what}, but got {symbols} symbol(s) instead."
    if file.tables:
        return "unexpected table definition(s) without corresponding symbol-table entries."
    if count != 1:
        return "multiple table imports, but no corresponding symbol-table entries."
    desc = imported[0].desc
    if imported[0].name != FUNCTION_TABLE or not isinstance(desc, TableType) or desc.elem != FUNCREF:
        return f"table import {imported[0].name} is missing a symbol table entry."
    return ""


def _global_text(type: GlobalType) -> str:
    return f"{'var' if type.mutable else 'const'} {type_name(type.type)}"


def _table_text(type: TableType) -> str:
    most = f"; max={type.limits.max}" if type.limits.max is not None else ""
    return f"type={type_name(type.elem)}; limits=[flags=0x{type.limits.flags}; min={type.limits.min}{most}]"
