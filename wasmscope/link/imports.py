"""Imports: what stays undefined and may, numbered before anything of the output's own (LLD 22; reference: 2.5)."""

from __future__ import annotations

from wasmscope.format.types import GLOBAL, KIND_NUMBERS, MEMORY
from wasmscope.link.model import ImportEntry, Live, Numbering, Resolution, Symbol
from wasmscope.link.options import Options
from wasmscope.link.pic import GOT_FUNCTIONS, GOT_MEMORY
from wasmscope.link.scan import Scan


def number_imports(it: Numbering, resolution: Resolution, live: Live, scan: Scan, options: Options) -> None:
    """Fill the imports of `it`: the memory first, then the function table, then symbols in table order."""
    _Imports(it, resolution, live, scan, options).run()


class _Imports:
    def __init__(self, it: Numbering, resolution: Resolution, live: Live, scan: Scan, options: Options) -> None:
        self.it = it
        self.resolution = resolution
        self.live = live
        self.scan = scan
        self.options = options

    def run(self) -> None:
        if self.options.import_memory is not None:
            module, name = self.options.import_memory
            self.add(ImportEntry(module, name, MEMORY, None, 0, "--import-memory"))
        seen: dict[object, int] = {}
        table = self.live.table
        if table is not None and table.undefined and self.importable(table):
            self.add_symbol(table, seen)
        for symbol in self.resolution.symbols:
            if symbol is not table and self.importable(symbol):
                self.add_symbol(symbol, seen)
        late = self.scan.table
        if late is not None and late is not table and late.undefined:
            self.add_symbol(late, seen)
        for symbol in self.scan.got_imports:
            self.add_got(symbol)

    def importable(self, symbol: Symbol) -> str:
        """Why an undefined symbol becomes an import; empty when it does not."""
        if symbol is self.scan.table and symbol is not self.live.table:
            return "--import-table"
        anew = symbol.state == "defined" and self.options.shared and symbol.weak and not symbol.hidden
        if not anew and symbol.state not in ("undefined", "shared"):
            return ""
        if symbol.kind == "data" or not symbol.used or not self.live.keeps(symbol):
            return ""
        if anew:
            return "another module may define it, too: it is weak"
        if symbol.shared:
            return "a shared library defines it"
        if self.options.relocatable:
            return "-r: the final link resolves it"
        if self.options.pic:
            direct = symbol.kind != "function" or symbol.called
            return "the dynamic linker finds it" if direct else ""
        if symbol.weak:
            return ""
        if self.options.import_undefined or self.options.unresolved == "import-dynamic":
            return "--import-undefined"
        if symbol.name in self.resolution.allowed_undefined:
            return f"listed in {self.resolution.allowed_undefined[symbol.name]}"
        if symbol.stub_library:
            return f"{symbol.stub_library} says that the host provides it"
        return "the object gives it an import name" if symbol.import_name is not None else ""

    def add_symbol(self, symbol: Symbol, seen: dict[object, int]) -> None:
        """Equal imports (type, module, field) share a number; the first one's symbol stands for them."""
        kind = KIND_NUMBERS[symbol.kind]
        module, name = symbol.import_module or "env", symbol.import_name or symbol.name
        key = (kind, symbol.signature if symbol.type is None else symbol.type, module, name)
        number = seen.get(key)
        if number is None:
            number = seen[key] = self.it.imported_counts[kind]
            self.add(ImportEntry(module, name, kind, symbol, number, self.importable(symbol)))
        self.it.imported[symbol] = number

    def add_got(self, symbol: Symbol) -> None:
        """The global that the dynamic linker puts the address of `symbol` into; its mere offer in an archive is no
        datum."""
        data = symbol.kind == "data" and symbol.state != "lazy"
        number = self.it.got_imports[symbol] = self.it.imported_counts[GLOBAL]
        module, rule = GOT_MEMORY if data else GOT_FUNCTIONS, f"the dynamic linker tells the address of {symbol.name}"
        self.add(ImportEntry(module, symbol.name, GLOBAL, symbol, number, rule, True))

    def add(self, entry: ImportEntry) -> None:
        self.it.imports.append(entry)
        self.it.rows.append(("import", entry, entry.number))
        self.it.imported_counts[entry.kind] += 1
