"""Which symbols the output exports, and why: one rule that several phases ask (LLD 22, reference 2.7)."""

from __future__ import annotations

from wasmscope.link.model import Symbol
from wasmscope.link.options import Options


def exported(symbol: Symbol, options: Options) -> str:
    """Why `symbol` is exported if it is live, in words; empty when it is not."""
    if not symbol.defined or symbol.local:
        return ""
    if symbol.export:
        return symbol.export
    if symbol.exported_by_flag:
        return "the object asks for it (export_name or visibility attribute)"
    if options.export_all:
        return "--export-all"
    if options.export_dynamic and not symbol.hidden:
        return "--export-dynamic, and it is not hidden"
    return ""
