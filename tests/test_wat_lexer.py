"""The lexer for lines of WebAssembly text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, Punctuation, String, Token, Whitespace

from wasmscope.format.opcodes import OPCODES
from wasmscope.wat_lexer import CALL, CONST, CONTROL, MEMORY, NUMERIC, VARIABLE, WatLexer


def tokens(line: str) -> list[tuple[object, str]]:
    """What is in a line besides the white space."""
    return [(kind, piece) for kind, piece in WatLexer().get_tokens(line) if kind is not Whitespace]


CLASSES = {
    CONTROL: "unreachable block loop if else end try_table catch_all rethrow delegate br_table br_on_cast return",
    CALL: "call call_indirect call_ref return_call return_call_indirect return_call_ref",
    CONST: "i32.const f64.const v128.const ref.null ref.func",
    VARIABLE: "local.get local.tee global.set",
    MEMORY: "i32.load i64.store32 v128.load8x8_s v128.store64_lane f32.load_f16 memory.copy table.get elem.drop "
    "i64.atomic.rmw8.cmpxchg_u memory.atomic.wait32 atomic.fence ref.test struct.get_s array.new_fixed i31.get_u",
    NUMERIC: "i32.add i64.extend32_s f64.reinterpret_i64 i8x16.shuffle f32x4.relaxed_madd v128.bitselect i64.add128",
    Keyword.Type: "i32 i64 f32 f64 v128 funcref externref exnref anyref nullexternref",
}


@pytest.mark.parametrize(
    ("kind", "mnemonic"), [(kind, word) for kind, many in CLASSES.items() for word in many.split()]
)
def test_mnemonic_is_of_the_class_that_says_what_it_does(kind, mnemonic):
    assert tokens(mnemonic) == [(kind, mnemonic)]


def test_every_instruction_is_one_token_of_a_class():
    kinds = {CONTROL, CALL, CONST, VARIABLE, MEMORY, NUMERIC}
    assert [op.name for op in OPCODES if tokens(op.name) not in [[(kind, op.name)] for kind in kinds]] == []


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "+5", "0xff", "-0x1p+3", "0x1.8p-2", "1.5", "-1e-45", "2.5e+10", "inf", "-nan", "nan:0x200000"],
)
def test_number_is_one_token(number):
    ((kind, piece),) = tokens(number)
    assert kind in Number
    assert piece == number


def test_memory_access_has_attributes():
    assert tokens("i32.load offset=16 align=1") == [
        (MEMORY, "i32.load"),
        (Name.Attribute, "offset"), (Operator, "="), (Number.Integer, "16"),
        (Name.Attribute, "align"), (Operator, "="), (Number.Integer, "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["$bump", "$_ZN3fooEv+4", "$ns::f(int)", '$"a b"'])
def test_dollar_name_is_one_token(name):
    assert tokens(f"call {name}") == [(CALL, "call"), (Name.Variable, name)]


def test_name_in_angle_brackets_may_hold_brackets():
    assert tokens("call 38 <std::vector<int>::f()>") == [
        (CALL, "call"), (Number.Integer, "38"), (Name.Label, "<std::vector<int>::f()>"),
    ]  # fmt: skip


def test_name_of_a_type_ends_before_the_bracket():
    assert tokens("call_indirect (type $t)") == [
        (CALL, "call_indirect"), (Punctuation, "("), (CONTROL, "type"), (Name.Variable, "$t"), (Punctuation, ")"),
    ]  # fmt: skip


def test_strings_and_comments():
    assert tokens(r'(data "a\"b;;c") ;; note "x"')[2:] == [
        (String, r'"a\"b;;c"'), (Punctuation, ")"), (Comment.Single, ';; note "x"'),
    ]  # fmt: skip
    assert {kind for kind, _ in tokens("(; one (; two ;) three ;)")} == {Comment.Multiline}


def test_bytes_that_are_no_instruction_are_an_error_and_hex():
    assert tokens("? ff 00 … ;; invalid opcode") == [
        (Generic.Error, "?"), (Number.Hex, "ff"), (Number.Hex, "00"), (Number.Hex, "…"),
        (Comment.Single, ";; invalid opcode"),
    ]  # fmt: skip


@given(st.text().filter(lambda text: text[:1] != "\ufeff"))
def test_no_text_is_lost_and_nothing_is_an_error(text):
    lexer = WatLexer(stripnl=False, ensurenl=False)
    found = list(lexer.get_tokens(text))
    assert "".join(piece for _, piece in found) == text.replace("\r\n", "\n").replace("\r", "\n")
    assert all(kind is not Token.Error for kind, _ in found)


def test_lexer_imports_nothing_of_ours():
    script = "import sys, {}; print(*(m for m in sys.modules if m.startswith('wasmscope')))"
    package, lexer = (
        subprocess.run([sys.executable, "-c", script.format(name)], capture_output=True, text=True, check=True)
        for name in ("wasmscope", "wasmscope.wat_lexer")
    )
    assert set(lexer.stdout.split()) - set(package.stdout.split()) == {"wasmscope.wat_lexer"}
