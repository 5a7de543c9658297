"""Links made from Python have the bytes and the messages of the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

import wasmscope
from tests.api.asking import FILES, HELLO
from tests.toolchain import OUTPUT, archived, reference
from wasmscope.errors import LinkError

NAMED = ["-o", OUTPUT]


def memory_inputs() -> list[tuple[str, bytes]]:
    return [(name, Path(name).read_bytes()) for name in FILES]


@pytest.mark.parametrize("options", [[], ["--no-gc-sections"], ["-O0", "--export-all"], ["-r"]])
def test_a_link_has_the_bytes_of_the_reference(options: list[str]) -> None:
    expected = reference([*FILES, *options], HELLO).output
    assert wasmscope.link(*FILES, options=[*options, *NAMED], strict=True).data == expected
    assert wasmscope.link(*map(Path, FILES), *options, *NAMED).data == expected
    assert wasmscope.link(*memory_inputs(), options=" ".join([*options, *NAMED])).data == expected


def test_an_archive_in_memory_gives_the_members_that_are_asked_for(tmp_path: Path) -> None:
    archive = archived(Path("greet.o").resolve())
    expected = reference(["main.o", str(archive)], HELLO).output
    assert wasmscope.link("main.o", ("libgreet.a", archive.read_bytes()), *NAMED).data == expected
    found = wasmscope.link(Path("main.o").read_bytes(), "-L.", ("./libgreet.a", archive.read_bytes()), "-lgreet")
    assert found.ok
    assert found.why("greet").winner == "./libgreet.a(greet.o)"


def test_bytes_without_a_name_are_numbered() -> None:
    main_o, greet_o = (data for _, data in memory_inputs())
    assert wasmscope.link(main_o, greet_o).why("greet").winner == "input2.o"
    archive = archived(Path("greet.o").resolve()).read_bytes()
    assert wasmscope.link(main_o, archive).why("greet").winner == "input2.a(greet.o)"
    with pytest.raises(TypeError, match="not int"):
        wasmscope.link(3)


def test_inputs_in_memory_join_those_of_a_reproduction(tmp_path: Path) -> None:
    tar = tmp_path / "repro.tar"
    reference(["main.o", f"--reproduce={tar}"], HELLO)  # it fails, but writes what it was given
    both = wasmscope.link(str(tar), ("new-greet.o", Path("greet.o").read_bytes()), strict=True)
    assert both.ok
    assert both.why("greet").winner == "new-greet.o"


def test_a_link_that_fails_says_what_the_reference_says() -> None:
    said = reference(["main.o"], HELLO).stderr
    found = wasmscope.link("main.o", strict=True)
    assert (found.ok, found.failed) == (False, "index")
    assert [one.text in said for one in found.errors] == [True] * len(found.errors)
    assert all(one.notes for one in found.errors)
    with pytest.raises(LinkError, match="undefined symbol: "):
        _ = found.data
    assert found.why("greet").winner is None
    assert found.steps[len(found.steps)].kind == "error"
    assert not found.check().facts["findings"]
    assert found.memory().pages
    assert "failed in phase index" in repr(found)
    assert str(found).startswith("a.out: failed in phase index")


def test_what_is_missing_is_assumed_unless_strict() -> None:
    found = wasmscope.link("main.o")
    assert found.ok
    assert found.assumed == ("--import-undefined",)
    assert {one.name for one in found.imports} >= {"greet", "print_number"}


def test_a_link_is_written_where_it_is_told(tmp_path: Path, hello, linked: bytes) -> None:
    wasmscope.link(*FILES, *NAMED).write(tmp_path / OUTPUT)
    assert (tmp_path / OUTPUT).read_bytes() == linked
    with pytest.raises(LinkError):
        wasmscope.link("main.o", strict=True).write(tmp_path / "failed.wasm")
    assert not (tmp_path / "failed.wasm").exists()


def test_only_what_changed_is_read_again(hello) -> None:
    again = hello.relinked("--no-gc-sections --export-all")
    assert again.link.load.files == hello.link.load.files
    assert again.data == wasmscope.link(*FILES, "--no-gc-sections", "--export-all").data
    assert hello.relinked(["-o", "other.wasm"]).name == "other.wasm"

