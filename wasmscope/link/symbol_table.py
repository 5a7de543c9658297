"""The symbol table: one name, one symbol, and the rules by which a definition wins.

Every object's symbols pass through here, as `joining` brings them. The rules are LLD 22's (reference: 2.1): the first
strong definition wins, a strong one beats a weak one, the first weak one beats later weak ones, any definition beats an
undefined mention. Each decision is an `Event`.
"""

from __future__ import annotations

from wasmscope.errors import Diagnostic
from wasmscope.format.linking import (
    SYM_BINDING_MASK,
    SYM_EXPLICIT_NAME,
    SYM_LOCAL,
    SYM_UNDEFINED,
    SYM_WEAK,
    SYMBOL_KINDS,
    SymbolRecord,
)
from wasmscope.format.types import FuncType, GlobalType, TableType
from wasmscope.link.agreement import (
    agree,
    clash,
    kind_mismatch,
    mismatch,
    signature_text,
    type_mismatch,
)
from wasmscope.link.model import Atom, Entity, Event, ObjectFile, Symbol
from wasmscope.link.names import INTERNAL, display
from wasmscope.link.options import Options
from wasmscope.link.symbol import declared_type

BINDING = SYM_BINDING_MASK


class SymbolTable:
    """The table while it grows; `Resolution` holds what it has become when the phase ends."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.symbols: list[Symbol] = []
        self.by_name: dict[str, Symbol] = {}
        self.discarded: set[Atom] = set()
        """Atoms that no symbol may mean: COMDAT losers, and what is unplugged."""
        self.unplugged: set[Atom] = set()
        """Those of them that are to be linked without: also their local symbols are mentions only."""
        self.variants: dict[str, list[Symbol]] = {}
        self.events: list[Event] = []
        self.diagnostics: list[Diagnostic] = []
        self.wanted_by: dict[Symbol, ObjectFile | None] = {}
        """Whose mention was the first that a lazy file answers; the first of all, `Symbol.file`, may be a weak one."""

    # --- talk -----------------------------------------------------------------------------------------------

    def event(self, kind: str, symbol: Symbol | None, file: ObjectFile | None, record: int, rule: str,
              other: ObjectFile | None = None) -> None:  # fmt: skip
        state = symbol.standing if symbol is not None else ""
        if symbol is not None and state == "undefined":
            self.wanted_by.setdefault(symbol, file)
        self.events.append(Event(kind, symbol, file, record, state, rule, other))

    def diagnose(self, severity: str, text: str, subject: object = None, *notes: str) -> None:
        self.diagnostics.append(Diagnostic(severity, text, notes, subject))

    def name(self, symbol: Symbol) -> str:
        return display(symbol.name, self.options.demangle)

    # --- definitions ----------------------------------------------------------------------------------------

    def insert(self, name: str) -> Symbol:
        """A new symbol of that name, last in the table."""
        symbol = Symbol(name, len(self.symbols))
        self.symbols.append(symbol)
        self.by_name[name] = symbol
        return symbol

    def define(self, file: ObjectFile, index: int, record: SymbolRecord) -> Symbol | None:
        """Define `record`, or return None when it is discarded, so that it becomes an undefined mention."""
        target = file.targets[index]
        if record.flags & BINDING == SYM_LOCAL:
            if target in self.unplugged:
                return self.mention_local(file, index, record)
            local = Symbol(record.name or "", -1)
            local.used = True
            local.become_defined(file, index, record, target)
            if record.kind == 3 and isinstance(target, Atom):
                local.name = target.name
            return local
        name = record.name or ""
        if target in self.discarded:
            group = "its COMDAT group was kept from another object"
            rule = "the link is made without it" if target in self.unplugged else group
            self.event("discard", self.by_name.get(name), file, index, rule)
            return None
        symbol = self.by_name.get(name)
        if symbol is None:
            symbol = self.insert(name)
            symbol.used = True
            symbol.become_defined(file, index, record, target)
            self.event("define", symbol, file, index, "first mention is the definition")
            return symbol
        symbol.used = True
        if symbol.state == "lazy":
            offered_here = symbol.file is file
            symbol.become_defined(file, index, record, target)
            rule = "the file that offered it has joined" if offered_here else "a definition goes before an offer"
            self.event("define", symbol, file, index, rule)
            return symbol
        return self._contest(symbol, file, index, record, target)

    def _contest(self, symbol: Symbol, file: ObjectFile, index: int, record: SymbolRecord,
                 target: Atom | Entity | None) -> Symbol:  # fmt: skip
        """A definition meets a symbol that is there: undefined, or defined by another object."""
        if record.kind == 0:
            if not self._check(symbol, file, index, 0, None):
                return symbol
            assert isinstance(target, Atom)
            if (symbol.defined or symbol.shared or symbol.called) and not agree(symbol.signature, target.signature):
                return self._define_variant(symbol, file, index, record, target)
        else:
            self._check(symbol, file, index, record.kind, target.type if isinstance(target, Entity) else None)
        self._replace(symbol, file, index, record, target)
        return symbol

    def _replace(self, symbol: Symbol, file: ObjectFile, index: int, record: SymbolRecord,
                 target: Atom | Entity | None, rival: Symbol | None = None) -> None:  # fmt: skip
        before, was_defined = symbol.file, symbol.defined or symbol.shared
        rule = self._wins(rival or symbol, file, index, record.flags)
        if rule:
            signature = symbol.signature
            symbol.become_defined(file, index, record, target)
            symbol.signature = symbol.signature or signature
            self.event("replace" if was_defined else "define", symbol, file, index, rule, before)
        else:
            lost = "a weak definition does not replace one that is there"
            if record.flags & BINDING != SYM_WEAK:
                lost = "the first definition stays (--allow-multiple-definition)"
            self.event("keep", symbol, file, index, lost, rival.file if rival is not None else before)

    def _wins(self, symbol: Symbol, file: ObjectFile, index: int, flags: int) -> str:
        """Why a new definition takes the symbol, or nothing."""
        if not (symbol.defined or symbol.shared):
            return "a definition beats an undefined mention"
        if flags & BINDING == SYM_WEAK:
            return ""
        if symbol.shared:
            return "a definition beats a shared library's, unless it is weak"
        if symbol.weak:
            return "a strong definition beats a weak one"
        if self.options.allow_multiple_definition:
            return ""
        severity = "warning" if self.options.noinhibit_exec else "error"
        first = symbol.file.name if symbol.file else INTERNAL
        text = f"duplicate symbol: {self.name(symbol)}\n>>> defined in {first}\n>>> defined in {file.name}"
        self.diagnose(severity, text, clash(symbol, file, index))
        if self.options.noinhibit_exec:
            return "of two strong definitions the later one is taken (--noinhibit-exec)"
        return "two strong definitions: an error"

    def _define_variant(
        self, symbol: Symbol, file: ObjectFile, index: int, record: SymbolRecord, target: Atom
    ) -> Symbol:
        """The definition has another signature than the symbol: a variant of its own, which becomes what the name
        means."""
        variant, new = self._variant(symbol, target.signature)
        if new:
            variant.become_defined(file, index, record, target)
            variant.used = True
            self.event(
                "variant", variant, file, index, f"its signature is {signature_text(target.signature)}", symbol.file
            )
        else:
            self._replace(variant, file, index, record, target, symbol)  # as LLD 22: the name's present holder decides
        self.by_name[symbol.name] = variant
        self.symbols[symbol.number] = variant
        variant.number = symbol.number
        return variant

    def _variant(self, symbol: Symbol, signature: FuncType | None) -> tuple[Symbol, bool]:
        """The variant of `symbol` with `signature`, and whether it had to be made."""
        variants = self.variants.setdefault(symbol.name, [])
        if not variants:
            variants.append(symbol)
        for variant in variants:
            if variant.signature == signature:
                return variant, False
        variant = Symbol(symbol.name, -1)
        variants.append(variant)
        return variant, True

    # --- undefined mentions ---------------------------------------------------------------------------------

    def mention_local(self, file: ObjectFile, index: int, record: SymbolRecord) -> Symbol:
        """An undefined mention of a name that is the object's own: a symbol of its own, which is in no table."""
        symbol = Symbol(record.name or "", -1)
        symbol.used = True
        symbol.become_undefined(file, index, record, index in file.called)
        return symbol

    def mention(self, file: ObjectFile, index: int, record: SymbolRecord, called: bool) -> Symbol:
        """An undefined mention that pulls nothing in: the first, a weak one, or one of a name already there."""
        name = record.name or ""
        symbol = self.by_name.get(name)
        if symbol is None:
            symbol = self.insert(name)
            symbol.used = True
            symbol.become_undefined(file, index, record, called)
            self.event("mention", symbol, file, index, "first mention")
            return symbol
        symbol.used = True
        if symbol.state == "lazy":  # weak, or else the file would have been pulled in
            symbol.flags |= SYM_WEAK
            symbol.kind = SYMBOL_KINDS[record.kind]
            declared = declared_type(file, record)
            if isinstance(declared, FuncType):
                symbol.signature = declared
            self.event("refer", symbol, file, index, "a weak mention does not pull it in")
            return symbol
        if record.kind == 0:
            return self._mention_function(symbol, file, index, record, called)
        if symbol.defined or symbol.shared:
            self._check(symbol, file, index, record.kind, declared_type(file, record))
        elif symbol.weak:
            symbol.flags = record.flags | SYM_UNDEFINED
        self.event("refer", symbol, file, index, "mentions it")
        return symbol

    def _mention_function(
        self, symbol: Symbol, file: ObjectFile, index: int, record: SymbolRecord, called: bool
    ) -> Symbol:
        if not self._check(symbol, file, index, 0, None):
            return symbol
        signature = declared_type(file, record)
        assert signature is None or isinstance(signature, FuncType)
        symbol.signature = symbol.signature or signature
        undefined = symbol if symbol.undefined else None
        kind, rule = "refer", "mentions it"
        if called and not agree(symbol.signature, signature):
            if symbol.shared:
                rule = self.mismatch(symbol, signature, file)
            elif undefined is not None and not undefined.called:
                symbol.become_undefined(file, index, record, called)
                kind, rule = "mention", "its call decides the signature, as no other object calls it"
            else:
                symbol, new = self._variant(symbol, signature)
                if new:
                    symbol.used = True
                    symbol.become_undefined(file, index, record, called)
                    self.event("variant", symbol, file, index, f"it is called as {signature_text(signature)}")
        if undefined is not None:
            self._import_attributes(undefined, file, index, record)
            undefined.called = undefined.called or called
            if symbol.weak:
                symbol.flags = record.flags | SYM_UNDEFINED
        self.event(kind, symbol, file, index, rule)
        return symbol

    def mismatch(self, symbol: Symbol, signature: FuncType | None, file: ObjectFile) -> str:
        """An object and a shared library disagree on a function's signature: an error, or what the object says holds.

        Here the object comes second.
        """
        if self.options.shlib_sigcheck:
            self.report_mismatch(symbol, signature, file)
            return "its signature is another than the shared library's: an error"
        symbol.signature = signature
        return "its signature holds, not the shared library's (--no-shlib-sigcheck)"

    def report_mismatch(self, symbol: Symbol, signature: FuncType | None, file: ObjectFile) -> None:
        """Say that `file` knows a function with another signature than its symbol has."""
        lines = [f"function signature mismatch: {self.name(symbol)}"]
        first = symbol.file.name if symbol.file else INTERNAL
        for name, one in ((first, symbol.signature), (file.name, signature)):
            lines.append(f">>> defined as {signature_text(one)} in {name}")
        note = "--no-shlib-sigcheck takes what the program expects"
        self.diagnose("error", "\n".join(lines), symbol, note)

    def _import_attributes(self, symbol: Symbol, file: ObjectFile, index: int, record: SymbolRecord) -> None:
        """Two mentions must agree on the import's name and module; a strong one makes a weak one strong."""
        if record.flags & SYM_UNDEFINED:
            found = file.import_of(record)
            given = found.name if record.flags & SYM_EXPLICIT_NAME else None
            for what, attribute, new in (("name", "import_name", given), ("module", "import_module", found.module)):
                old = getattr(symbol, attribute)
                if new is not None and old is None:
                    setattr(symbol, attribute, new)
                elif new is not None and old != new:
                    words = f"import {what} mismatch for symbol: {self.name(symbol)}"
                    self.diagnostics.append(mismatch("error", words, symbol, file, index, old, new))
        if symbol.weak and record.flags & BINDING != SYM_WEAK:
            symbol.flags = symbol.flags & ~BINDING | record.flags & BINDING

    def _check(
        self, symbol: Symbol, file: ObjectFile, index: int, kind: int, type: FuncType | GlobalType | TableType | None
    ) -> bool:
        """Whether a mention or definition is of the symbol's kind; says so if not, or if the types disagree."""
        if symbol.kind != SYMBOL_KINDS[kind]:
            self.diagnostics.append(kind_mismatch(symbol, file, index, kind, self.name(symbol)))
            return False
        problem = type_mismatch(symbol, file, index, type)
        if problem is not None:
            self.diagnostics.append(problem)
        return True
