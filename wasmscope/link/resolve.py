"""Phase 2: names become definitions.

One table of names, shared by all objects, in order of first mention. Objects are added in command line order; a strong
undefined mention of a name that a lazy file offers pulls that file in at once, before the rest of the current object is
read, so files join in the order in which they *finish* joining. Afterwards come the symbols that options ask for, the
linker's own optional symbols, stubs for calls whose signatures disagree, --wrap renames and stubs for weak undefined
functions. The order of all of it is LLD 22's (reference: 2.0 phases 5 to 15, 2.1, 2.2), as it decides every number
later.
"""

from __future__ import annotations

from wasmscope.format.linking import SYM_HIDDEN, SYM_UNDEFINED
from wasmscope.format.types import I32, I64, FuncType
from wasmscope.link.agreement import kind_mismatch, signature_text
from wasmscope.link.exported import exported
from wasmscope.link.hashing import dense_map_order, string_map_order
from wasmscope.link.joining import Joining
from wasmscope.link.linker_names import CALL_CTORS, CALL_DTORS
from wasmscope.link.linker_symbols import LinkerSymbols
from wasmscope.link.load import stops
from wasmscope.link.model import Loaded, Resolution, Symbol
from wasmscope.link.names import INTERNAL
from wasmscope.link.options import Options
from wasmscope.link.shared_libraries import add_shared_library
from wasmscope.link.stub_libraries import apply_stub_libraries
from wasmscope.link.subjects import Variants, Wanted
from wasmscope.link.symbol_table import SymbolTable


def resolve(loaded: Loaded, options: Options) -> Resolution:
    """Resolve every name of `loaded`'s objects; the result says which objects take part and what each symbol means."""
    return _Resolve(loaded, options).run()


class _Resolve:
    def __init__(self, loaded: Loaded, options: Options) -> None:
        self.loaded = loaded
        self.options = options
        self.table = SymbolTable(options)
        self.joining = Joining(self.table, options)
        self.own = LinkerSymbols(self.table, options, I64 if loaded.arch == "wasm64" else I32)
        self.entry: Symbol | None = None

    def run(self) -> Resolution:
        """The phase's steps in LLD's order; it stops after an error where LLD does."""
        table, joining = self.table, self.joining
        self.own.make_first()
        for number, file in enumerate(self.loaded.files):
            self.add_shared_libraries(number)
            joining.add(file)
        self.add_shared_libraries(len(self.loaded.files))
        if not self.failed:
            self.ask_for_symbols()
        if not self.failed:
            wrapped = self.make_wrapped_symbols()
            apply_stub_libraries(self.loaded.stub_libraries, joining)
            self.own.make_optional()
            self.resolve_variants()
            self.apply_wraps(wrapped)
            self.force_exports()
            self.stub_weak_functions()
            if self.entry is not None:
                self.entry.flags &= ~SYM_HIDDEN
            self.demote_lazy_symbols()
            self.own.make_function_table()
        return Resolution(
            objects=joining.objects,
            symbols=table.symbols,
            by_name=table.by_name,
            bindings=joining.bindings,
            events=table.events,
            discarded=table.discarded,
            synthetic_functions=self.own.functions,
            synthetic_globals=self.own.globals,
            linker=self.own.by_name,
            wrappers=self.wants_wrappers(),
            allowed_undefined=self.loaded.allowed_undefined | self.own.allowed_bases(),
            legacy_table=joining.legacy_table,
            shared_libraries=[library for library, _ in self.loaded.shared_libraries],
            extractions=joining.extractions,
            unplugged=table.unplugged,
            diagnostics=table.diagnostics,
        )

    def add_shared_libraries(self, place: int) -> None:
        """Those that stand on the command line after `place` objects."""
        for library, before in self.loaded.shared_libraries:
            if before == place:
                add_shared_library(library, self.table)

    @property
    def failed(self) -> bool:
        return stops(self.table.diagnostics, self.options)

    # --- symbols that options ask for -----------------------------------------------------------------------

    def ask_for_symbols(self) -> None:
        """-u, --export, the entry and `__wasm_call_dtors` pull in the lazy file that offers them."""
        options = self.options
        for name in options.undefined:
            self.want(name, INTERNAL, "--undefined")
        for name in string_map_order(dict.fromkeys((*options.exports_if_defined, *options.exports))):
            self.want(name, "--export", "--export")
        if options.relocatable:
            return
        if options.entry:
            self.find_entry(options.entry)
        ctors = self.own.by_name[CALL_CTORS]
        named = {*options.exports, *options.exports_if_defined}
        if not (ctors.used or options.shared or options.entry == CALL_CTORS or CALL_CTORS in named):
            self.find_dtors()

    def want(self, name: str, asker: str, rule: str) -> Symbol | None:
        symbol = self.table.by_name.get(name)
        if symbol is None:
            return None
        symbol.used = True
        if symbol.state == "lazy":
            self.joining.extract(symbol, asker, rule)
            symbol = self.table.by_name[name]
        return symbol

    def find_entry(self, name: str) -> None:
        symbol = self.want(name, "--entry", "--entry")
        if symbol is not None and (symbol.defined or symbol.shared):
            symbol.export = "--entry"
            self.entry = symbol
            self.table.event("export", symbol, symbol.file, symbol.record, "it is the entry")
            return
        text = f"entry symbol not defined (pass --no-entry to suppress): {name}"
        self.table.diagnose("error", text, Wanted(name, symbol))

    def find_dtors(self) -> None:
        symbol = self.want(CALL_DTORS, INTERNAL, "the linker calls it after each exported function")
        if symbol is None:
            return
        if symbol.kind != "function" or not symbol.defined:
            self.table.diagnose("error", f"{CALL_DTORS} must be a function", symbol)
            return
        if symbol.signature not in (None, FuncType((), ())):
            self.table.diagnose("error", f"{CALL_DTORS} must have no argument or return values", symbol)
        self.own.by_name[CALL_DTORS] = symbol

    def force_exports(self) -> None:
        for option, names in (
            ("--export-if-defined", self.options.exports_if_defined),
            ("--export", self.options.exports),
        ):
            for name in names:
                symbol = self.table.by_name.get(name)
                if symbol is not None and symbol.defined:
                    symbol.export = option
                    self.table.event("export", symbol, symbol.file, symbol.record, option)

    def wants_wrappers(self) -> bool:
        """As LLD 22: nobody mentions or exports `__wasm_call_ctors`, so each exported function shall call it itself."""
        ctors = self.own.by_name.get(CALL_CTORS)
        return not self.options.pic and ctors is not None and not ctors.used and not exported(ctors, self.options)

    # --- --wrap ---------------------------------------------------------------------------------------------

    def make_wrapped_symbols(self) -> list[tuple[Symbol, Symbol, Symbol]]:
        wrapped = []
        for name in dict.fromkeys(self.options.wrap):
            symbol = self.table.by_name.get(name)
            if symbol is None:
                continue
            real, wrap = (self.mention_function(f"{prefix}{name}") for prefix in ("__real_", "__wrap_"))
            symbol.used = wrap.used = True
            for made in (real, wrap):
                made.signature = made.signature or symbol.signature
            wrapped.append((symbol, real, wrap))
        return wrapped

    def mention_function(self, name: str) -> Symbol:
        symbol = self.want(name, INTERNAL, "--wrap")
        if symbol is None:
            symbol = self.table.insert(name)
            symbol.flags = SYM_UNDEFINED
            self.table.event("mention", symbol, None, -1, "--wrap")
        elif symbol.kind != "function" and symbol.state != "lazy":
            self.table.diagnostics.append(kind_mismatch(symbol, None, -1, 0, self.table.name(symbol)))
        elif symbol.undefined and symbol.weak:
            symbol.flags = SYM_UNDEFINED
            self.table.event("refer", symbol, None, -1, "--wrap mentions it, and not weakly")
        return symbol

    def apply_wraps(self, wrapped: list[tuple[Symbol, Symbol, Symbol]]) -> None:
        """Mentions of X mean `__wrap_X`, mentions of `__real_X` mean X, in X's own file too."""
        if not wrapped:
            return
        becomes = {symbol: wrap for symbol, _, wrap in wrapped} | {real: symbol for symbol, real, _ in wrapped}
        for bindings in self.joining.bindings.values():
            bindings[:] = [becomes.get(symbol, symbol) for symbol in bindings]
        for symbol, real, wrap in wrapped:
            self.table.event("wrap", symbol, symbol.file, symbol.record, f"mentions of it mean {wrap.name}")
            real.used = False  # nobody means it any more
            by_name = self.table.by_name
            if symbol.stub:  # it has the stub's name for LLD now, so nothing is found under its old one
                by_name[real.name] = self.table.symbols[0]
            else:
                by_name[real.name], by_name[symbol.name] = by_name[symbol.name], by_name[wrap.name]

    # --- stubs ----------------------------------------------------------------------------------------------

    def resolve_variants(self) -> None:
        """A name with several signatures: the definition's is right, every other becomes a stub that traps."""
        for name in dense_map_order(self.table.variants):
            variants = self.table.variants[name]
            defined = next((one for one in variants if one.defined), None)
            if defined is None:
                self.report_mismatch(variants[0], variants[1], "error")
                return
            for variant in variants:
                if variant is not defined:
                    self.report_mismatch(variant, defined, "warning")
                    rule = (
                        f"called as {signature_text(variant.signature)}, defined as {signature_text(defined.signature)}"
                    )
                    self.own.make_stub(variant, "signature_mismatch:", rule)

    def report_mismatch(self, one: Symbol, other: Symbol, severity: str) -> None:
        lines = [f"function signature mismatch: {one.name}"]
        for symbol in (one, other):
            file = symbol.file.name if symbol.file else INTERNAL
            lines.append(f">>> defined as {signature_text(symbol.signature)} in {file}")
        self.table.diagnose(severity, "\n".join(lines), Variants(one, other))

    def stub_weak_functions(self) -> None:
        if self.options.relocatable or self.options.pic:  # the dynamic linker may know it
            return
        for symbol in list(self.table.symbols):
            wanted = symbol.weak and not symbol.defined and symbol.used
            if wanted and symbol.signature is not None and (symbol.kind == "function" or symbol.state == "lazy"):
                self.own.make_stub(symbol, "undefined_weak:", "weak and undefined: a call of it traps")
                symbol.flags |= SYM_HIDDEN

    def demote_lazy_symbols(self) -> None:
        """What is still lazy is not coming; a weakly mentioned function is undefined from here on."""
        for symbol in self.table.symbols:
            if symbol.state == "lazy" and symbol.signature is not None:
                symbol.state = "undefined"
                symbol.kind = "function"
                symbol.called = True  # LLD does not know, so position-independent output imports it
                self.table.event("mention", symbol, symbol.file, -1, "nothing pulled in the file that offers it")
