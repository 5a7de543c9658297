"""Objects that are refused: each bad one is given to wasm-ld too, which must refuse it in the same words.

A case is a good object with one thing changed. Some make wasm-ld crash or stop with LLVM's fatal error: those it
refuses in its way, and we in the words that are given here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.toolchain import compiled, reference
from wasmscope.errors import FormatError
from wasmscope.format import reloc_section
from wasmscope.format import sections as core
from wasmscope.format.check import check
from wasmscope.format.check_relocs import good_relocs
from wasmscope.format.linking import LINKING, SYMBOLS, Comdat, InitFunc, Linking, SegmentInfo, SymbolRecord
from wasmscope.format.module import read
from wasmscope.format.module_value import ModuleValue, SectionValue, build
from wasmscope.format.reloc_section import RELOCS, Reloc, Relocs
from wasmscope.format.relocs_together import good_together
from wasmscope.format.sections import Import
from wasmscope.format.types import FUNCREF, I32, FuncType, GlobalType, Limits, TableType
from wasmscope.format.vectors import Vec

UNDEFINED, LOCAL, WEAK, ABSOLUTE = 0x10, 2, 1, 0x200
BODY = bytes.fromhex("00 41 8080808000 10 8080808000 0b")
"""i32.const at 2, call at 8 of the body; its entry follows the section's count and its size, two bytes."""
GOOD: dict[Any, bytes] = {
    "mine": b"twenty bytes of data",
    1: core.TYPES.build([FuncType((), ()), FuncType((I32,), (I32,))]),
    2: core.IMPORTS.build(
        [
            Import("env", "outside", 0, 0),
            Import("env", "far", 3, GlobalType(I32, True)),
            Import("env", "__indirect_function_table", 1, TableType(FUNCREF, Limits(0, 0))),
            Import("env", "thrown", 4, 0),
        ]
    ),
    3: b"\1\0",
    4: b"\1\x70\0\1",
    13: b"\1\0\0",
    6: b"\1\x7f\1\x41\0\x0b",
    7: b"",
    8: b"",
    9: b"",
    12: b"",
    10: core.BODIES.build([BODY]),
    11: b"\1\0\x41\0\x0b\4abcd",
}
"""Contents of each section by id, or by name for custom sections; an empty one is left out."""
CUSTOM_INDEX, CODE_INDEX = 0, 7

SYMBOL_TABLE = [
    SymbolRecord(0, UNDEFINED | WEAK, None, 0),
    SymbolRecord(0, 0, "f", 1),
    SymbolRecord(2, UNDEFINED, None, 0),
    SymbolRecord(2, 0, "g", 1),
    SymbolRecord(5, UNDEFINED, None, 0),
    SymbolRecord(5, 0, "t", 1),
    SymbolRecord(4, UNDEFINED, None, 0),
    SymbolRecord(4, 0, "tag", 1),
    SymbolRecord(1, 0, "d", 0, 1, 2),
    SymbolRecord(1, UNDEFINED, "missing", 0),
    SymbolRecord(3, LOCAL, None, CUSTOM_INDEX),
]
FUNCTION, DATA, TABLE = 1, 8, 5


def obj(changed: dict[Any, bytes] | None = None, linking: bytes | None = None, after: tuple[Any, ...] = ()) -> bytes:
    """The good object with other contents in some sections, another linking section, and sections after it."""
    parts = {**GOOD, **(changed or {})}
    parts["linking"] = linking if linking is not None else link()
    pairs = [(key, contents) for key, contents in parts.items() if contents] + list(after)
    return build(ModuleValue([SectionValue(*split(key), contents) for key, contents in pairs]))


def split(key: int | str) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, key)


def link(symbols: list[SymbolRecord] = SYMBOL_TABLE, inits: Any = (), comdats: Any = (), segments: Any = None) -> bytes:
    infos = [SegmentInfo(".data.d", 0, 0)] if segments is None else segments
    return LINKING.build(Linking(2, Vec(symbols), Vec(infos), Vec(inits), Vec(comdats)))


def section(id: int, contents: str) -> bytes:
    return obj({id: bytes.fromhex(contents)})


def last(key: int | str, contents: str) -> bytes:
    return obj(after=((key, bytes.fromhex(contents)),))


def symbol(*changed: SymbolRecord) -> bytes:
    """The good object with symbols after the good ones; every good one is local, so that names may repeat."""
    return obj(linking=link([*SYMBOL_TABLE, *changed]))


def raw_linking(contents: str) -> bytes:
    return obj(linking=bytes.fromhex(contents))


def reloc(*entries: tuple[int, ...], target: int = CODE_INDEX) -> bytes:
    return obj(after=(("reloc.CODE", RELOCS.build(Relocs(target, [Reloc(*one) for one in entries]))),))


def group(*entries: tuple[int, int], name: str = "group", flags: int = 0) -> bytes:
    return obj(linking=link(comdats=[Comdat(name, flags, entries)]))


def groups(*entries: tuple[int, int]) -> bytes:
    return obj(linking=link(comdats=[Comdat(f"group{row}", 0, (entry,)) for row, entry in enumerate(entries)]))


def sym(kind: int, flags: int, name: str | None, index: int, *rest: int) -> bytes:
    return symbol(SymbolRecord(kind, flags, name, index, *rest))


def cut(tail: str) -> bytes:
    return obj() + bytes.fromhex(tail)


U = UNDEFINED
BAD: dict[str, bytes] = {
    "version 2": b"\0asm\2\0\0\0",
    "no version": b"\0asm\1\0",
    "section too large": cut("0040616263"),
    "empty section": cut("0000"),
    "section 14": last(14, "00"),
    "empty section 14": obj() + b"\x0e\0\0\2\0a",
    "two type sections": last(1, "00"),
    "memory after code": last(5, "00"),
    "dylink.0 last": last("dylink.0", "0104 00000000"),
    "reloc before linking": obj({"reloc.CODE": b"\7\0"}),
    "producers after target_features": obj(after=(("target_features", b"\0"), ("producers", b"\0"))),
    "trailing byte: type": section(1, "01 600000 00"),
    "trailing byte: import": obj({2: GOOD[2] + b"\0"}),
    "trailing byte: function": section(3, "010000"),
    "trailing byte: export": section(7, "01 0161 00 01 00"),
    "trailing byte: code": obj({10: GOOD[10] + b"\0"}),
    "trailing byte: data": obj({11: GOOD[11] + b"\0"}),
    "trailing byte: producers": last("producers", "0000"),
    "trailing byte: target_features": last("target_features", "0000"),
    "trailing byte: reloc": last("reloc.CODE", "070000"),
    "form of a type": section(1, "02 600000 410000"),
    "empty recursion group": section(1, "03 600000 600000 4e00"),
    "struct type": section(1, "03 600000 600000 5f01 7f00"),
    "kind of an import": section(2, "01 0161 0162 07 00"),
    "type of an imported function": section(2, "01 0161 0162 00 09"),
    "type of an imported tag": section(2, "01 0161 0162 04 00 09"),
    "attribute of an imported tag": section(2, "01 0161 0162 04 01 00"),
    "imported table of numbers": section(2, "01 0161 0162 01 7f 0000"),
    "type of a function": section(3, "0109"),
    "table of numbers": section(4, "01 7f 0000"),
    "attribute of a tag": section(13, "01 01 00"),
    "type of a tag": section(13, "01 00 09"),
    "opcode of an initialiser": section(6, "01 7f 00 99 0b"),
    "vector initialiser": section(6, "01 7b 00 fd0c" + "00" * 16 + "0b"),
    "kind of an export": section(7, "01 0161 07 00"),
    "exported function": section(7, "01 0161 00 09"),
    "exported global": section(7, "01 0161 03 09"),
    "exported tag": section(7, "01 0161 04 09"),
    "start": section(8, "09"),
    "flags of an element segment": section(9, "01 08"),
    "table of an element segment": section(9, "01 02 09 41000b 00 00"),
    "kind of elements": section(9, "01 02 00 41000b 01 00"),
    "data count": section(12, "05"),
    "function count": section(10, "00"),
    "body too long": section(10, "01 20 000b"),
    "locals too long": section(10, "01 02 010b 7f"),
    "segment too long": section(11, "01 00 41000b 20 61"),
    "metadata version": raw_linking("03"),
    "linking: trailing bytes": raw_linking("02 0802 0000"),
    "kind of a symbol": raw_linking("02 0803 010900"),
    "function symbol out of range": sym(0, 0, "x", 9),
    "function symbol defines an import": sym(0, 0, "x", 0),
    "function symbol does not define": sym(0, U | 0x40, "x", 1),
    "global symbol out of range": sym(2, 0, "x", 9),
    "global symbol does not define": sym(2, U | 0x40, "x", 1),
    "weak undefined global": sym(2, U | WEAK, None, 0),
    "table symbol out of range": sym(5, 0, "x", 9),
    "weak undefined table": sym(5, U | WEAK, None, 0),
    "tag symbol out of range": sym(4, 0, "x", 9),
    "weak undefined tag": sym(4, U | WEAK, None, 0),
    "segment of a data symbol": sym(1, 0, "x", 1),
    "offset of a data symbol": sym(1, 0, "x", 0, 5),
    "global section symbol": sym(3, 0, None, CUSTOM_INDEX),
    "two symbols of a name": sym(1, 0, "f", 0),
    "a symbol named as an import": sym(1, 0, "outside", 0),
    "too many segment names": obj(linking=link(segments=[SegmentInfo("x", 0, 0)] * 2)),
    "init function out of range": obj(linking=link(inits=[InitFunc(1, 99)])),
    "init function is data": obj(linking=link(inits=[InitFunc(1, DATA)])),
    "init functions before symbols": raw_linking("02 0603 010001 08" + f"{len(SYMBOLS.build(SYMBOL_TABLE)):02x}")
    + SYMBOLS.build(SYMBOL_TABLE),
    "two groups of a name": obj(linking=link(comdats=[Comdat("c", 0, ())] * 2)),
    "group without a name": group(name=""),
    "flags of a group": group(flags=1),
    "kind of a member": group((2, 0)),
    "member data out of range": group((0, 9)),
    "member function out of range": group((1, 9)),
    "member function imported": group((1, 0)),
    "member section out of range": group((5, 99)),
    "member section not custom": group((5, CODE_INDEX)),
    "data in two groups": groups((0, 0), (0, 0)),
    "function in two groups": groups((1, 1), (1, 1)),
    "type of a relocation": last("reloc.CODE", "07 01 4d 09 01"),
    "long type of a relocation": last("reloc.CODE", "07 01 8002 09 01"),
    "relocations out of order": reloc((0, 9, FUNCTION), (0, 3, FUNCTION)),
    "target of relocations": reloc((0, 9, FUNCTION), target=99),
    "call of data": reloc((0, 9, DATA)),
    "call of nothing": reloc((0, 9, 99)),
    "slot of data": reloc((1, 4, DATA)),
    "address of a function": reloc((4, 4, FUNCTION, 0)),
    "type that is none": reloc((6, 4, 9)),
    "global that is a table": reloc((7, 4, TABLE)),
    "section that is a function": reloc((9, 4, FUNCTION, 0)),
    "tag that is a function": reloc((10, 4, FUNCTION)),
    "table that is a function": reloc((20, 4, FUNCTION)),
    "offset of data": reloc((8, 4, DATA, 0)),
    "relocation past the end": reloc((0, 13, FUNCTION)),
    "wide relocation past the end": reloc((14, 8, DATA, 0)),
    "function named twice": last("name", "0107 02 000161 000162"),
    "name of no function": last("name", "0104 01 090161"),
    "empty name of a function": last("name", "0103 01 0000"),
    "global named twice": last("name", "0707 02 000161 000162"),
    "name of no global": last("name", "0704 01 090161"),
    "segment named twice": last("name", "0907 02 000161 000162"),
    "name of no segment": last("name", "0904 01 090161"),
    "names: trailing bytes": last("name", "0108 01 000161 00000000"),
    "names: too long": last("name", "0120 01 000161"),
    "producers: field twice": last("producers", "02 0373646b00 0373646b00"),
    "producers: unknown field": last("producers", "01 0373647800"),
    "producers: producer twice": last("producers", "01 0373646b 02 016100 016100"),
    "features: prefix": last("target_features", "01 2a 0161"),
    "features: required": last("target_features", "01 3d 0161"),
    "features: twice": last("target_features", "02 2b0161 2b0161"),
}
FATAL: dict[str, tuple[bytes, str]] = {
    "cut off in a size": (cut("0180"), "malformed uleb128, extends past end"),
    "custom name too long": (cut("00 02 0961"), "EOF while reading string"),
    "type cut off": (section(1, "02 600000 60"), "malformed uleb128, extends past end"),
    "mutability": (section(6, "01 7f 02 41000b"), "LEB is outside Varuint1 range"),
    "number too large": (section(6, "01 7f 01 41ffffffff0f0b"), "LEB is outside Varint32 range"),
    "page size": (obj({2: GOOD[2].replace(b"\4", b"\5", 1) + b"\1a\1b\2\x08\0\x20"}), "log2(wasm page size) too large"),
    "addend too large": (reloc((4, 4, DATA, 1 << 33)), "LEB is outside Varint32 range"),
    "symbol name too long": (raw_linking("02 0805 010000 0020"), "EOF while reading string"),
    "relocations cut off": (last("reloc.CODE", "07 02 000901"), "malformed uleb128, extends past end"),
    "locals cut off": (section(10, "01 02 050b"), "Function extends beyond buffer"),
    "body of no bytes": (section(10, "01 00"), "Function extends beyond buffer"),
    "functions without code": (obj({10: b""}, linking=link([SYMBOL_TABLE[0]])), "invalid function count"),
    "absolute symbol of no segment": (sym(1, ABSOLUTE, "x", 7, 500), "invalid data segment index: 7"),
    "symbol of no section": (sym(3, LOCAL, None, 80), "invalid section symbol index"),
}
"""What LLVM's reader stops at with a fatal error, or crashes on; and our words."""
TAKEN: dict[str, bytes] = {
    "the good object": obj(),
    "a symbol at the end of its segment": sym(1, 0, "x", 0, 4),
    "a symbol larger than its segment": sym(1, 0, "x", 0, 0, 500),
    "local symbols of a name": symbol(SymbolRecord(0, LOCAL, "f", 1), SymbolRecord(1, LOCAL, "f", 0)),
    "unknown symbol flags": sym(0, 0x4000, "x", 1),
    "a linking subsection of no known type": obj(linking=link() + b"\x55\2ab"),
    "a section in two groups": groups((5, CUSTOM_INDEX), (5, CUSTOM_INDEX)),
    "relocations of one site": reloc((0, 9, FUNCTION), (0, 9, FUNCTION)),
    "the GOT entry of a function": reloc((7, 9, FUNCTION)),
    "a site at the end": reloc((0, 10, FUNCTION)),
    "a name that is one past the segments": last("name", "0904 01 010161"),
    "local names that cannot be read": last("name", "0201 09"),
    "reloc after name": obj(after=(("name", b""), ("reloc.CODE", b"\7\0"))),
    "a build id that cannot be read": last("build_id", "2061"),
    "bytes after the data count": section(12, "0100"),
    "a value type that is none": section(1, "03 600000 600000 60011100"),
    "a typed reference": section(1, "03 600000 600000 6001630000"),
    "an extended initialiser": section(6, "01 7f 01 4101 4101 6a 0b"),
    "an element segment of expressions": section(9, "01 04 41000b 01 d2000b"),
    "unknown segment flags": obj(linking=link(segments=[SegmentInfo("x", 40, 0xF0)])),
    "an undefined init function": obj(linking=link(inits=[InitFunc(1, 0)])),
    "an exported import": section(7, "01 0161 00 00"),
    "an exported table of no such number": section(7, "01 0161 01 07"),
    "a passive element segment": section(9, "01 01 00 01 00"),
    "an element that is no function": section(9, "01 00 41000b 01 09"),
    "an empty custom name": last("", "616263"),
}


def verdict(data: bytes, tmp_path: Any) -> tuple[int, str]:
    """wasm-ld's exit status, and its reason."""
    (tmp_path / "bad.o").write_bytes(data)
    outcome = reference(["bad.o", "--no-entry", "--unresolved-symbols=ignore-all"], tmp_path)
    found = re.search(r"(?:error: (?:bad\.o)?(?:: )?|LLVM ERROR: )(.*)", outcome.stderr)
    return outcome.status, found.group(1) if found else ""


def refused(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        check(read(data, "bad.o"))
    return caught.value


@pytest.mark.parametrize("case", BAD)
def test_what_lld_refuses_is_refused_in_its_words(case, tmp_path):
    error = refused(BAD[case])
    assert verdict(BAD[case], tmp_path) == (1, error.message)
    assert error.file == "bad.o"
    if error.message not in ("invalid function count", "file has unmodeled reference or GC types"):
        assert error.offset is not None


@pytest.mark.parametrize("case", FATAL)
def test_what_makes_lld_give_up_is_refused(case, tmp_path):
    data, message = FATAL[case]
    status, _ = verdict(data, tmp_path)
    assert status != 0
    assert refused(data).message == message


@pytest.mark.parametrize("case", TAKEN)
def test_what_lld_takes_is_taken(case, tmp_path):
    assert verdict(TAKEN[case], tmp_path) == (0, "")
    check(read(TAKEN[case], "good.o"))


@pytest.mark.parametrize("case", [*BAD, *FATAL, *TAKEN])
def test_relocations_are_checked_by_columns_as_row_by_row(case, monkeypatch):
    """As if each section of them were large enough to be read by NumPy."""
    data = BAD.get(case) or TAKEN.get(case) or FATAL[case][0]
    outcomes = []
    for limit in (1, 10**9):
        monkeypatch.setattr(reloc_section, "columns_pay", lambda rows, first, limit=limit: rows >= limit)
        try:
            check(read(data, "a.o"))
            outcomes.append("taken")
        except FormatError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]


def good_but_for_relocations(case: str) -> bool:
    try:
        check(read(BAD.get(case) or TAKEN.get(case) or FATAL[case][0], "a.o"), relocs=False)
    except FormatError:
        return False
    return True


RELOC_CASES = [one for one in (*BAD, *FATAL, *TAKEN) if good_but_for_relocations(one)]


def test_what_is_wrong_with_relocations_alone_is_left_to_their_own_check():
    assert TAKEN.keys() < set(RELOC_CASES)
    assert BAD.keys() & set(RELOC_CASES)


@pytest.mark.parametrize("case", RELOC_CASES)
@pytest.mark.parametrize("place", range(3))
def test_relocations_of_many_objects_are_checked_together_as_one_by_one(case, place):
    """Wherever among good objects the one is; what is good is read as it is alone."""
    data = BAD.get(case) or TAKEN.get(case) or FATAL[case][0]
    objects = [obj(), reloc((4, 4, DATA, -3), (0, 9, FUNCTION))]
    objects.insert(place, data)
    modules = [read(one, "a.o") for one in objects]
    assert good_together(modules) is good_relocs(modules) is (case in TAKEN)
    if case in TAKEN:
        assert [one.relocs for one in modules] == [read(one, "a.o").relocs for one in objects]
        assert [one.spans for one in modules[place].relocs] == [one.spans for one in read(data, "a.o").relocs]


def test_relocations_in_an_uncommon_spelling_are_good_though_they_are_not_read_together():
    """An offset that takes ten bytes, as LLVM's reader takes it, too."""
    module = read(last("reloc.CODE", f"07 01 00 89{8 * '80'}00 00"), "a.o")
    assert not good_together([module])
    assert good_relocs([module])
    assert [list(one) for one in module.relocs] == [[Reloc(0, 9, 0)]]


def test_a_section_without_relocations_is_taken_though_columns_were_made_of_it(tmp_path):
    data = reloc()
    assert verdict(data, tmp_path) == (0, "")
    module = read(data, "a.o")
    for one in module.relocs:
        one.columns()
    check(module)


PROGRAMS: dict[str, Callable[[], Any]] = {
    "c": lambda: compiled("int x; int *y = &x; int f(int a) { return a + *y; }"),
    "c++": lambda: compiled("struct A { virtual ~A(); }; A *f() { return new A; } A::~A() {}", language="c++"),
    "wasm64": lambda: compiled("int x; int *f(void) { return &x; }", target="wasm64-freestanding"),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_compilers_write_is_taken(program):
    check(read(PROGRAMS[program]().read_bytes(), "a.o"))


def test_an_error_says_where():
    error = refused(BAD["call of data"])
    assert str(error).startswith("bad.o: invalid function relocation: d (section reloc.CODE, offset 0x")
