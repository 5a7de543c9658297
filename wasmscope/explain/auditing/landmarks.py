"""What a number in a finished module stands for: a function, slot, address, type, global or offset, in words."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property

from wasmscope.explain.auditing.audit_causes import Miss
from wasmscope.explain.matching.image import Area
from wasmscope.explain.matching.matching import Matching
from wasmscope.explain.naming import bound, count, title
from wasmscope.format.linking import SYM_DATA, SYM_UNDEFINED
from wasmscope.format.relocs import RELOC_TYPES, TABLE_INDEX, TYPE_INDEX
from wasmscope.format.section_ids import CODE_ID
from wasmscope.format.types import FUNCTION, GLOBAL, KIND_NAMES, KIND_NUMBERS, TABLE, TAG
from wasmscope.link.model import Atom, Symbol
from wasmscope.link.names import readable
from wasmscope.link.relocate import FUNCTION_INDEX, FUNCTION_OFFSET, SECTION_OFFSET

SHOWN = 24
"""Characters of a string that are shown."""


class Landmarks:
    """Names for the numbers in the module of `matching`."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.module = matching.module
        self.image = matching.image

    def told(self, miss: Miss) -> str:
        """What the found value of a relocation stands for."""
        value, kind, bits = miss.found, miss.type.number, miss.type.bits
        if value is None:
            return ""
        if miss.type.encoding == "sleb" and not -1 << bits - 1 <= value < 1 << bits - 1:
            return f"no signed number of {bits} bits: engines refuse it"
        if kind in FUNCTION_INDEX:
            return self.function(value)
        if kind in TABLE_INDEX:
            return self.slot(value + (self.image.first_slot if miss.type.relative else 0))
        if kind == TYPE_INDEX:
            types = self.module.types
            return f"type {value} is {types[value]}" if 0 <= value < len(types) else f"there is no type {value}"
        if kind in FUNCTION_OFFSET:
            return self.code_offset(value)
        if kind == SECTION_OFFSET:
            return self.section_offset(miss, value)
        if miss.type.symbol_kind == "data" and miss.symbol is not None and not miss.type.tls:
            return self.address(value & (1 << miss.type.bits) - 1)
        space = KIND_NUMBERS.get(miss.type.symbol_kind)
        told = self.numbered(space, value) if space is not None else ""
        held = self.image.global_value(value) if miss.symbol is not None and miss.symbol.kind != "global" else None
        return told if space != GLOBAL or held is None else f"{told}, which holds {held:#x}"

    def function(self, index: int) -> str:
        """ "function 3 is bump"."""
        if not 0 <= index < self.module.total(FUNCTION):
            return f"there is no function {index}"
        return f"function {index} is {self.function_name(index)}"

    def function_name(self, index: int) -> str:
        """The name of a function: its atom's, else the module's own for it."""
        atom = self.matching.functions.get(index)
        if atom is not None:
            return f"{readable(title(atom))} of {atom.file.name}" if atom.file is not None else title(atom)
        return self.module.function_names.get(index, "one without a name")

    def slot(self, slot: int) -> str:
        function = self.image.slots.get(slot)
        if function is None:
            return f"slot {slot} is empty"
        return f"slot {slot} holds {self.function_name(function)}"

    def numbered(self, kind: int, number: int) -> str:
        what = KIND_NAMES[kind]
        if not 0 <= number < self.module.total(kind):
            return f"there is no {what} {number}"
        names, imports = self.module.names, self.module.imported(kind)
        name = imports[number].name if number < len(imports) else ""
        if names is not None:
            name = {GLOBAL: names.globals, TABLE: names.tables, TAG: names.tags}[kind].get(number, name)
        return f"{what} {number} is {name}" if name else f"{what} {number}"

    # --- addresses ------------------------------------------------------------------------------------------

    def address(self, address: int) -> str:
        """ "address 0x1010 is 16 bytes into counter"."""
        inside = self.data_at(address)
        if inside is not None:
            return f"address {address:#x} is {inside}"
        area = self.image.area_of(address)
        if area is not None:
            text = self.string_at(address)
            where = f"in {area.name or f'data segment {area.number}'}"
            return f"address {address:#x} is {where}" + (f", the string {text}" if text else "")
        return f"address {address:#x} is in no data"

    def data_at(self, address: int) -> str | None:
        """The datum at an address."""
        found = self.atom_of(address)
        if found is None:
            return None
        atom, position = found
        name, start = self.symbol_at(atom, position)
        name += f" of {atom.file.name}" if atom.file is not None else ""
        return _inside(position - start, name)

    def atom_of(self, address: int) -> tuple[Atom, int] | None:
        """The data atom at an address, and which of its bytes."""
        starts, spans = self.matching.memory
        place = bisect_right(starts, address) - 1
        while place >= 0 and spans[place][0] == starts[place]:
            place -= 1
        if place < 0 or address >= spans[place][0]:
            return None
        return spans[place][1], address - starts[place]

    @cached_property
    def _symbols(self) -> dict[Atom, list[tuple[int, str]]]:
        found: dict[Atom, list[tuple[int, str]]] = defaultdict(list)
        link = self.matching.link
        for file in link.resolve.objects if link.resolve is not None else ():
            for record in file.linking.symbols:
                if record.kind == SYM_DATA and not record.flags & SYM_UNDEFINED and record.index < len(file.segments):
                    found[file.segments[record.index]].append((record.offset, record.name or ""))
        for ones in found.values():
            ones.sort()
        return found

    def symbol_at(self, atom: Atom, position: int) -> tuple[str, int]:
        """The symbol that byte `position` of a data atom belongs to, and where it begins; else the atom itself."""
        ones = self._symbols.get(atom, [])
        place = bisect_right(ones, (position, "\U0010ffff")) - 1
        return (readable(ones[place][1]), ones[place][0]) if place >= 0 else (title(atom), 0)

    def string_at(self, address: int) -> str:
        """The text at an address, quoted and cut short; "" where there is none."""
        return _text(self.image.bytes_at(address))

    def region(self, symbol: Symbol | None) -> str:
        """The data segment, or the custom section, of the module that a symbol is in; "" for one that is in none."""
        target = symbol.target if symbol is not None else None
        if not isinstance(target, Atom) or target.kind == "function":
            return ""
        area = self._area(target)
        if area is None:
            return ".bss" if target in self.matching.atoms and target.kind == "data" else target.name
        return area.name or f"data segment {area.number}"

    def region_start(self, symbol: Symbol | None) -> int | None:
        """Where the data segment begins that a symbol is in; of zeros that are not in the file, where these do."""
        target = symbol.target if symbol is not None else None
        area = self._area(target) if isinstance(target, Atom) else None
        if area is not None:
            return area.address
        return self.zeros if isinstance(target, Atom) and target in self.matching.atoms else None

    def _area(self, atom: Atom) -> Area | None:
        home, merged = self.matching.atoms.get(atom), self.matching.merged.get(atom)
        if atom.kind != "data" or (home is None and merged is None):
            return None
        start = merged.start if merged is not None else home.origin if home is not None else 0
        return next((one for one in self.image.areas if one.start <= start <= one.end), None)

    @cached_property
    def zeros(self) -> int | None:
        """Where memory begins that the file leaves out."""
        homes = self.matching.atoms.values()
        return min((one.address for one in homes if one.number < 0 and one.address is not None), default=None)

    # --- offsets --------------------------------------------------------------------------------------------

    def code_offset(self, offset: int) -> str:
        section = self.module.section(CODE_ID)
        if section is None:
            return ""
        bodies, at = self.module.bodies, section.contents + offset
        number = bisect_right(bodies, at, key=lambda one: one.start) - 1
        if number < 0 or at > bodies[number].end:
            return f"code offset {offset:#x} is in no function"
        one = bodies[number]
        name = self.function_name(number + self.module.num_imported(FUNCTION))
        if at < one.code_start:
            return f"code offset {offset:#x} is in the size field of {name}"
        return f"code offset {offset:#x} is {_inside(at - one.code_start, name)}"

    def section_offset(self, miss: Miss, offset: int) -> str:
        target = miss.symbol.target if miss.symbol is not None else None
        section = self.module.custom(target.name) if isinstance(target, Atom) else None
        if section is None:
            return ""
        if offset > section.end - section.contents:
            return f"{section.name} ends before {offset:#x}"
        found = self.matching.atom_at(section.contents + offset)
        if section.name.startswith(".debug_str") or section.name == ".debug_line_str":
            text = _text(self.module.data[section.contents + offset : section.end])
            return f"{section.name} has {text or 'no text'} there"
        if found is None or found[0].file is None:
            return f"{section.name} has {offset:#x}"
        return f"{section.name} at {offset:#x} is {_inside(found[1], f'the piece of {found[0].file.name}')}"

    def same_string(self, atom: Atom, row: int, found: int | None) -> bool:
        """Whether `found` leads to the same NUL-terminated string as the relocation means: a linker may have merged
        strings in its own way."""
        assert atom.relocs is not None
        kind = RELOC_TYPES[atom.relocs.types[row]]
        if found is None or not kind.addend or kind.symbol_kind not in ("data", "section"):
            return False
        symbol = bound(self.matching.link, atom, row)
        target = symbol.target if symbol is not None else None
        if symbol is None or not isinstance(target, Atom) or target in self.matching.atoms:
            return False
        if target in self.matching.merged or not (target.flags & 1 or target.kind == "custom"):
            return False
        at = atom.relocs.addends[row] + (symbol.offset if target.kind == "data" else 0)
        own = target.data
        end = own.find(b"\0", at) + 1
        if not 0 <= at < end:
            return False
        if target.kind == "data":
            return self.image.bytes_at(found).startswith(own[at:end])
        section = self.module.custom(target.name)
        if section is None:
            return False
        start = section.contents + found
        return self.module.data[start : min(start + end - at, section.end)] == own[at:end]


def _inside(position: int, name: str) -> str:
    return f"{count(position, 'byte')} into {name}" if position else f"the start of {name}"


def _text(data: bytes) -> str:
    end = data.find(b"\0")
    if end < 0:
        return ""
    text = data[:end].decode("utf-8", "replace")
    return f'"{text[:SHOWN]}{"…" if len(text) > SHOWN else ""}"' if text.isprintable() else ""
