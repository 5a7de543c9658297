"""Bodies without the numbers that a linker gives."""

from itertools import product

import pytest

from tests.toolchain import compiled
from wasmscope.format.code import body, instructions
from wasmscope.format.module import Module, read
from wasmscope.format.opcodes import OPCODES
from wasmscope.format.skeletons import is_site, numbers, split

CASES = " ".join(f"case {n}: return {n * n % 7};" for n in range(200))
SWITCH = f"int f(int a) {{ switch (a) {{ {CASES} }} return 9; }}"
MIXED = """
extern int far(int); extern int there[9]; static int here[4]; int (*slot)(int) = far;
typedef float vector __attribute__((vector_size(16)));
vector lanes(vector a, vector b) { return a * b + __builtin_shufflevector(a, b, 0, 5, 2, 7); }
int f(int a) { return far(a) + there[a] + here[a & 3]++ + slot(a) + 100000; }
double g(double a) { return a * 1e300 + 2; }
"""


def code(source: str, *flags: str) -> Module:
    return read(compiled(source, "-g0", *flags).read_bytes(), "a.o")


@pytest.mark.parametrize(
    "module",
    [code(MIXED, "-O2", "-msimd128", "-mbulk-memory"), code(SWITCH, "-O2"), code(MIXED, "-O0")],
    ids=["vectors", "a long branch table", "not optimised"],
)
def test_the_parts_are_the_body_and_the_sites_its_instructions_with_numbers(module: Module) -> None:
    for one in module.bodies:
        frame = body(module.data, one.start, one.end)
        parts = split(module.data, frame.code_start, frame.end)
        assert b"".join(plain + site for plain, site in parts) == module.data[frame.code_start : frame.end]
        walk = instructions(module.data, frame.code_start, frame.end)
        sites = [module.data[it.start : it.end] for it in walk if is_site(it)]
        assert [site for _, site in parts if site] == sites


def test_what_is_a_number_and_what_is_plain() -> None:
    code = bytes.fromhex("2001 4105 10808080 8000 41808004 2800 05 2800 8008 0b".replace(" ", ""))
    assert split(code, 0, len(code))[:4] == [
        (bytes.fromhex("20014105"), bytes.fromhex("108080808000")),
        (b"", bytes.fromhex("41808004")),
        (bytes.fromhex("280005"), bytes.fromhex("28008008")),
        (bytes.fromhex("0b"), b""),
    ]


def test_numbers_of_a_site() -> None:
    name, args = numbers(bytes.fromhex("11828080800001"))
    assert name == "call_indirect"
    assert [(arg.kind, arg.value) for arg in args] == [("type", 2), ("table", 1)]


@pytest.mark.parametrize("damaged", ["10ff", "2001ff10", "41"])
def test_code_that_cannot_be_read_is_plain_from_there(damaged: str) -> None:
    code = bytes.fromhex(damaged)
    assert b"".join(plain + site for plain, site in split(code, 0, len(code))) == code


SHORT, LONG = b"\x05", b"\x85\x80\x80\x80\x00"
SAMPLES = {
    **dict.fromkeys(("i32", "i64", "heap", "ref", "refnull"), (SHORT, LONG)),
    "memarg": (b"\x02" + SHORT, b"\x02" + LONG, b"\x42\x01" + SHORT, b"\x42\x81\x00" + LONG),
    "block": (b"\x40", b"\x7f", SHORT, LONG, b"\x63\x70", b"\x64" + LONG),
    "labels": (b"\0\1", b"\3\1\x82\0\3\4", b"\x80\1" + bytes(129)),
    "catches": (b"\0", b"\1\0\1\2", b"\3\1\x82\0\1\2\1\3\4"),
    "valtypes": (b"\1\x7f", b"\1\x63\x70", b"\2\x7e\x64\x05"),
    "f32": (bytes(4),), "f64": (b"\xff" * 8,), "v128": (b"\x0b" * 16,), "lanes": (bytes(range(16)),),
    "lane": (b"\3",), "castflags": (b"\3",), "order": (b"\0",),
}  # fmt: skip
"""How each word of `opcodes.IMMEDIATES` may be written; an index where nothing is said."""


def test_every_instruction_is_split_as_it_is_walked() -> None:
    """All instructions, each with every way to write its immediates, one after the other and alone."""
    written = [
        op.encoding + b"".join(parts)
        for op in OPCODES
        for parts in product(*(SAMPLES.get(word, (SHORT, LONG)) for word in op.immediates))
    ]
    for code in (*written, b"".join(one + b"\x0b" for one in written)):
        walk = list(instructions(code, 0, len(code)))
        parts = split(code, 0, len(code))
        assert b"".join(plain + site for plain, site in parts) == code
        assert [site for _, site in parts if site] == [code[one.start : one.end] for one in walk if is_site(one)]
