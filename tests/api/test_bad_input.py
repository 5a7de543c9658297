"""Bad input raises a `WasmError`, and nothing else, and says what is wrong."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

import wasmscope
from tests.api.asking import FILES
from tests.toolchain import archived
from wasmscope.errors import FormatError, LinkError, NotFoundError, OptionError


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda: wasmscope.link("main.o", "--no-such-option"), OptionError, "unknown argument: --no-such-option"),
        (lambda: wasmscope.link("main.o", options="-o 'x"), OptionError, "no closing quotation"),
        (lambda: wasmscope.link(("-x.o", b"")), OptionError, "cannot be called '-x.o'"),
        (lambda: wasmscope.link(("a.o", b"1"), ("a.o", b"2")), OptionError, "two inputs"),
        (lambda: wasmscope.open("nothing.o"), FormatError, "cannot open nothing.o: No such file"),
        (lambda: wasmscope.open("a\0b"), FormatError, "cannot open"),
        (lambda: wasmscope.open(b""), FormatError, "the file is empty"),
        (lambda: wasmscope.open("main.c"), FormatError, "not WebAssembly and not an archive"),
        (lambda: wasmscope.open("."), FormatError, "cannot open"),
        (lambda: wasmscope.link(*FILES).why("greeet"), NotFoundError, "nothing is called 'greeet'"),
        (lambda: wasmscope.link(*FILES).why(""), NotFoundError, "nothing is called"),
        (lambda: wasmscope.link(*FILES).at("nowhere"), NotFoundError, "is no place"),
        (lambda: wasmscope.link(*FILES).at(-1), NotFoundError, "is no place"),
        (lambda: wasmscope.link(*FILES).between(0, 1000), NotFoundError, "there is no step 1000"),
        (lambda: wasmscope.link("main.o", strict=True).map(), LinkError, "undefined symbol"),
        (lambda: wasmscope.open("main.o").at(10**9), NotFoundError, "has no byte"),
        (lambda: wasmscope.open("main.o").why("greeet"), NotFoundError, "nothing is called 'greeet'"),
        (lambda: wasmscope.link(*FILES).size("colour"), OptionError, "rows cannot be made by 'colour'"),
        (lambda: wasmscope.open("main.o").size("object"), wasmscope.WasmError, "a module alone"),
        (lambda: wasmscope.link("main.o", strict=True).size(), wasmscope.WasmError, "the link failed"),
        (lambda: wasmscope.link("main.o", strict=True).functions, LinkError, "undefined symbol"),
        (lambda: wasmscope.link("nothing.o").memory(), LinkError, "laid no memory out"),
        (lambda: wasmscope.open("main.o").audit("main.o"), FormatError, "is an object, not a linked module"),
        (lambda: wasmscope.link(*FILES, "-r").audit(wasmscope.link(*FILES).data), OptionError, "-r makes an object"),
        (lambda: wasmscope.link("no.o").audit(wasmscope.link(*FILES).data), LinkError, "cannot open no.o"),
    ],
)
def test_bad_input_is_one_error_of_the_family(ask, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says) as raised:
        ask()
    assert isinstance(raised.value, wasmscope.WasmError)


def test_what_helps_is_in_the_notes() -> None:
    with pytest.raises(NotFoundError) as raised:
        wasmscope.link(*FILES).why("greeted!")
    assert "did you mean greeted?" in raised.value.__notes__
    with pytest.raises(OptionError) as wrong:
        wasmscope.link(*FILES, "--no-gc-section")
    assert wrong.value.__notes__ == ["did you mean --no-gc-sections?"]


def test_files_that_are_missing_or_no_objects_fail_the_link() -> None:
    missing = wasmscope.link("nothing.o", "main.o")
    assert missing.failed == "load"
    assert missing.errors[0].text == "cannot open nothing.o: No such file or directory"
    assert wasmscope.link(("a.o", b"\x7fELF")).failed == "load"
    assert wasmscope.link().errors[0].text == "no input files"


def asked_everything(file: wasmscope.WasmFile) -> None:
    """Ask all that can be asked without knowing what is in it."""
    for ask in (
        lambda: file.errors, lambda: file.sections, lambda: file.imports, lambda: file.exports,
        lambda: file.functions, lambda: file.segments, lambda: file.symbols, lambda: file.relocations,
        lambda: file.members, lambda: str(file.dump()), lambda: str(file.why("func:1")), lambda: str(file.at(9)),
        lambda: str(file.size("symbol")), lambda: str(file.size("dominator")), lambda: str(file.check()),
        lambda: str(file.diff("main.o")), lambda: str(file.audit(*FILES)),
    ):  # fmt: skip
        with contextlib.suppress(wasmscope.WasmError):
            ask()


def asked_of_link(found: wasmscope.LinkResult) -> None:
    str(found)
    for ask in (lambda: found.why("greet"), lambda: found.at(20), lambda: found.size(), lambda: found.check()):
        with contextlib.suppress(wasmscope.WasmError):
            str(ask())


@pytest.mark.parametrize("name", ["object", "module", "archive"])
def test_damaged_files_raise_nothing_else(name: str, linked: bytes) -> None:
    whole = {
        "object": Path("main.o").read_bytes(),
        "module": linked,
        "archive": archived(*(Path(one).resolve() for one in FILES)).read_bytes(),
    }[name]
    for cut in range(0, len(whole), len(whole) // 12):
        torn = whole[:cut] + bytes([whole[cut] ^ 0x55]) + whole[cut + 1 :]
        for data in (whole[:cut], torn):
            with contextlib.suppress(wasmscope.WasmError):
                asked_everything(wasmscope.open(data))
            asked_of_link(wasmscope.link(("torn.o", data), "greet.o"))


def test_a_body_that_is_not_declared_has_its_bytes_all_the_same(linked: bytes) -> None:
    whole = wasmscope.open(linked)
    declared = next(one for one in whole.sections if one.name == "function")
    torn = wasmscope.open(linked[: declared.contents] + b"\0" + linked[declared.contents + 1 :])
    known, told = whole.why("greet").facts, torn.why("greet").facts
    assert (told["offset"], told["size"]) == (known["offset"], known["size"])
    assert f"{known['size']} bytes at {known['offset']:#x}" in str(torn.why("greet"))
