"""What a relocation must have written in a finished module: by what its symbol means, and by where the module has that.

Numbers, slots, addresses and offsets are all the module's own. A `Want` holds every value that is right: an import may
be there twice, and a function in two slots.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import NamedTuple

from wasmscope.errors import FormatError
from wasmscope.explain.entities import Entities
from wasmscope.explain.linker_values import LinkerValues
from wasmscope.explain.matching import Matching
from wasmscope.explain.naming import title
from wasmscope.format.relocs import RELOC_TYPES
from wasmscope.format.types import FUNCTION, FuncType, func_type
from wasmscope.link.mark import TABLE_INDEX, TYPE_INDEX
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

STUB_BODY = b"\0\0\x0b"
"""What follows the size of a function that traps: no locals, unreachable, end."""


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
        self.linker = LinkerValues(matching)
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
            return Want(self.functions(symbol), f"index({name})", False, self.missing(symbol))
        if kind in TABLE_INDEX:
            return self.slot(symbol, kind)
        if kind in GLOBAL_INDEX:
            want = self.global_index(symbol)
            nothing = want.wrong and atom.kind == "custom"  # debug information names it, and no code
            return Want((NO_INDEX,), want.formula, False, want.why, True) if nothing else want
        if kind in FUNCTION_OFFSET:
            return Want(self.code_offsets(symbol), f"code offset({name})", True, self.missing(symbol))
        if kind == TAG_INDEX:
            return Want(self.entities.numbers(symbol), f"index({name})", False, self.missing(symbol))
        if kind == TABLE_NUMBER:
            return Want(self.entities.numbers(symbol), f"number({name})", False, self.missing(symbol))
        return self.address(symbol)

    # --- what is not there ----------------------------------------------------------------------------------

    def dead(self, symbol: Symbol) -> bool:
        """Whether the module has nothing of what `symbol` stands for, as far as its atoms could be found."""
        target = symbol.target
        if isinstance(target, Atom) and target.file is not None:
            return target not in self.matching.atoms and target not in self.matching.merged
        live = self.link.mark
        return live is not None and not live.keeps(symbol) and not self.linker.values(symbol)

    def tombstones(self, atom: Atom, kind: int, symbol: Symbol) -> Want:
        """What a custom section may say of something that is not in the module. Code offsets and addresses are also
        0, -1 or -2 in what other releases wrote, none of which is a place; 0 is the number of a function, though."""
        dead = tombstone(atom.name)
        live = self.link.mark
        if live is None or live.keeps(symbol):
            return Want((), f"address({title(symbol)})", False, self.missing(symbol))
        why = f"{title(symbol)} is not in the module"
        if dead is None:
            return Want((0,), "addend", True, why, True)
        others = () if kind in FUNCTION_INDEX else (-1, -2, 0)
        return Want((dead, *others), f"tombstone of {atom.name}", False, why, True)

    def missing(self, symbol: Symbol) -> str:
        """Why nothing can be said about `symbol`, when nothing can."""
        return f"{title(symbol)} was not found in the module"

    # --- numbers --------------------------------------------------------------------------------------------

    def type_index(self, signature: FuncType) -> Want:
        numbers = tuple(number for number, one in enumerate(self.module.types) if func_type(one) == signature)
        why = "" if numbers else f"the module has no type {signature}"
        return Want(numbers, f"type index of {signature}", False, why)

    def functions(self, symbol: Symbol) -> tuple[int, ...]:
        """Indices of the function that `symbol` stands for."""
        target = symbol.target
        imported = self.imports(symbol)
        if isinstance(target, Atom) and target.file is not None:
            home = self.matching.atoms.get(target)
            own = (home.number,) if home is not None else ()
            numbering = self.link.index  # a shared library may let another's definition take the place of its own
            return (*own, *imported) if numbering is not None and symbol in numbering.imported else own
        if symbol.undefined and imported:
            return imported
        return self.made(symbol) or imported

    def imports(self, symbol: Symbol) -> tuple[int, ...]:
        """Imported functions that may be `symbol`."""
        name, module = symbol.import_name or symbol.name, symbol.import_module
        named = [(number, one.module) for number, one in enumerate(self.module.imported(FUNCTION)) if one.name == name]
        exact = tuple(number for number, where in named if where == (module or "env"))
        return exact or tuple(number for number, _ in named)

    def made(self, symbol: Symbol) -> tuple[int, ...]:
        """Functions that the linker made for `symbol`, or took from a file that is not among the objects: those of its
        name; else all that nothing else is known of."""
        target = symbol.target
        numbering = self.link.index
        if numbering is not None and symbol in numbering.undefined_stubs:
            target = numbering.undefined_stubs[symbol]
        names = {symbol.name, symbol.debug_name}
        names |= {target.name, target.debug_name} if isinstance(target, Atom) else set()
        known, all_names = self.matching.made, self.module.function_names
        named = tuple(index for index, name in known.items() if name in names)
        named = named or tuple(index for index in self.unknown if all_names.get(index) in names)
        if named:
            return named
        signature = symbol.signature or (target.signature if isinstance(target, Atom) else None)
        unknown = [index for index in self.unknown if index not in known and self.signature(index) == signature]
        traps = symbol.stub or (numbering is not None and symbol in numbering.undefined_stubs)
        return tuple(index for index in unknown if not traps or self.traps(index))

    @cached_property
    def unknown(self) -> list[int]:
        """Functions of the module's own that are no atom's."""
        first = self.module.num_imported(FUNCTION)
        end = first + len(self.module.bodies)
        return [index for index in range(first, end) if index not in self.matching.functions]

    def signature(self, index: int) -> FuncType | None:
        """The type of function `index`."""
        imports = self.module.imported(FUNCTION)
        own = index - len(imports)
        if own >= len(self.module.functions):
            return None
        type = imports[index].desc if own < 0 else self.module.functions[own]
        if not isinstance(type, int) or type >= len(self.module.types):
            return None
        return func_type(self.module.types[type])

    def traps(self, index: int) -> bool:
        """Whether function `index` does nothing but trap."""
        one = self.module.bodies[index - self.module.num_imported(FUNCTION)]
        return self.module.data[one.code_start : one.end] == STUB_BODY

    def slot(self, symbol: Symbol, kind: int) -> Want:
        relative = self.image.first_slot if kind in RELATIVE_SLOT else 0
        text = f"slot({title(symbol)})" + (" - table base" if relative else "")
        functions = self.functions(symbol)
        slots = tuple(slot - relative for one in functions for slot in self.image.slots_of.get(one, ()))
        nothing = symbol.stub or (not symbol.defined and not slots)
        if nothing:
            taken = [one for one in self.unknown if self.signature(one) == symbol.signature]  # from another file
            slots += tuple(slot - relative for one in taken for slot in self.image.slots_of.get(one, ()))
            return Want((0, *slots), text, False, f"{title(symbol)} is not defined: its address is null")
        if functions and not slots:
            return Want((), text, False, f"no slot of the table holds {title(symbol)}")
        return Want(slots, text, False, self.missing(symbol))

    def global_index(self, symbol: Symbol) -> Want:
        name = title(symbol)
        if symbol.kind == "global":
            return Want(self.entities.numbers(symbol), f"index({name})", False, self.missing(symbol))
        text = f"index(GOT global of {name})"
        if symbol.kind == "function":
            slots = [slot for one in self.functions(symbol) for slot in self.image.slots_of.get(one, ())]
            holds = slots or [0]
        else:
            holds = [*self.absolute(symbol), *(self.in_block(symbol) if symbol.tls else ())]
        globals = self.entities.got(symbol, holds)
        if globals or not holds:
            return Want(globals, text, False, self.missing(symbol))
        why = f"no global holds {', '.join(map(hex, holds))}, the address of {name}"
        return Want((), text, False, why, wrong=True)

    # --- addresses ------------------------------------------------------------------------------------------

    def address(self, symbol: Symbol) -> Want:
        text, target = f"address({title(symbol)})", symbol.target
        if symbol.tls and self.tls_offsets:
            text = f"offset({title(symbol)}) in the thread's block"
        if isinstance(target, Atom) and symbol.defined and symbol.kind == "data":
            found = self.in_block(symbol) if symbol.tls and self.tls_offsets else self.absolute(symbol)
            return Want(tuple(found), text, True, self.missing(symbol))
        values = self.linker.values(symbol)
        if values or self.linker.knows(symbol):
            return Want(values, text, True, self.missing(symbol))
        if symbol.defined:
            return Want((symbol.offset,), text, True)
        return Want((0,), text, False, f"{title(symbol)} is not defined: its address is 0, without the addend")

    def absolute(self, symbol: Symbol) -> list[int]:
        """Addresses of a datum in linear memory."""
        if isinstance(symbol.target, Atom) and symbol.defined:
            address = self.matching.address_of(symbol.target, symbol.offset)
            return [] if address is None else [address]
        return list(self.linker.values(symbol)) or ([] if self.linker.knows(symbol) else [0])

    def in_block(self, symbol: Symbol) -> list[int]:
        """Offsets of a thread-local datum in a thread's block."""
        if not isinstance(symbol.target, Atom):
            return []
        offset = self.matching.offset_of(symbol.target, symbol.offset)
        home = self.matching.atoms.get(symbol.target)
        areas = self.image.areas
        if offset is None or home is None or not 0 <= home.number < len(areas):
            return []
        return [offset - areas[home.number].start]

    @cached_property
    def tls_offsets(self) -> bool:
        """Whether thread-local symbols are offsets in a thread's block (LLD 19 has addresses in modules of one
        thread): what more sites agree with."""
        agreed: Counter[bool] = Counter()
        for atom in self.matching.atoms:
            if atom.relocs is None or atom.file is None or atom.kind == "custom":
                continue
            for row in range(atom.lo, atom.hi):
                type = RELOC_TYPES[atom.relocs.types[row]]
                if type.symbol_kind != "data":
                    continue
                symbol = self.bindings[atom.file][atom.relocs.indices[row]]
                if symbol.tls and symbol.defined and isinstance(symbol.target, Atom):
                    try:
                        value = self.matching.found(atom, row)
                    except FormatError:
                        continue
                    if value is not None:
                        base = value - atom.relocs.addends[row]
                        agreed[True] += base in self.in_block(symbol)
                        agreed[False] += base in self.absolute(symbol)
        return agreed[True] >= agreed[False]

    # --- offsets --------------------------------------------------------------------------------------------

    def code_offsets(self, symbol: Symbol) -> tuple[int, ...]:
        section = self.module.section(10)
        target = symbol.target
        if section is None or not isinstance(target, Atom):
            return ()
        first = self.module.num_imported(FUNCTION)
        own = [self.module.bodies[index - first] for index in self.functions(symbol) if index >= first]
        return tuple((one.code_start if target.file is not None else one.start) - section.contents for one in own)

    def code_offset(self, symbol: Symbol, addend: int, want: Want) -> Want:
        """The place in a function that was encoded anew; else `want`, to which the addend is added."""
        target, section = symbol.target, self.module.section(10)
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

