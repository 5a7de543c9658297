"""Whole files: the walk, what is read lazily, damage, and the value of a module."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toolchain import compiled
from wasmscope.errors import FormatError
from wasmscope.format.check import check
from wasmscope.format.defined_types import func_type
from wasmscope.format.module import read
from wasmscope.format.module_value import HEADER, ModuleValue, SectionValue, build, value_of
from wasmscope.format.section_ids import SECTION_NAMES
from wasmscope.format.types import FUNCTION, MEMORY

C_SOURCE = """
extern int outside(int); extern int data[]; int zeros[9]; static int (*pointer)(int) = outside;
_Thread_local int mine = 5; const char *text = "hello";
__attribute__((constructor)) static void first(void) { zeros[0]++; }
__attribute__((export_name("run"))) int run(int a) { return outside(a) + pointer(a) + data[2] + text[a] + mine; }
"""
CXX_SOURCE = """
template<class T> inline T twice(T x) { static T n; return n += x; }
struct A { virtual ~A() {} virtual int f() { return 1; } };
int go(int x) { A *a = new A; try { return twice(x) + a->f(); } catch (int y) { return y; } }
"""


def c_object() -> bytes:
    return compiled(C_SOURCE).read_bytes()


def cxx_object() -> bytes:
    return compiled(CXX_SOURCE, "-fwasm-exceptions", language="c++").read_bytes()


SECTIONS = st.lists(
    st.builds(SectionValue, st.integers(1, 13), st.none(), st.binary(min_size=1, max_size=200))
    | st.builds(SectionValue, st.just(0), st.text(max_size=150), st.binary(max_size=20)),
    max_size=6,
)


@given(SECTIONS)
def test_a_module_survives_being_built_and_read(sections):
    for one in sections:
        one.name = SECTION_NAMES[one.id] if one.id else one.name.encode("utf-8", "replace").decode()
    value = ModuleValue(sections)
    assert value_of(read(build(value), "a.o")) == value


@pytest.mark.parametrize("data", [c_object, cxx_object])
def test_a_real_object_survives_and_loses_only_padding(data):
    module = read(data(), "a.o")
    again = read(build(value_of(module)), "a.o")
    assert value_of(again) == value_of(module)
    assert len(again.data) < len(module.data)
    assert build(value_of(again)) == again.data
    assert module.read_all() == []


def test_sections_cover_the_file():
    module = read(c_object(), "a.o")
    assert module.sections[0].start == 8
    assert all(a.end == b.start for a, b in zip(module.sections, module.sections[1:], strict=False))
    assert module.sections[-1].end == len(module.data)
    assert [one.index for one in module.sections] == list(range(len(module.sections)))
    names = [one.name for one in module.sections]
    assert names[:3] == ["type", "import", "function"]
    assert {"linking", "reloc.CODE", "reloc.DATA", "producers", "target_features", ".debug_info"} <= set(names)
    linking = module.custom("linking")
    assert module.data[linking.contents - 7 : linking.contents] == b"linking"
    assert module.contents(linking)[0] == 2
    assert module.section(0) is module.customs[0]
    assert repr(linking).startswith("Section(")


def test_what_the_compiler_wrote_is_read():
    module = read(c_object(), "a.o")
    functions = [one for one in module.imports if one.kind == FUNCTION]
    assert [one.name for one in functions] == ["outside"]
    assert str(func_type(module.types[functions[0].desc])) == "(i32) -> i32"
    assert module.num_imported(FUNCTION) == 1
    assert module.num_imported(MEMORY) == 1
    assert module.total(FUNCTION) == 1 + len(module.functions)
    assert [one.name for one in module.exports] == ["run"]
    assert len(module.bodies) == len(module.functions) == 2
    assert all(module.data[one.end - 1] == 0x0B for one in module.bodies)
    names = [info.name for info in module.linking.segments]
    assert ".data.mine" in names
    content = module.datas[names.index(".data.mine")]
    assert module.data[content.start : content.end] == b"\5\0\0\0"
    assert {module.sections[one.target].name for one in module.relocs} >= {"code", "data"}
    assert module.dylink is module.build_id is module.names is module.start is None


def test_a_view_of_memory_is_read_too():
    data = c_object()
    assert value_of(read(memoryview(b"xx" + data)[2:], "a.o")) == value_of(read(data, "a.o"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "invalid magic number"), (b"\0as", "invalid magic number"), (b"\x7fELF1234", "invalid magic number"),
        (b"\0asm\1\0", "missing version number"), (b"\0asm\2\0\0\0", "invalid version number: 2"),
    ],
)  # fmt: skip
def test_only_a_file_without_a_wasm_header_is_refused(data, message):
    with pytest.raises(FormatError, match=message) as caught:
        read(data, "a.o")
    assert caught.value.file == "a.o"


def test_what_is_wrong_is_said_once():
    module = read(b"\0asm\1\0\0\0\1", "a.wasm")
    assert [str(one) for one in module.read_all()] == [
        "a.wasm: malformed uleb128, extends past end (section type, offset 0x9)"
    ]


def refusal(module) -> FormatError | None:
    """What `check` says."""
    try:
        check(module)
    except FormatError as error:
        return error
    return None


def everything(module) -> list[object]:
    """All that a viewer asks of a module."""
    module.read_all()
    spans = [relocs.spans for relocs in module.relocs]
    return [*spans, module.types.spans, repr(module), [module.total(kind) for kind in range(5)]]


@pytest.mark.parametrize("data", [c_object, cxx_object])
def test_a_file_cut_off_anywhere_is_read_without_exceptions(data):
    data = data()
    for size in range(len(data)):
        try:
            module = read(data[:size], "a.o")
        except FormatError:
            assert size < 8
            continue
        everything(module)
        assert all(8 <= one.start <= one.body <= one.contents <= one.end <= size for one in module.sections)
        assert module.sections == [] or module.sections[-1].end == size
        assert all(error.file == "a.o" and error.section and error.offset <= size for error in module.errors)
        frames = {section.end for section in read(data, "a.o").sections} | {8}
        if size not in frames:
            assert module.errors
            assert refusal(module)


@given(st.data())
def test_a_damaged_file_raises_nothing_but_format_errors(choice):
    data = bytearray(c_object())
    for _ in range(choice.draw(st.integers(1, 5))):
        data[choice.draw(st.integers(8, len(data) - 1))] = choice.draw(st.integers(0, 255))
    module = read(bytes(data), "a.o")
    refused = refusal(module)
    assert refused is None or refused.file == "a.o"
    everything(module)


@given(st.binary(max_size=100))
def test_any_bytes_after_the_header_are_read(data):
    module = read(HEADER + data, "a.o")
    everything(module)
    refused = refusal(module)
    assert refused is None or refused.file == "a.o"


@given(st.sampled_from((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)), st.binary(max_size=40))
def test_any_contents_of_any_section_are_read(id, contents):
    everything(read(build(ModuleValue([SectionValue(id, "", contents)])), "a.o"))


@given(
    st.sampled_from(("linking", "reloc.CODE", "name", "producers", "target_features", "dylink.0", "build_id")),
    st.binary(max_size=40),
)
def test_any_contents_of_any_known_custom_section_are_read(name, contents):
    module = read(build(ModuleValue([SectionValue(0, name, b"\2" * (name == "linking") + contents)])), "a.o")
    everything(module)
    refused = refusal(module)
    assert refused is None or refused.file == "a.o"


def test_an_error_says_where_and_what_was_read_stays():
    module = read(build(ModuleValue([SectionValue(1, "", b"\2\x60\0\0\x41")])), "bad.o")
    assert [str(one) for one in module.types] == ["() -> nil"]
    (error,) = module.errors
    assert (error.file, error.section, error.offset) == ("bad.o", "type", 14)
    assert str(error).startswith("bad.o: bad form (section type, offset 0xe; expected ")
    assert module.sections[0].error is error


def test_a_section_that_is_too_long_keeps_what_there_is():
    module = read(HEADER + b"\1\x20\2\x60\0\0\x60", "a.o")
    assert [one.message for one in module.errors] == ["section too large"]
    assert len(module.types) == 1
    assert module.sections[0].end == len(module.data)


def test_a_section_of_no_known_kind_is_shown_and_passed_over():
    module = read(HEADER + b"\x63\1\0\1\4\1\x60\0\0", "a.o")
    assert [one.name for one in module.sections] == ["id 99", "type"]
    assert len(module.types) == 1
    assert [one.message for one in module.errors] == ["invalid section type: 99"]
