"""Phase 1: files become records, and what cannot be read is named."""

from pathlib import Path

import pytest

from tests.link.inputs import alike, c, call, datum, errors, function, kept, library, made, our_link, placed, said
from tests.toolchain import ours, reference
from wasmscope.explain.reasons.hints import hints
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.load import Source

F, G = [function("f")], [function("g")]
START = [function("_start", call("f"))]
LINKED = reference([str(c("void _start(void) {}"))]).output

# --- what is read -----------------------------------------------------------------------------------------------


def test_files_are_read_in_the_order_of_the_command_line():
    """Members of an archive stand in its place, lazy; --start-lib makes files lazy, --whole-archive members not."""
    line = "a.o lib.a --start-lib b.o --end-lib --whole-archive lib.a --no-gc-sections --no-entry -z muldefs"
    result = alike(line, a=F, b=[function("h")], **{"lib.a": library(m=G, n=F)})
    assert [(file.name, file.lazy) for file in result.load.files] == [
        ("a.o", False), ("lib.a(m.o)", True), ("lib.a(n.o)", True), ("b.o", True), ("lib.a(m.o)", False),
        ("lib.a(n.o)", False),
    ]  # fmt: skip


def test_a_file_named_twice_is_two_objects():
    """So its symbols are defined twice."""
    result = alike("a.o a.o --no-entry", a=F)
    assert errors(result) == ["duplicate symbol: f\n>>> defined in a.o\n>>> defined in a.o"]


def test_sections_and_symbols_of_an_object_are_records():
    """What the phase is for."""
    (file,) = alike("--no-entry", a=[function("f"), datum("d", b"xyz", align=2)]).load.files
    assert [repr(atom) for atom in (*file.functions, *file.segments)] == [
        "Atom(function f of a.o)", "Atom(data .data.d of a.o)",
    ]  # fmt: skip
    assert file.segments[0].data == b"xyz"
    assert [record.name for record in file.records] == ["f", "d"]


# --- what cannot be used ----------------------------------------------------------------------------------------

UNUSABLE = {
    "text": b"int main(void) { return 0; }",
    "empty": b"",
    "linked": LINKED,
    "shared": b"\0asm\1\0\0\0" + b"\0\x0f\x08dylink.0\1\4\0\0\0\0",
    "header": b"\0asm",
    "version": b"\0asm\2\0\0\0",
    "truncated": made(F)[:-9],
    "section": b"\0asm\1\0\0\0\1\x7f",
    "wide": made(F, wide=True),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_is_no_object_is_refused_in_llds_words(name: str):
    """As it would be by itself."""
    alike("a.o b.o --no-entry", a=UNUSABLE[name], b=F)


@pytest.mark.parametrize("name", sorted(UNUSABLE.keys() - {"shared"}))
def test_a_member_that_is_no_object_is_refused_when_it_is_wanted_at_once(name: str):
    """LLD tells of some without their archive. (It takes a shared library as a member, which we do not yet.)"""
    words, folder = ["--whole-archive", "lib.a", "b.o"], placed(b=F, **{"lib.a": library(m=UNUSABLE[name])})
    theirs = " ".join(said(reference(words, folder).stderr))
    assert "".join(said(ours(words, folder).stderr)) in (theirs, theirs.replace(" m.o", " lib.a(m.o)"))


@pytest.mark.parametrize("name", ["linked", "truncated", "section", "version", "wide", "text"])
def test_a_member_that_nobody_wants_is_still_looked_at(name: str):
    """LLD reads it whole, so what is malformed is refused; a linked module is just never wanted."""
    words, folder = ["lib.a", "b.o", "--no-entry"], placed(b=F, **{"lib.a": library(m=UNUSABLE[name], n=G)})
    got, expected = ours(words, folder), reference(words, folder)
    assert (got.status, got.output) == (expected.status, expected.output)
    theirs = " ".join(said(expected.stderr))
    assert "".join(said(got.stderr)) in (theirs, theirs.replace(" m.o", " lib.a(m.o)"))


def test_an_object_for_32_bits_is_refused_in_a_link_for_64():
    """The memory that it imports tells."""
    result = our_link(["a.o", "-mwasm64", "--no-entry"], placed(a=made(F)))
    assert errors(result) == ["a.o: wasm32 object file can't be linked in wasm64 mode"]
    assert reference(["a.o", "-mwasm64", "--no-entry"], placed(a=made(F))).stderr.strip().endswith(errors(result)[0])


def test_files_that_are_missing_are_all_named_and_the_others_are_read():
    """A link that fails still has what it read."""
    result = alike("absent.o a.o absent.a -lnone -l:none.o", a=F)
    assert [text.partition(":")[0] for text in errors(result)] == [
        "cannot open absent.o", "cannot open absent.a", "unable to find library -lnone",
        "unable to find library -l",
    ]  # fmt: skip
    assert [file.name for file in result.load.files] == ["a.o"]
    assert (result.failed, result.resolve) == ("load", None)


def test_a_member_that_is_no_object_is_passed_over_with_a_warning():
    """Other tools put things into archives."""
    result = alike("lib.a a.o", a=START, **{"lib.a": library(readme=b"read me!", m=F)})
    assert [one.text for one in result.load.diagnostics] == [
        "lib.a: archive member 'readme.o' is neither Wasm object file nor LLVM bitcode"
    ]


def test_metadata_of_rust_is_named_where_a_member_is_passed_over():
    """rustc 1.63 put it into a crate's archive as it is; later ones wrap it in an object."""
    result = alike("lib.a a.o", a=START, **{"lib.a": library(**{"lib.rmeta": b"rust\0\0\0\6", "m": F, "none": b""})})
    assert [one.notes for one in result.load.diagnostics] == [
        ("it is the metadata of a Rust crate, which only rustc reads",), ("the member is empty",),
    ]  # fmt: skip


def test_bitcode_is_refused_with_what_to_do():
    """LLD would compile it; that is out of scope."""
    result = our_link(["a.o"], placed(a=b"BC\xc0\xde rest"))
    assert errors(result) == ["a.o: LLVM bitcode is not supported"]


def test_malformed_bytes_are_told_with_their_section_and_offset():
    """Which LLD does not do."""
    result = our_link(["a.o"], placed(a=UNUSABLE["section"]))
    assert any("at offset 0x" in hint for hint in hints(result, result.diagnostics[0]))


def misnaming() -> bytes:
    """An object whose one relocation names a symbol that there is not."""
    good, name = made([function("_start", call("f"))]), b"reloc.CODE"
    index = good.index(name) + len(name) + 4  # after the target, the count, the type and the offset, a byte each
    return good[:index] + b"\x7f" + good[index + 1 :]


@pytest.mark.parametrize("line", ["a.o b.o c.o", "b.o a.o c.o", "c.o b.o a.o", "a.o c.o"])
def test_of_many_that_are_malformed_the_first_ends_the_link(line: str):
    """Though relocations are looked at last, those of all objects at once; the others are told in their order."""
    words, folder = [*line.split(), "--no-entry"], placed(a=misnaming(), b=UNUSABLE["truncated"], c=misnaming())
    result = our_link(words, folder)
    assert said(reference(words, folder).stderr) == [f"wasm-ld: error: {errors(result)[0]}"]
    assert [one.text.partition(":")[0] for one in result.diagnostics] == line.split()


# --- lists of names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["a.o --allow-undefined-file=names.txt", "a.o lib.a"])
def test_names_in_a_list_may_stay_undefined(line: str):
    """Listed for the link, or beside an archive; comments and spaces are left out."""
    names = b"# host functions\nf\n  g  \n\n"
    result = alike(f"{line} --no-entry", a=[kept(call("f"), call("g"))],
                   **{"names.txt": names, "lib.a": library(), "lib.imports": names})  # fmt: skip
    assert [one.name for one in result.index.imports] == ["f", "g"]


def test_names_in_no_list_may_not():
    """The list is about those names alone."""
    names = {"names.txt": b"f\n"}
    result = alike("a.o --allow-undefined-file=names.txt --no-entry", a=[kept(call("f"), call("h"))], **names)
    assert errors(result) == ["a.o: undefined symbol: h"]


# --- linking again ----------------------------------------------------------------------------------------------


def test_what_was_read_is_kept_for_the_next_link_until_it_changes(tmp_path: Path):
    """A changed file is read anew, the others are the same objects."""
    (tmp_path / "a.o").write_bytes(made([function("_start", call("f"))]))
    (tmp_path / "b.o").write_bytes(made(F))
    options, source = parse([*map(str, (tmp_path / "a.o", tmp_path / "b.o")), "-o", "out.wasm"]), Source()
    first, again = link(options, source), link(options, source)
    assert first.emit.data == again.emit.data
    assert first.load.files == again.load.files
    (tmp_path / "b.o").write_bytes(made([function("f", call("f"))]))
    changed = link(options, source)
    assert [old is new for old, new in zip(first.load.files, changed.load.files, strict=True)] == [True, False]
    assert changed.emit.data == link(options).emit.data != first.emit.data


def test_a_source_knows_a_file_by_its_place_and_its_laziness(tmp_path: Path):
    """The same bytes named in other ways are other objects, in whatever order they are asked for."""
    path = tmp_path / "a.o"
    path.write_bytes(made(F))
    source = Source()
    lazy, plain = (link(parse([*words, "-o", "x", "--no-entry", "--export-all"]), source)
                   for words in (["--start-lib", str(path), "--end-lib"], [str(path)]))  # fmt: skip
    assert (lazy.load.files[0].lazy, plain.load.files[0].lazy) == (True, False)
    assert len(plain.index.functions) > len(lazy.index.functions)
