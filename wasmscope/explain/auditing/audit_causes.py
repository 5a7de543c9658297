"""The mistakes of linkers that `audit` knows by the values that they make, and the wrong value itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wasmscope.format.relocs import RelocType
from wasmscope.link.model import Atom, Symbol

if TYPE_CHECKING:
    from wasmscope.explain.auditing.expected import Want


class Cause(NamedTuple):
    """A mistake: what it is in words, how much it says (0 most), and whether it makes a constant difference."""

    words: str
    rank: int
    constant: bool = False


CAUSES = {
    "addend dropped": Cause("the addend is missing", 0),
    "addend counted twice": Cause("the addend was added twice", 0),
    "symbol offset dropped": Cause("the symbol was taken for the start of its segment", 0),
    "sleb written unsigned": Cause("the signed number was written as an unsigned one, and reads back as another", 0),
    "number cut short": Cause("the number ends before its site does, and the rest of it is read as code", 0),
    "stale offset": Cause("the place is from before code became shorter or longer", 0),
    "relocation owned by two atoms": Cause("a relocation of one atom was applied in another too", 0),
    "comdat loser referenced": Cause("the copy of a COMDAT group that lost is used", 0),
    "weak picked over strong": Cause("a weak definition is used, although there is a strong one", 0),
    "wrong definition": Cause("another definition of the same name is used", 0),
    "size field not counted": Cause("the code offset leaves out the size fields of functions", 0),
    "dropped code given a place": Cause("the target is not in the module, and what is there is something else", 0),
    "tombstone for something live": Cause("the target is marked as dropped, and is in the module", 0),
    "type index not renumbered": Cause("the number is the object's own type index", 0),
    "imports not counted": Cause("the number leaves out the imports, which come first", 0, True),
    "table base counted twice": Cause("the slot counts from 0, not from the table base", 0, True),
    "table filled in another order": Cause("the slots that were given and the table's are in different orders", 0),
    "GOT global wrong": Cause("the global that has to hold the address holds something else", 0),
    "linker symbol wrong": Cause("the symbol is the linker's own, and was given another value", 0, True),
    "wrong segment base": Cause("the address counts from where the segment is not", 0, True),
    "slot off by one": Cause("the table slot is that of a neighbour", 0, True),
    "export of another": Cause("the export leads to something else than its name says", 0),
    "export missing": Cause("what is to be exported is not", 0),
    "start function wrong": Cause("the engine runs this before everything else", 0),
    "start function missing": Cause("nothing runs what fills memory and sets globals", 0),
    "data not copied": Cause("nothing copies the segment into memory", 0),
    "constructor not run": Cause("nothing calls the constructor", 0),
    "constructor run twice": Cause("the constructor is called twice", 0),
    "constructors in another order": Cause("constructors run by priority, and those of one priority in link order", 0),
    "wrong constructor": Cause("what is called is no constructor", 0),
    "slot holds another": Cause("a pointer to the function calls something else", 0),
    "null slot taken": Cause("a pointer to the function is the null pointer", 0),
    "stack pointer wrong": Cause("the stack pointer does not begin at the upper end of the stack in memory", 0),
    "word not set": Cause("the address in the data is not set when the module is placed", 0),
    "word set wrongly": Cause("the address in the data becomes that of something else", 0),
    "zeros not cleared": Cause("memory of the host's that has to begin as zeros is left as it is", 0),
    "global changed": Cause("the global is another than the object's", 0),
    "memory too small": Cause("memory does not hold what is laid out in it", 0),
    "table too small": Cause("the table does not hold what fills it", 0),
    "import of another type": Cause("the objects call it by another type", 0),
    "function of another type": Cause("the function's code is written for another type", 0),
    "section base not added": Cause("the offset counts from the object's piece, not from the section", 1),
    "index not renumbered": Cause("the number is the object's own index", 1),
    "not patched": Cause("the bytes are still those of the object", 1),
    "constant shift": Cause("all are off by the same amount", 2, True),
    "index off by N": Cause("the number is that of another, the same distance away each time", 2, True),
    "wrong function": Cause("another function is named", 3),
    "wrong datum": Cause("the address is that of something else", 3),
    "wrong value": Cause("the value stands for nothing that the relocation could mean", 4),
    "unreadable": Cause("the bytes are no number", 4),
    "export not asked for": Cause("neither an object nor an option asks for the export", 5),
    "bytes changed": Cause("they differ from the object's, and no relocation patches them", 5),
}
"""Every cause, by its key."""


class Miss(NamedTuple):
    """A relocation whose value is wrong; `expected` and `found` are as read back from its site."""

    atom: Atom
    row: int
    type: RelocType
    symbol: Symbol | None
    """None when the relocation names a function type."""
    addend: int
    expected: int | None
    """None when nothing is known but that `found` is something else."""
    formula: str
    found: int | None
    """None when the bytes cannot be read."""
    raw: bytes
    """The bytes of the site."""
    want: Want

    @property
    def delta(self) -> int | None:
        """How much too high the found value is."""
        return None if self.found is None or self.expected is None else self.found - self.expected

    @property
    def signed(self) -> int | None:
        """The found value as a signed number."""
        if self.found is None:
            return None
        value = self.found & (1 << self.type.bits) - 1
        return value - ((value >> self.type.bits - 1) << self.type.bits)

    def shown(self, value: int) -> str:
        """A number as this type's are shown: addresses and offsets in hex, indices in decimal."""
        return f"{value:#x}" if self.type.addend else f"{value}"
