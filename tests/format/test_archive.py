"""Archives: what ar makes, the variants of long names, and malformed ones."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from tests.toolchain import archived, compiled, zig
from wasmscope.errors import FormatError
from wasmscope.format.archive import Archive


def header(name: str, size: int) -> bytes:
    """A member's header, as ar(5) describes it."""
    return f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{size:<10}`\n".encode()


def member(name: str, contents: bytes) -> bytes:
    return header(name, len(contents)) + contents + b"\n" * (len(contents) % 2)


def listed(data: bytes, path: str = "lib.a") -> list[tuple[str, bytes]]:
    return [(one.name, bytes(one.data)) for one in Archive(path, data).members()]


def test_what_ar_made_is_read():
    one, other = compiled("int one(void) { return 1; }"), compiled("int other(void) { return 2; }")
    names = ["one.o", "a-name-that-is-longer-than-sixteen-bytes.o"]
    library = archived(one, other, names=names)
    data = library.read_bytes()
    assert listed(data) == [(names[0], one.read_bytes()), (names[1], other.read_bytes())]
    for found in Archive("lib.a", data).members():
        assert data[found.offset : found.offset + found.size] == found.data


@pytest.mark.parametrize("format", ["gnu", "bsd", "darwin"])
def test_each_variant_of_ar_is_read(format, tmp_path):
    one = compiled("int one(void) { return 1; }")
    names = ["one.o", "a-name-that-is-longer-than-sixteen-bytes.o", "with a blank.o"]
    for name in names:
        shutil.copyfile(one, tmp_path / name)
    zig("ar", f"--format={format}", "rcs", "library.a", *names, cwd=tmp_path)
    data = (tmp_path / "library.a").read_bytes()
    assert [name for name, _ in listed(data)] == names
    assert {bytes(contents).rstrip(b"\0\n") for _, contents in listed(data)} == {one.read_bytes().rstrip(b"\0\n")}


def test_members_of_a_thin_archive_are_the_files_beside_it(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "one.o").write_bytes(b"first")
    (tmp_path / "sub" / "a-name-that-is-longer-than-sixteen.o").write_bytes(b"second one")
    zig("ar", "rcsT", "thin.a", "one.o", "sub/a-name-that-is-longer-than-sixteen.o", cwd=tmp_path)
    data = (tmp_path / "thin.a").read_bytes()
    assert data.startswith(b"!<thin>\n")
    assert listed(data, str(tmp_path / "thin.a")) == [
        ("one.o", b"first"), ("sub/a-name-that-is-longer-than-sixteen.o", b"second one"),
    ]  # fmt: skip
    (tmp_path / "one.o").unlink()
    with pytest.raises(FormatError, match="No such file"):
        listed(data, str(tmp_path / "thin.a"))


def test_indexes_are_passed_over():
    indexes = ["/", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED"]
    data = b"!<arch>\n" + b"".join(member(name, b"12345678") for name in indexes) + member("a.o/", b"abc")
    assert listed(data) == [("a.o", b"abc")]
    bsd = member("#1/20", b"__.SYMDEF SORTED\0\0\0\0rest")
    assert listed(b"!<arch>\n" + bsd + member("#1/8", b"a.o\0\0\0\0\0abc")) == [("a.o", b"abc")]


def test_long_names_are_looked_up():
    names = b"a-name-that-is-longer-than-sixteen.o/\nanother-one-that-is-long.o/\n"
    data = b"!<arch>\n" + member("//", names) + member("/38", b"x") + member("/0", b"yy")
    assert [name for name, _ in listed(data)] == ["another-one-that-is-long.o", "a-name-that-is-longer-than-sixteen.o"]


def test_a_name_keeps_bytes_that_are_no_utf8():
    assert listed(b"!<arch>\n" + member("a.o/", b"").replace(b"a.o/", b"\xff.o/"))[0][0] == "\udcff.o"


def test_an_empty_archive_has_no_members():
    assert listed(b"!<arch>\n") == []


@pytest.mark.parametrize(
    ("data", "message", "offset"),
    [
        (b"!<arch>", "invalid archive magic", 0),
        (b"!<arch>\nshort", "too small for next archive member header", 8),
        (b"!<arch>\n" + member("a.o/", b"abc").replace(b"`\n", b"!!"), "terminator characters", 66),
        (b"!<arch>\n" + header("a.o/", 3).replace(b"3  ", b"x  "), "not all decimal", 56),
        (b"!<arch>\n" + header("a.o/", 100) + b"abc", "extends beyond the end", 8),
        (b"!<arch>\n" + member("/5", b"abc"), "long name offset 5 past the end", 8),
        (b"!<arch>\n" + member("#1/9", b"abc"), "long name extends past", 68),
    ],
)
def test_a_malformed_archive_is_an_error_with_its_offset(data, message, offset):
    with pytest.raises(FormatError, match=message) as caught:
        listed(data)
    assert (caught.value.file, caught.value.offset) == ("lib.a", offset)


def test_an_archive_cut_off_anywhere_raises_nothing_else():
    one = compiled("int one(void) { return 1; }")
    data = archived(one, one, names=["one.o", "a-name-that-is-longer-than-sixteen-bytes.o"]).read_bytes()
    for size in range(len(data)):
        with contextlib.suppress(FormatError):
            listed(data[:size])
