"""`dump` says what the source says: every expected value here can be read off the assembly or the format."""

import json
from pathlib import Path

import pytest

from tests.toolchain import archived, compiled, reference
from wasmscope.cli.main import main
from wasmscope.format.module import read
from wasmscope.format.section_ids import CODE_ID
from wasmscope.report.dump import ALL, file_facts, first_error
from wasmscope.report.text import columns, printable, table

SOURCE = """
  .functype extern_call (i32, i64) -> (f32)
  .import_module extern_call, host
  .import_name extern_call, call
  .globaltype counter, i32
  .tagtype oops i32

  .section .text.twice,"",@
  .globl twice
  .type twice,@function
twice:
  .functype twice (i32) -> (i32)
  .local i64, i64, f64
  block
  i32.const 0
  br_if 0
  end_block
  local.get 0
  i64.const -3
  call extern_call
  drop
  i32.const table+8
  i32.load 4
  end_function

  .hidden quiet
  .weak quiet
  .section .text.quiet,"",@
  .type quiet,@function
quiet:
  .functype quiet () -> ()
  end_function

  .section .data.table,"",@
  .p2align 3
  .globl table
table:
  .int32 quiet
  .int32 5
  .int32 6
  .int32 table+4
  .size table, 16

  .section .rodata.text,"S",@
text:
  .asciz "hello"
  .size text, 6

  .section .init_array.7,"",@
  .p2align 2
  .int32 quiet
"""


@pytest.fixture(scope="module")
def facts() -> dict:
    path = compiled(SOURCE, "-g0", language="assembly")
    return file_facts("input.o", path.read_bytes())


def test_header_says_what_it_is(facts: dict) -> None:
    path = compiled(SOURCE, "-g0", language="assembly")
    assert (facts["file"], facts["kind"], facts["size"]) == ("input.o", "object", path.stat().st_size)
    assert facts["errors"] == []


def test_sections_cover_the_file(facts: dict) -> None:
    starts = [one["start"] for one in facts["sections"]]
    ends = [one["end"] for one in facts["sections"]]
    assert starts == [8, *ends[:-1]]
    assert ends[-1] == facts["size"]
    assert {"type", "import", "function", "code", "data", "linking", "reloc.CODE", "reloc.DATA"} <= {
        one["name"] for one in facts["sections"]
    }


def test_imports_carry_their_types(facts: dict) -> None:
    functions = [one for one in facts["imports"] if one["kind"] == "function"]
    assert functions == [
        {"kind": "function", "index": 0, "module": "host", "name": "call", "type": "(i32, i64) -> f32"}
    ]


def test_functions_are_numbered_after_the_imports(facts: dict) -> None:
    assert [(one["index"], one["name"], one["type"]) for one in facts["functions"]] == [
        (1, "twice", "(i32) -> i32"),
        (2, "quiet", "() -> nil"),
    ]


def test_segments_have_name_alignment_and_flags(facts: dict) -> None:
    assert [(one["name"], one["align"], one["flags"], one["size"]) for one in facts["segments"]] == [
        (".data.table", 8, [], 16),
        (".rodata.text", 1, ["strings"], 6),
    ]


def test_symbols_say_binding_visibility_and_place(facts: dict) -> None:
    symbols = {one["name"]: one for one in facts["symbols"]}
    quiet, table, called = symbols["quiet"], symbols["table"], symbols["extern_call"]
    assert (quiet["binding"], quiet["visibility"], quiet["state"], quiet["item"]) == ("weak", "hidden", "defined", 2)
    assert (table["kind"], table["segment"], table["offset"], table["size"]) == ("data", 0, 0, 16)
    assert (called["state"], called["flags"], called["item"]) == ("undefined", ["explicit-name"], 0)
    assert symbols["text"]["binding"] == "local"


def test_relocations_name_their_symbols_and_sites(facts: dict) -> None:
    data = [one for one in facts["relocations"] if one["section"] == "data"]
    assert [(one["type"], one["names"], one["addend"]) for one in data] == [
        ("R_WASM_TABLE_INDEX_I32", "quiet", 0),
        ("R_WASM_MEMORY_ADDR_I32", "table", 4),
    ]
    segment = facts["segments"][0]
    assert [one["file_offset"] for one in data] == [segment["start"], segment["start"] + 12]
    code = [one for one in facts["relocations"] if one["section"] == "code"]
    assert [(one["type"], one["names"], one["addend"]) for one in code] == [
        ("R_WASM_FUNCTION_INDEX_LEB", "extern_call", 0),
        ("R_WASM_MEMORY_ADDR_SLEB", "table", 8),
    ]


def test_constructors_have_their_priority(facts: dict) -> None:
    assert [(one["priority"], one["name"]) for one in facts["constructors"]] == [(7, "quiet")]


def test_code_has_locals_and_instructions_with_relocations_inline(facts: dict) -> None:
    twice = facts["code"][0]
    assert (twice["name"], twice["locals"]) == ("twice", ["2 i64", "1 f64"])
    assert [one["text"] for one in twice["instructions"]] == [
        "block", "i32.const 0", "br_if 0", "end", "local.get 0", "i64.const -3", "call $extern_call", "drop",
        "i32.const $table+8", "i32.load offset=4", "end",
    ]  # fmt: skip
    assert [one["depth"] for one in twice["instructions"]][:4] == [0, 1, 1, 0]
    patched = [one["relocations"] for one in twice["instructions"] if "relocations" in one]
    assert [(one["type"], one["names"], one["addend"]) for (one,) in patched] == [
        ("R_WASM_FUNCTION_INDEX_LEB", "extern_call", 0),
        ("R_WASM_MEMORY_ADDR_SLEB", "table", 8),
    ]


def test_instructions_are_the_bytes_of_the_file(facts: dict) -> None:
    data = compiled(SOURCE, "-g0", language="assembly").read_bytes()
    for function in facts["code"]:
        for one in function["instructions"]:
            raw = bytes.fromhex(one["bytes"])
            assert data[one["offset"] : one["offset"] + len(raw)] == raw
        assert one["offset"] + len(raw) == function["end"]


def test_comdat_groups_list_their_members() -> None:
    source = "inline int twice(int x) { static int calls; return ++calls + x * 2; } int use(int x) { return twice(x); }"
    path = compiled(source, "-g0", language="c++")
    groups = {one["name"]: one["members"] for one in file_facts("a.o", path.read_bytes())["comdats"]}
    assert [member.split()[0] for member in groups["_Z5twicei"]] == ["function"]
    assert [member.split()[0] for member in groups["_ZZ5twiceiE5calls"]] == ["data"]


def test_linked_module_has_memory_globals_exports_and_names(tmp_path: Path) -> None:
    path = compiled(SOURCE, "-g0", language="assembly")
    output = reference(
        [str(path), "--no-entry", "--export=twice", "--export-table", "--features=mutable-globals"]
    ).output
    assert output is not None
    facts = file_facts("linked.wasm", output)
    assert facts["kind"] == "module"
    assert facts["memories"] == [{"index": 0, "type": "2"}]
    assert facts["globals"] == [{"index": 0, "type": "(mut i32)", "init": "i32.const 65536"}]
    assert sorted((one["name"], one["kind"]) for one in facts["exports"]) == [
        ("__indirect_function_table", "table"),
        ("memory", "memory"),
        ("twice", "function"),
    ]
    assert facts["elements"] == [
        {"index": 0, "mode": "active", "table": 0, "offset": "i32.const 1", "type": "funcref", "items": ["quiet"]}
    ]
    assert [one["name"] for one in facts["segments"]] == [".data"]
    assert facts["features"] == [{"prefix": "+", "name": "mutable-globals"}]
    twice = next(one for one in facts["code"] if one["name"] == "twice")
    assert "call $extern_call" in [one["text"] for one in twice["instructions"]]


def test_archive_shows_each_member() -> None:
    one, two = compiled("int one(void) { return 1; }"), compiled("int two(void) { return 2; }")
    path = archived(one, two, names=["one.o", "a_name_longer_than_sixteen.o"])
    facts = file_facts("lib.a", path.read_bytes())
    assert facts["kind"] == "archive"
    assert [member["member"] for member in facts["members"]] == ["one.o", "a_name_longer_than_sixteen.o"]
    assert [member["file"] for member in facts["members"]] == ["lib.a(one.o)", "lib.a(a_name_longer_than_sixteen.o)"]
    assert [member["functions"][0]["name"] for member in facts["members"]] == ["one", "two"]


def test_text_and_json_come_from_the_same_facts(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(compiled(SOURCE, "-g0", language="assembly"))
    assert main(["dump", "--json", path]) == 0
    (document,) = json.loads(capsys.readouterr().out)
    assert set(ALL) <= set(document)
    assert main(["dump", path]) == 0
    text = capsys.readouterr().out
    assert all(printable(one["name"]) in text for one in document["symbols"])
    assert all(one["text"] in text for function in document["code"] for one in function["instructions"])


def test_only_the_asked_parts_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(compiled(SOURCE, "-g0", language="assembly"))
    assert main(["dump", "--json", "--only=symbols,types", path]) == 0
    (document,) = json.loads(capsys.readouterr().out)
    assert set(document) == {"file", "kind", "size", "errors", "symbols", "types"}


# --- bad inputs -------------------------------------------------------------------------------------------------

BAD = {
    "empty": (b"", 3, "the file is empty"),
    "text": (b"hello world", 3, "it begins with 68 65 6c 6c 6f 20 77 6f"),
    "elf": (b"\x7fELF" + bytes(60), 3, "it is an ELF file"),
    "bitcode": (b"BC\xc0\xde" + bytes(60), 3, "it is LLVM bitcode"),
    "wat": (b"(module)", 3, "it is WebAssembly text"),
    "magic only": (b"\0asm", 3, "missing version number"),
    "component": (b"\0asm\x0d\0\x01\0", 3, "65549 (offset 0x4; expected 1: this is a component"),
    "cut off section": (b"\0asm\1\0\0\0\x01\x7f\x01", 4, "section too large"),
    "cut off size": (b"\0asm\1\0\0\0\x01\x80", 4, "malformed uleb128, extends past end"),
    "bad type": (b"\0asm\1\0\0\0\x01\x02\x01\x00", 4, "section type"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_the_right_exit_code(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, status, message = BAD[name]
    path = tmp_path / "bad.o"
    path.write_bytes(data)
    assert main(["dump", str(path)]) == status
    err = capsys.readouterr().err
    assert message in err
    assert str(path) in err


def test_file_that_cannot_be_opened_is_named_and_the_others_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(compiled(SOURCE, "-g0", language="assembly"))
    assert main(["dump", "--only=types", str(tmp_path / "none"), str(tmp_path), good]) == 3
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        f"wasmscope: cannot open {tmp_path / 'none'}: No such file or directory",
        f"wasmscope: cannot open {tmp_path}: Is a directory",
    ]
    assert out.startswith(f"{good}: object")


def test_every_truncation_of_an_object_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    data = compiled(SOURCE, "-g0", language="assembly").read_bytes()
    ends = {section.end for section in read(data, "a.o").sections}
    for size in range(8, len(data), 7):
        facts = file_facts("cut.o", data[:size])
        assert facts["errors"] or size in ends | {8}


def test_body_that_is_not_code_is_shown_to_where_it_breaks() -> None:
    data = bytearray(compiled(SOURCE, "-g0", language="assembly").read_bytes())
    code = next(section for section in read(bytes(data), "a.o").sections if section.id == CODE_ID)
    whole = file_facts("a.o", bytes(data), ["code"])["code"][0]
    data[whole["instructions"][4]["offset"]] = 0xFF
    assert code.contents < whole["instructions"][4]["offset"] < code.end
    facts = file_facts("a.o", bytes(data), ["code"])
    function = facts["code"][0]
    assert function["instructions"][:4] == whole["instructions"][:4]
    assert function["instructions"][4]["text"].startswith("? ff ")
    assert "invalid opcode 0xff" in function["error"]
    assert "invalid opcode 0xff" in first_error(facts)


def test_member_that_is_no_wasm_is_named(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("hello!\n")
    path = archived(compiled("int one(void) { return 1; }"), text, names=["one.o", "notes.txt"])
    first, second = file_facts("lib.a", path.read_bytes())["members"]
    assert "error" not in first
    assert second["error"].startswith("not WebAssembly: it begins with 68 65")


def test_names_do_not_steer_the_terminal() -> None:
    assert printable("a\x1b[31mb\n\x7f\udcff") == "a\\x1b[31mb\\x0a\\x7f\\xff"
    (line,) = list(table([{"name": "\x1b[2J"}], columns("name")))[1:]
    assert line == "  \\x1b[2J"


def test_table_leaves_out_columns_without_facts() -> None:
    rows = [{"index": 1, "name": "a", "size": 12}, {"index": 10, "name": "long", "size": 4096}]
    assert list(table(rows, columns("index:number name size/bytes:hex error"))) == [
        "  index  name   bytes",
        "      1  a        0xc",
        "     10  long  0x1000",
    ]
