"""Objects made in Python, for whoever tests a code generator or a linker.

    builder = ObjectBuilder()
    puts = builder.extern_function("puts", FuncType((I32,), (I32,)))
    hello = builder.data("hello", b"hello\\0", segment=".rodata.hello", segment_flags=SEG_STRINGS)
    builder.function("_start", FuncType((), ()), body(address(hello), call(puts), "drop"))
    Path("hello.o").write_bytes(builder.flush())

What is declared has a symbol, and what it stands for is an item of a chain. An update unplugs the item and appends it
anew; a freed declaration's item is unplugged, and its place in the symbol table goes to the next declaration. Nothing
is numbered before `flush`, so declarations may come in any order, and a function may be declared before its body is.
"""

from __future__ import annotations

from wasmscope.format.custom import Feature, Producer
from wasmscope.format.expr import ConstExpr
from wasmscope.format.linking import (
    SEG_TLS,
    SYM_ABSOLUTE,
    SYM_EXPLICIT_NAME,
    SYM_EXPORTED,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_TLS,
    SYM_UNDEFINED,
)
from wasmscope.format.relocs import TABLE_INDEX
from wasmscope.format.types import FUNCREF, LIMITS_64, FuncType, GlobalType, Limits, TableType
from wasmscope.link.chain import Chain
from wasmscope.link.content import (
    Content,
    Ref,
    Site,
    address,
    body,
    call,
    checked,
    instruction,
    joined,
    pointer,
    reloc_type,
    word,
)
from wasmscope.link.declaration import (
    KEPT_FLAGS,
    Declaration,
    Definition,
    SymbolPlaces,
    alive,
    check_change,
    check_flags,
)
from wasmscope.link.draft import Draft
from wasmscope.link.drafting import drafted
from wasmscope.link.linker_names import FUNCTION_TABLE

__all__ = [
    "Content", "Declaration", "Definition", "Draft", "ObjectBuilder", "Ref", "Site", "address", "body", "call",
    "instruction", "joined", "pointer", "reloc_type", "word",
]  # fmt: skip

DEFAULT_PRIORITY = 65535
PRODUCER_FIELDS = ("language", "processed-by", "sdk")
RESERVED = ("linking", "name", "producers", "target_features", "dylink", "dylink.0")
"""Custom sections that would make something else of the object."""
_CHAINS = ("import", "code", "data", "custom", "global", "table", "tag")


class ObjectBuilder:
    """A relocatable object in the making.

    `flags` are SYM_ constants, `segment_flags` SEG_ constants of `format.linking`; alignments are log2 of bytes; an
    empty `name` declares something without a symbol. Wrong arguments raise ValueError at once, what cannot become an
    object raises LinkError in `flush`.
    """

    def __init__(self, memory64: bool = False) -> None:
        self.memory64 = memory64
        self.types: dict[FuncType, int] = {}
        """Function types and their indices."""
        self.chains: dict[str, Chain[Definition]] = {name: Chain(name) for name in _CHAINS}
        """What is defined ("code", "data", "custom", "global", "table", "tag") and imported ("import"), in order."""
        self.symbols = SymbolPlaces()
        self.inits: list[tuple[int, Declaration]] = []
        self.features: list[Feature] = []
        self.producers: dict[str, list[Producer]] = {}

    # --- definitions ----------------------------------------------------------------------------------------

    def function(self, name: str, type: FuncType, content: Content | bytes | None = None, *, flags: int = 0,
                 comdat: str = "", export_name: str | None = None, debug_name: str = "") -> Declaration:  # fmt: skip
        """Declare a function. `content` is its body without its size; None leaves it to `update`.

        With `export_name` it is exported by that name. `debug_name` goes to the object's name section.
        """
        flags |= SYM_EXPORTED if export_name is not None else 0
        definition = Definition("function", name, type, comdat=comdat, export_name=export_name, debug_name=debug_name)
        return self._defined(definition, name, flags, content)

    def data(self, name: str, content: Content | bytes | None = None, *, align: int = 0, segment: str = "",
             flags: int = 0, segment_flags: int = 0, comdat: str = "") -> Declaration:  # fmt: skip
        """Declare a datum in a segment of its own, called `segment` (or `.data.` and its name)."""
        if segment_flags & SEG_TLS:
            flags |= SYM_TLS
        definition = Definition("data", segment or f".data.{name}", flags=segment_flags, comdat=comdat)
        check_change(Declaration("data", name, flags, definition, self.memory64), align=align)
        definition.align = align
        return self._defined(definition, name, flags, content)

    def absolute(self, name: str, address: int, *, size: int = 0, flags: int = 0) -> Declaration:
        """Declare a datum at an address that no segment decides.

        LLD 22 counts such an address from the object's first segment all the same, and crashes when there is none.
        """
        made = Declaration("data", name, flags | SYM_ABSOLUTE, None, self.memory64, offset=address, size=size)
        return self._declared(made)

    def global_var(self, name: str, type: GlobalType, init: ConstExpr, *, flags: int = 0) -> Declaration:
        """Declare a global."""
        return self._defined(Definition("global", name, type, init=init), name, flags)

    def table(self, name: str, type: TableType, *, flags: int = 0) -> Declaration:
        """Declare a table."""
        return self._defined(Definition("table", name, type), name, flags)

    def tag(self, name: str, type: FuncType, *, flags: int = 0) -> Declaration:
        """Declare an exception's tag, with what it carries as the parameters of `type`."""
        return self._defined(Definition("tag", name, type), name, flags)

    def custom(
        self, name: str, content: Content | bytes = b"", *, comdat: str = "", symbol: bool | None = None
    ) -> Declaration:
        """Declare a custom section; without a `symbol`, SECTION_OFFSET relocations cannot name it.

        One in a COMDAT group has no symbol unless told to: LLD 22 crashes when it drops a section that has one.
        """
        symbol = not comdat if symbol is None else symbol
        if name in RESERVED or name.startswith("reloc."):
            raise ValueError(f"{name}: the builder writes this section itself")
        definition = Definition("section", name, comdat=comdat)
        return self._defined(definition, name if symbol else "", SYM_LOCAL, content)

    def alias(self, name: str, target: Declaration, *, offset: int = 0, size: int | None = None, flags: int = 0
              ) -> Declaration:  # fmt: skip
        """Declare another name for what `target` stands for; for a datum, `offset` bytes after the segment's start.

        `size` is in bytes, None for all that is left of the segment.
        """
        alive(target)
        definition = target.definition
        if definition is None or definition.module is not None or ((offset or size) and target.kind != "data"):
            raise ValueError(f"{name}: {target.name} has nothing that an alias could stand for")
        flags |= target.flags & SYM_TLS
        made = Declaration(target.kind, name, flags, definition, self.memory64, offset=offset, size=size)
        return self._declared(made)

    # --- what others define ---------------------------------------------------------------------------------

    def extern_function(self, name: str, type: FuncType, *, module: str = "env", import_name: str | None = None,
                        flags: int = 0) -> Declaration:  # fmt: skip
        """Declare a function that another object or the host defines. An `import_name` makes it the host's business."""
        return self._extern(Definition("function", name, type, module=module), name, import_name, flags)

    def extern_data(self, name: str, *, flags: int = 0) -> Declaration:
        """Declare a datum that another object defines."""
        return self._declared(Declaration("data", name, flags | SYM_UNDEFINED, None, self.memory64))

    def extern_global(self, name: str, type: GlobalType, *, module: str = "env", import_name: str | None = None,
                      flags: int = 0) -> Declaration:  # fmt: skip
        """Declare a global that another object, the linker or the host defines."""
        return self._extern(Definition("global", name, type, module=module), name, import_name, flags)

    def extern_table(self, name: str, type: TableType, *, module: str = "env", import_name: str | None = None,
                     flags: int = 0) -> Declaration:  # fmt: skip
        """Declare a table that another object, the linker or the host defines."""
        return self._extern(Definition("table", name, type, module=module), name, import_name, flags)

    def extern_tag(self, name: str, type: FuncType, *, module: str = "env", import_name: str | None = None,
                   flags: int = 0) -> Declaration:  # fmt: skip
        """Declare a tag that another object or the host defines."""
        return self._extern(Definition("tag", name, type, module=module), name, import_name, flags)

    def function_table(self) -> Declaration:
        """The table that indirect calls go through, declared when first asked for."""
        known = self.symbols.by_name.get(FUNCTION_TABLE)
        limits = Limits(LIMITS_64 if self.memory64 else 0, 0)
        return known or self.extern_table(FUNCTION_TABLE, TableType(FUNCREF, limits), flags=SYM_NO_STRIP)

    # --- the rest -------------------------------------------------------------------------------------------

    def init(self, function: Declaration, priority: int = DEFAULT_PRIORITY) -> None:
        """Have `function` called before the program starts, those with the lowest priority first."""
        alive(function)
        if function.kind != "function" or function.symbol < 0:
            raise ValueError(f"{function.name}: a {function.kind} without code cannot be called at the start")
        self.inits.append((priority, function))

    def feature(self, name: str, prefix: str = "+") -> None:
        """Say that the code uses a target feature, or (with "-") that it must not be linked with it."""
        if prefix not in ("+", "-") or any(one.name == name for one in self.features):
            raise ValueError(f"{prefix}{name}: a feature is named once, with + or -")
        self.features.append(Feature(prefix, name))

    def producer(self, field: str, name: str, version: str = "") -> None:
        """Say who made this; `field` is "language", "processed-by" or "sdk"."""
        known = self.producers.get(field, [])
        if field not in PRODUCER_FIELDS or any(one.name == name for one in known):
            raise ValueError(f"{field} {name}: a producer is named once, under {', '.join(PRODUCER_FIELDS)}")
        self.producers[field] = [*known, Producer(name, version)]

    def put_or_get_type(self, type: FuncType) -> int:
        """Index of a function type, which is added when it is new."""
        return self.types.setdefault(type, len(self.types))

    # --- changing what is declared --------------------------------------------------------------------------

    def update(self, declaration: Declaration, content: Content | bytes | None = None, *, flags: int | None = None,
               type: FuncType | GlobalType | TableType | None = None, init: ConstExpr | None = None,
               align: int | None = None) -> None:  # fmt: skip
        """Give a declaration what is not None; its definition is unplugged from its chain and appended anew.

        Raises ValueError, and then changes nothing.
        """
        definition = alive(declaration).definition
        check_change(declaration, type, init, align)
        content = None if content is None else checked(content, declaration)
        if flags is not None:
            self.symbols.set_flags(declaration, flags | declaration.flags & KEPT_FLAGS)
        if definition is None:
            return
        definition.content = definition.content if content is None else content
        definition.type = definition.type if type is None else type
        definition.init = definition.init if init is None else init
        definition.align = definition.align if align is None else align
        self.chains[definition.chain].unplug(definition)
        self._append(definition)

    def free(self, declaration: Declaration) -> None:
        """Take a declaration back. What it stands for is unplugged, unless another name stands for it too."""
        definition = alive(declaration).definition
        if definition is not None:
            definition.users.remove(declaration)
            if not definition.users:
                self.chains[definition.chain].unplug(definition)
        self.inits = [one for one in self.inits if one[1] is not declaration]
        self.symbols.take_back(declaration)

    def draft(self) -> Draft:
        """The object as records. Raises LinkError when it is not complete."""
        return drafted(self)

    def flush(self) -> bytes:
        """The object as bytes. Raises LinkError when it is not complete."""
        return self.draft().build()

    # --- behind it ------------------------------------------------------------------------------------------

    def _defined(self, definition: Definition, name: str, flags: int, content: Content | bytes | None = None
                 ) -> Declaration:  # fmt: skip
        made = Declaration(definition.kind, name, flags, definition, self.memory64)
        if content is not None:
            definition.content = checked(content, made)
        self._declared(made)
        self._append(definition)
        return made

    def _extern(self, definition: Definition, name: str, import_name: str | None, flags: int) -> Declaration:
        definition.import_name = name if import_name is None else import_name
        flags |= SYM_UNDEFINED | (SYM_EXPLICIT_NAME if import_name is not None else 0)
        if not name:
            raise ValueError(f"a {definition.kind} that is imported needs a name")
        made = self._declared(Declaration(definition.kind, name, flags, definition, self.memory64))
        self._append(definition)
        return made

    def _declared(self, made: Declaration) -> Declaration:
        """Enter a declaration into the symbol table, if it has a name."""
        check_flags(made, made.flags)
        if made.name:
            self.symbols.put(made)
        if made.definition is not None:
            made.definition.users.add(made)
        return made

    def _append(self, definition: Definition) -> None:
        """Put a definition at the end of its chain; declare what its sites need: types, and the function table."""
        size = len(definition.content) if definition.content is not None else 0
        self.chains[definition.chain].append(definition, size, definition.align)
        if isinstance(definition.type, FuncType):
            self.put_or_get_type(definition.type)
        for site in definition.content.sites if definition.content is not None else ():
            if isinstance(site.symbol, FuncType):
                self.put_or_get_type(site.symbol)
            elif reloc_type(site.type).number in TABLE_INDEX:  # LLD 22 crashes on an object that has slots but no table
                self.function_table()
