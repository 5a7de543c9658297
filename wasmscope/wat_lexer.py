"""A Pygments lexer for lines of WebAssembly text, as the disassembly and the dumps write them.

Mnemonics are told apart by what they do: see the constants below. `$name` and `<name>` are names that a caller put in
the place of a number; a `?` starts bytes that could not be decoded. Stands alone: it knows no table of instructions, so
an instruction that is not known yet is coloured by its shape.
"""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, default, words
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

CONTROL = Keyword
"""Blocks, branches, exceptions; and the words of types and clauses in brackets."""
CALL = Name.Function
"""call, call_indirect, call_ref and their tail forms."""
CONST = Keyword.Constant
"""i32.const and the like, ref.null, ref.func."""
VARIABLE = Keyword.Pseudo
"""local.get, global.set, …"""
MEMORY = Name.Builtin
"""Loads, stores, atomics; bulk memory, tables, references, structs and arrays."""
NUMERIC = Name.Builtin.Pseudo
"""Arithmetic, comparisons, conversions, vectors."""

_END = r"(?![\w.])"
_NOT_IN_A_WORD = r"(?<![\w.$])"
_SHAPE = r"(?:[if](?:8|16|32|64)(?:x\d+)?|v128)"
_CONTROL_WORDS = (
    "unreachable", "nop", "block", "loop", "if", "then", "else", "end", "try", "try_table", "catch", "catch_ref",
    "catch_all", "catch_all_ref", "delegate", "rethrow", "throw", "throw_ref", "br", "br_if", "br_table", "br_on_null",
    "br_on_non_null", "br_on_cast", "br_on_cast_fail", "return", "select", "drop",
    "module", "func", "type", "param", "result", "local", "global", "table", "memory", "tag", "import", "export",
    "start", "elem", "data", "item", "declare", "rec", "sub", "final", "field", "ref", "null", "mut", "shared",
)  # fmt: skip
_HEAPS = "any|eq|i31|struct|array|extern|exn|cont|func|none|noextern|nofunc|noexn|nocont"
_INTEGER = r"0x[0-9a-fA-F](?:_?[0-9a-fA-F])*|\d(?:_?\d)*"
_FLOAT = (
    r"0x[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?[pP][+-]?\d+|0x[0-9a-fA-F]+\.[0-9a-fA-F]*"
    r"|\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|inf|nan(?::0x[0-9a-fA-F]+)?"
)


class WatLexer(RegexLexer):  # type: ignore[misc, unused-ignore]
    """Instructions of the text format, one a line."""

    name = "WebAssembly lines"
    aliases: ClassVar[list[str]] = ["wasmscope-wat"]
    filenames: ClassVar[list[str]] = []
    tokens: ClassVar = {
        "root": [
            (r"\s+", Whitespace),
            (r";;.*", Comment.Single),
            (r"\(;", Comment.Multiline, "comment"),
            (r'"(?:\\.|[^"\\\n])*"?', String),
            (r'\$"(?:\\.|[^"\\\n])*"?', Name.Variable),
            (r"\$(?:\([^()\s]*\)|[^\s()])+", Name.Variable),
            (r"<.*>", Name.Label),
            (r"\?", Generic.Error, "undecoded"),
            (r"(offset|align|pagesize)(=)", bygroups(Name.Attribute, Operator)),
            (rf"{_NOT_IN_A_WORD}[+-]?(?:{_FLOAT}){_END}", Number.Float),
            (rf"{_NOT_IN_A_WORD}[+-]?0x[0-9a-fA-F_]+{_END}", Number.Hex),
            (rf"{_NOT_IN_A_WORD}[+-]?(?:{_INTEGER}){_END}", Number.Integer),
            (rf"(?:return_)?call(?:_indirect|_ref)?{_END}", CALL),
            (rf"(?:{_SHAPE}\.const|ref\.(?:null|func)){_END}", CONST),
            (rf"(?:local|global)\.\w+{_END}", VARIABLE),
            (rf"(?:{_SHAPE}\.)?(?:load|store)\w*{_END}", MEMORY),
            (r"(?:memory|table|elem|data|ref|struct|array|i31|any|extern)\.[\w.]+", MEMORY),
            (r"(?:\w+\.)?atomic\.[\w.]+", MEMORY),
            (rf"{_SHAPE}\.[\w.]+", NUMERIC),
            (rf"(?:{_SHAPE}|(?:null)?(?:{_HEAPS})ref){_END}", Keyword.Type),
            (words(_CONTROL_WORDS, suffix=_END), CONTROL),
            (rf"(?:{_HEAPS}){_END}", Keyword.Type),
            (r"[\w.]+", Name),
            (r"[()]", Punctuation),
            (r"\S", Punctuation),
        ],
        "comment": [
            (r"\(;", Comment.Multiline, "#push"),
            (r";\)", Comment.Multiline, "#pop"),
            (r"[^(;)]+|[(;)]", Comment.Multiline),
        ],
        "undecoded": [
            (r"[^\S\n]+", Whitespace),
            (r"[0-9a-f]{2}\b|…", Number.Hex),
            default("#pop"),
        ],
    }
