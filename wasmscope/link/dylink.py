"""The `dylink.0` section: what the dynamic linker has to know of the output before it runs any of it (LLD 22)."""

from __future__ import annotations

import os

from wasmscope.format.custom import DYLINK, Dylink, ExportInfo, ImportInfo, MemoryInfo
from wasmscope.format.vectors import Vec
from wasmscope.link.model import Layout, Live, Numbering, Resolution, Symbol
from wasmscope.link.options import Options


def needs_dylink(resolution: Resolution, options: Options) -> bool:
    """Whether a dynamic linker has anything to do with the output."""
    return options.pic or options.unresolved == "import-dynamic" or bool(resolution.shared_libraries)


def dylink(resolution: Resolution, live: Live, layout: Layout, index: Numbering, options: Options) -> bytes:
    """The contents of the section."""
    exported = {one.symbol for one in index.exports}
    kept = [one for one in resolution.symbols if live.keeps(one)]
    return DYLINK.write(
        Dylink(
            MemoryInfo(layout.data_size if options.pic else 0, layout.memory_align, len(index.slots), 0),
            Vec(os.path.basename(one.name) for one in resolution.shared_libraries),
            Vec(ExportInfo(one.name, one.flags) for one in kept if one.tls and one in exported),
            Vec(_import_info(one) for one in kept if one.weak and (one.undefined or one.state == "lazy")),
            Vec(options.rpath),
        )
    )


def _import_info(symbol: Symbol) -> ImportInfo:
    """A weak symbol may stay undefined at run time, too."""
    return ImportInfo(symbol.import_module or "env", symbol.import_name or symbol.name, symbol.flags)
