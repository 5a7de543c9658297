"""Random small objects: what our linker makes of them is what the reference makes of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from tests.link.built import NOTHING, difference, objects
from tests.toolchain import reference
from wasmscope.format.expr import const_expr
from wasmscope.format.linking import (
    SEG_RETAIN,
    SEG_STRINGS,
    SYM_EXPORTED,
    SYM_HIDDEN,
    SYM_LOCAL,
    SYM_NO_STRIP,
    SYM_WEAK,
)
from wasmscope.format.types import F64, FUNCREF, I32, I64, FuncType, GlobalType, Limits, TableType
from wasmscope.link.builder import (
    Declaration,
    ObjectBuilder,
    Ref,
    address,
    body,
    call,
    instruction,
    joined,
    pointer,
    word,
)

TYPES = st.sampled_from((NOTHING, FuncType((I32,), ()), FuncType((), (I64,)), FuncType((F64, I32), (I32, I32))))
ZERO = {I32: ("i32.const", 0), I64: ("i64.const", 0), F64: ("f64.const", 0.0)}
FUNCTIONS, DATA = ("f", "g", "h", "_Z4funcv", "_start"), ("a", "b", "c")
FLAGS = st.sampled_from((0, 0, 0, SYM_WEAK, SYM_LOCAL, SYM_HIDDEN, SYM_EXPORTED, SYM_NO_STRIP, SYM_WEAK | SYM_HIDDEN))
GROUPS = st.sampled_from(("", "", "", "", "group"))
SEGMENTS = st.sampled_from((".data.x", ".rodata", ".rodata.y", ".bss.z", "named", ".data.rel.ro"))
WORDS = st.lists(st.sampled_from((b"hello\0", b"lo\0", b"\0", b"other\0")), min_size=1, max_size=3).map(b"".join)
OPTIONS = (
    "--no-entry", "--export-all", "--export-dynamic", "--no-gc-sections", "-O0", "-s", "-S", "--no-demangle",
    "--import-memory", "--export=f", "--export-if-defined=g", "--no-stack-first", "--no-merge-data-segments",
    "--import-undefined", "--allow-undefined", "--export-table", "--global-base=70000", "--table-base=5",
    "--allow-multiple-definition",
)  # fmt: skip
ARGV = st.lists(st.sampled_from(OPTIONS), unique=True, max_size=4)


class Plan:
    """What the names mean in all objects, and the drawing of one object after the other."""

    def __init__(self, draw) -> None:
        self.draw = draw
        self.types = {name: NOTHING if name == "_start" else draw(TYPES) for name in FUNCTIONS}
        self.made = ObjectBuilder()

    def some(self, names):
        return self.draw(st.lists(st.sampled_from(names), unique=True))

    def object(self) -> ObjectBuilder:
        self.made = made = ObjectBuilder()
        functions = [self.function(name) for name in self.some(FUNCTIONS)]
        data = [self.datum(name) for name in self.some(DATA)]
        if self.draw(st.booleans()):
            self.variable()
        for one in data:
            if one.definition.content is None:
                made.update(one, joined(self.draw(st.binary(max_size=3)), pointer(self.target())))
        for one in functions:
            made.update(one, self.code())
        for name in self.some(("info", ".debug_info", ".debug_str")):
            self.custom(name)
        for one in functions:
            if one.definition.type == NOTHING and one.name != "_start" and self.draw(st.integers(0, 3)) == 0:
                made.init(one, self.draw(st.sampled_from((1, 100, 65535))))
        return made

    def function(self, name: str) -> Declaration:
        type = self.types[name] if self.draw(st.integers(0, 9)) else self.draw(TYPES)
        return self.made.function(name, type, flags=self.draw(FLAGS), comdat=self.draw(GROUPS))

    def datum(self, name: str) -> Declaration:
        """Strings, plain bytes, or (without contents for now) a pointer."""
        draw, flags = self.draw, self.draw(FLAGS)
        if draw(st.booleans()):
            return self.made.data(name, draw(WORDS), segment=".rodata.str", segment_flags=SEG_STRINGS, flags=flags)
        content = b"bytes" if draw(st.booleans()) else None
        return self.made.data(name, content, align=draw(st.integers(0, 4)), segment=draw(SEGMENTS), flags=flags,
                              segment_flags=draw(st.sampled_from((0, 0, SEG_RETAIN))), comdat=draw(GROUPS))  # fmt: skip

    def variable(self) -> None:
        mutable = self.draw(st.booleans())
        self.made.global_var("variable", GlobalType(I32, mutable), const_expr(self.draw(st.integers(-5, 300))),
                             flags=self.draw(FLAGS))  # fmt: skip

    def custom(self, name: str) -> None:
        if name == ".debug_str":
            self.made.custom(name, self.draw(WORDS))
            return
        parts = [word("FUNCTION_OFFSET_I32", self.known("function"), 1)] if self.draw(st.booleans()) else []
        parts += [word("MEMORY_ADDR_I32", self.known("data"), 2)] if self.draw(st.booleans()) else []
        self.made.custom(name, joined(b"x", *parts))

    def known(self, kind: str) -> Declaration:
        """A function or datum that the object knows, or else one that it mentions now."""
        names = FUNCTIONS[:4] if kind == "function" else DATA
        name = self.draw(st.sampled_from(names))
        found = [one for one in self.made.symbols.places if one is not None and (one.name, one.kind) == (name, kind)]
        if found:
            return found[0]
        flags = self.draw(st.sampled_from((0, SYM_WEAK)))
        if kind == "data":
            return self.made.extern_data(name, flags=flags)
        return self.made.extern_function(name, self.types[name], flags=flags)

    def target(self) -> Declaration:
        return self.known(self.draw(st.sampled_from(("function", "data"))))

    def code(self):
        """A body that holds some relocations; it need not run."""
        parts = []
        for what in self.draw(st.lists(st.integers(0, 4), max_size=4)):
            if what == 0:
                function = self.known("function")
                parts += [ZERO[one] for one in function.definition.type.params]
                parts += [call(function), *("drop" for _ in function.definition.type.results)]
            elif what == 1:
                parts += [address(self.target()), "drop"]
            elif what == 2:
                parts += [("i32.const", 0), instruction("i32.load", 2, Ref(self.known("data"), 4)), "drop"]
            elif what == 3:
                table = self.made.function_table()
                parts += [("i32.const", 0), instruction("call_indirect", NOTHING, table)]
            else:
                parts += [("i32.const", 0), "drop"]
        return body(*parts, "unreachable")


@st.composite
def programs(draw) -> list[ObjectBuilder]:
    plan = Plan(draw)
    return [plan.object() for _ in range(draw(st.integers(1, 3)))]


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(programs(), ARGV)
def test_random_objects_link_alike(builders: list[ObjectBuilder], argv: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names = objects(Path(folder), *builders)
        for name, builder in zip(names, builders, strict=True):
            note(f"{name}: {[(str(one), hex(one.flags)) for one in builder.symbols.places]}")
        note(f"{' '.join(argv)}")
        assume(reference([*names, *argv], Path(folder)).status >= 0)  # it crashes now and then
        different = difference([*names, *argv], Path(folder))
    assert not different, different


SPARE = TableType(FUNCREF, Limits(0, 1))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(("--export-all", "--no-gc-sections", "")))
def test_updates_and_frees_leave_an_object_that_links_alike(data, option: str) -> None:
    made, alive = ObjectBuilder(), []
    for number in range(data.draw(st.integers(1, 12))):
        what = data.draw(st.sampled_from(("function", "data", "table", "global", "update", "free", "use")))
        one = data.draw(st.sampled_from(alive)) if alive else None
        if what == "function":
            alive.append(made.function(f"f{number}", NOTHING, body(), flags=data.draw(FLAGS)))
        elif what == "data":
            alive.append(made.data(f"d{number}", bytes((number,)), align=data.draw(st.integers(0, 3))))
        elif what == "table":
            alive.append(made.table(f"t{number}", SPARE))
        elif what == "global":
            alive.append(made.global_var(f"g{number}", GlobalType(I32, False), const_expr(number)))
        elif one is not None and what == "update":
            made.update(one, align=data.draw(st.integers(0, 3)) if one.kind == "data" else None)
        elif one is not None and what == "free":
            made.free(one)
            alive.remove(one)
        elif one is not None and one.kind == "function":
            alive.append(made.function(f"u{number}", NOTHING, body(call(one))))
    users = [site.symbol for placed in made.chains["code"] for site in placed.item.content.sites]
    for gone in [one for one in users if one.freed]:
        for placed in list(made.chains["code"]):
            if any(site.symbol is gone for site in placed.item.content.sites):
                made.update(next(iter(placed.item.users)), body())
    with tempfile.TemporaryDirectory() as folder:
        argv = [*objects(Path(folder), made), "--no-entry", *option.split()]
        different = difference(argv, Path(folder))
    assert not different, different
    places = made.symbols.places
    assert [one for one in places if one is not None] == sorted(alive, key=lambda one: one.symbol)
