"""What a relocation must have written in a finished module: by what its symbol means, and by where the module has that.

Numbers, slots, addresses and offsets are all the module's own. A `Want` holds every value that is right: an import may
be there twice, and a function in two slots.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmscope.explain.auditing.data_addresses import DataAddresses
from wasmscope.explain.auditing.entities import Entities
from wasmscope.explain.auditing.function_meanings import FunctionMeanings
from wasmscope.explain.matching.matching import Matching
from wasmscope.explain.naming import title
from wasmscope.format.defined_types import func_type
from wasmscope.format.relocs import TABLE_INDEX, TYPE_INDEX
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FuncType
from wasmscope.link.model import NO_INDEX, Atom, ObjectFile, Symbol
from wasmscope.link.relocate import (
    FUNCTION_INDEX,
    FUNCTION_OFFSET,
    LOCREL,
    RELATIVE_SLOT,
    SECTION_OFFSET,
    TABLE_NUMBER,
    TAG_INDEX,
    size_field,
    tombstone,
)
from wasmscope.link.scan import GLOBAL_INDEX


class Want(NamedTuple):
    """The values that a relocation may have written, before its addend; none when that cannot be told."""

    values: tuple[int, ...]
    formula: str
    """In words: "address(counter)"."""
    addend: bool = False
    """Whether the addend counts."""
    why: str = ""
    """Why the values are what they are, where that is not plain; or why there is none."""
    dead: bool = False
    """The target is not in the module, and the values say so."""
    wrong: bool = False
    """There is no right value, but there had to be one."""
    unfilled: int | None = None
    """A function, by its index, that had to be in a slot of the table and is in none."""
    marks: tuple[int, ...] = ()
    """Values that are right as well, whatever the addend: tombstones, where it depends on the options of the link
    whether the target counts as live."""


class Expected:
    """The right values for the relocations of `matching`'s link in its module."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.module = matching.module
        self.image = matching.image
        self.link = matching.link
        assert self.link.resolve is not None
        self.bindings = self.link.resolve.bindings
        self.entities = Entities(matching)
        self.functions = FunctionMeanings(matching)
        self.addresses = DataAddresses(matching)
        self._wants: dict[tuple[ObjectFile, int, int, str], Want] = {}

    def of(self, atom: Atom, row: int) -> Want:
        """What relocation `row` of `atom` may write; the addend is already in it where it does not simply count."""
        assert atom.relocs is not None
        assert atom.file is not None
        kind, which, addend = atom.relocs.types[row], atom.relocs.indices[row], atom.relocs.addends[row]
        if kind == SECTION_OFFSET:
            return self.section_offset(self.bindings[atom.file][which], addend)
        want = self.base(atom, kind, which)
        if kind in FUNCTION_OFFSET and want.values:
            return self.code_offset(self.bindings[atom.file][which], addend, want)
        if kind == LOCREL and want.addend:
            own = self.matching.address_of(atom, atom.site(row))
            if own is None:
                return Want((), f"{want.formula} - address of the site", False, "the site has no address")
            return Want(tuple(one - own for one in want.values), f"{want.formula} - address of the site", True)
        return want

    def base(self, atom: Atom, kind: int, which: int) -> Want:
        """What a relocation of type `kind` to index `which` adds its addend to."""
        assert atom.file is not None
        key = atom.file, kind, which, atom.name if atom.kind == "custom" else ""
        found = self._wants.get(key)
        if found is None:
            found = self._wants[key] = self.find(atom, kind, which)
        return found

    def find(self, atom: Atom, kind: int, which: int) -> Want:
        assert atom.file is not None
        if kind == TYPE_INDEX:
            return self.type_index(atom.file.signature(which))
        symbol = self.bindings[atom.file][which]
        if atom.kind == "custom" and self.dead(symbol):
            return self.tombstones(atom, kind, symbol)
        name = title(symbol)
        if kind in FUNCTION_INDEX:
            return Want(self.functions.of(symbol), f"index({name})", False, self.missing(symbol))
        if kind in TABLE_INDEX:
            return self.slot(symbol, kind)
        if kind in GLOBAL_INDEX:
            want = self.global_index(symbol)
            return self.named_by_debug(symbol, want) if atom.kind == "custom" and symbol.kind != "global" else want
        if kind in FUNCTION_OFFSET:
            return Want(self.functions.code_offsets(symbol), f"code offset({name})", True, self.missing(symbol))
        if kind == TAG_INDEX:
            return Want(self.entities.numbers(symbol), f"index({name})", False, self.missing(symbol))
        if kind == TABLE_NUMBER:
            return Want(self.entities.numbers(symbol), f"number({name})", False, self.missing(symbol))
        return self.address(symbol)

    # --- what is not there ----------------------------------------------------------------------------------

    def dead(self, symbol: Symbol) -> bool:
        """Whether the module has nothing of what `symbol` stands for, as far as its atoms could be found; or the
        linker has it, and nothing live mentions it."""
        target, live, layout = symbol.target, self.link.mark, self.link.layout
        if isinstance(target, Atom) and target.file is not None:
            return target not in self.matching.atoms and target not in self.matching.merged
        if live is None or live.keeps(symbol) or target in self.entities.own:
            return False
        return symbol.defined or layout is None or symbol not in layout.values  # `__start_X` is defined after marking

    def tombstones(self, atom: Atom, kind: int, symbol: Symbol) -> Want:
        """What a custom section may say of something that is not in the module. Code offsets and addresses are also
        0, -1 or -2 in what other releases wrote, none of which is a place; 0 is the number of a function, though."""
        dead = tombstone(atom.name)
        live = self.link.mark
        if live is None or live.keeps(symbol):
            return Want((), f"address({title(symbol)})", False, self.missing(symbol))
        others: tuple[int, ...] = () if kind in FUNCTION_INDEX else (-1, -2, 0)
        values = () if kind in GLOBAL_INDEX else self.addresses.linker.values(symbol)
        if values:  # that code mentions it is another link's affair
            want = self.address(symbol)
            return want._replace(values=(*values, 0)) if dead is None else want._replace(marks=(dead, *others))
        why = f"{title(symbol)} is not in the module"
        if dead is None:
            return Want((0,), "addend", True, why, True)
        if symbol.linker and symbol.kind == "global":
            others += self.entities.named(symbol)
        return Want((dead, *others), f"tombstone of {atom.name}", False, why, True)

    def missing(self, symbol: Symbol) -> str:
        """Why nothing can be said about `symbol`, when nothing can."""
        where = f" of {symbol.target.file.name}" if isinstance(symbol.target, Atom) and symbol.target.file else ""
        return f"{title(symbol)}{where} was not found in the module"

    # --- numbers --------------------------------------------------------------------------------------------

    def type_index(self, signature: FuncType) -> Want:
        numbers = tuple(number for number, one in enumerate(self.module.types) if func_type(one) == signature)
        why = "" if numbers else f"the module has no type {signature}"
        return Want(numbers, f"type index of {signature}", False, why)

    def slot(self, symbol: Symbol, kind: int) -> Want:
        relative = self.image.first_slot if kind in RELATIVE_SLOT else 0
        text = f"slot({title(symbol)})" + (" - table base" if relative else "")
        functions = self.functions.of(symbol)
        slots = tuple(slot - relative for one in functions for slot in self.image.slots_of.get(one, ()))
        nothing = symbol.stub or (not symbol.defined and not slots)
        if nothing:
            taken = self.functions.elsewhere(symbol)
            slots += tuple(slot - relative for one in taken for slot in self.image.slots_of.get(one, ()))
            return Want((0, *slots), text, False, f"{title(symbol)} is not defined: its address is null")
        if functions and not slots:
            return Want((), text, False, f"no slot of the table holds {title(symbol)}", unfilled=functions[0])
        return Want(slots, text, False, self.missing(symbol))

    def global_index(self, symbol: Symbol) -> Want:
        name = title(symbol)
        if symbol.kind == "global":
            return Want(self.entities.numbers(symbol), f"index({name})", False, self.missing(symbol))
        text = f"index(GOT global of {name})"
        if symbol.kind == "function":
            slots = [slot for one in self.functions.of(symbol) for slot in self.image.slots_of.get(one, ())]
            holds = slots or [0]
        else:
            holds = [*self.addresses.absolute(symbol), *(self.addresses.in_block(symbol) if symbol.tls else ())]
        globals = self.entities.got(symbol, holds)
        if globals or not holds:
            return Want(globals, text, False, self.missing(symbol))
        why = f"no global holds {', '.join(map(hex, holds))}, the address of {name}"
        return Want((), text, False, why, wrong=True)

    def named_by_debug(self, symbol: Symbol, want: Want) -> Want:
        """The GOT global of `symbol` for debug information, which makes none: there is one if code asks for it."""
        if want.wrong:
            return Want((NO_INDEX,), want.formula, False, want.why, True)
        index = self.link.index
        return want if index is not None and symbol in index.got else want._replace(marks=(NO_INDEX,))

    # --- places ---------------------------------------------------------------------------------------------

    def address(self, symbol: Symbol) -> Want:
        name = title(symbol)
        if self.addresses.nothing(symbol):
            why = f"{name} is not defined: its address is 0, without the addend"
            return Want((0,), f"address({name})", False, why)
        in_block = symbol.tls and self.addresses.tls_offsets
        text = f"offset({name}) in the thread's block" if in_block else f"address({name})"
        return Want(tuple(self.addresses.values(symbol)), text, True, self.missing(symbol))

    def code_offset(self, symbol: Symbol, addend: int, want: Want) -> Want:
        """The place in a function that was encoded anew; else `want`, to which the addend is added."""
        target, section = symbol.target, self.module.section(CODE_ID)
        home = self.matching.atoms.get(target) if isinstance(target, Atom) else None
        if home is None or home.spans is None or section is None or not isinstance(target, Atom):
            return want
        offset = self.matching.offset_of(target, size_field(target) + addend)
        if offset is None or not home.spans:
            return Want((), want.formula, False, "the function has another body")
        return Want((offset - section.contents,), f"{want.formula} + {addend:#x}, moved with its instruction", False)

    def section_offset(self, symbol: Symbol, addend: int) -> Want:
        target = symbol.target
        text = f"offset of {title(symbol)}+{addend:#x} in the module's section"
        if not isinstance(target, Atom):
            return Want((), text, False, self.missing(symbol))
        offset = self.matching.offset_of(target, addend)
        section = self.module.custom(target.name)
        if offset is None or section is None:
            return Want((), text, False, f"{target.name} of {target.file.name if target.file else ''} is not there")
        return Want((offset - section.contents,), text, False)
