"""Which symbols the output exports, and why: one rule that several phases ask (LLD 22, reference 2.7)."""

from __future__ import annotations

from wasmscope.format.linking import SYM_BINDING_MASK, SYM_EXPORTED, SYM_HIDDEN, SYM_LOCAL
from wasmscope.link.model import Symbol
from wasmscope.link.options import Options


def exported(symbol: Symbol, options: Options) -> str:
    """Why `symbol` is exported if it is live, in words; empty when it is not."""
    flags = symbol.flags  # asked of every symbol: no property is worth its call
    if symbol.state != "defined" or flags & SYM_BINDING_MASK == SYM_LOCAL:
        return ""
    if symbol.export:
        return symbol.export
    if flags & SYM_EXPORTED:
        return "the object asks for it (export_name or visibility attribute)"
    if options.export_all:
        return "--export-all"
    if options.export_dynamic and not flags & SYM_HIDDEN:
        return "--export-dynamic, and it is not hidden"
    return ""
