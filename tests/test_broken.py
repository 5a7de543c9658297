"""The broken links: rebuilt they are the same, their faults show when they run, and nothing else in them is broken."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
import wasmtime
from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo

from tests.broken import CASES, FOLDER, Case, cases
from tests.module_diff import Cursor, items, sections
from tests.toolchain import ROOT

DEBUG = ("debug-line", "no-tombstone")
"""Cases whose fault is in debug information, which running does not show."""


@pytest.mark.slow
def test_rebuilt_cases_are_the_same(tmp_path: Path):
    names = [f"broken/{name}" for name in CASES]
    subprocess.run([sys.executable, ROOT / "samples" / "rebuild.py", *names, "--into", tmp_path], check=True)
    for case in CASES.values():
        kept = sorted(path.name for path in case.folder.iterdir() if path.suffix in (".o", ".wasm"))
        assert sorted(path.name for path in (tmp_path / "broken" / case.name).iterdir()) == kept
        for name in kept:
            assert (tmp_path / "broken" / case.name / name).read_bytes() == (case.folder / name).read_bytes(), case.name


@pytest.mark.parametrize("case", cases())
def test_the_fault_shows_when_it_runs(case: Case):
    assert ran(case.true, case.given) == case.right
    got = ran(case.broken, case.given)
    assert case.wrong in got if isinstance(case.wrong, str) else got == case.wrong
    assert case.wrong != case.right or case.name in DEBUG


def ran(module: bytes, given: tuple[int, ...]) -> int | str:
    """What the export `run` returns, or what the engine says of the module or the call. Imports trap."""
    engine = wasmtime.Engine()
    store, linker = wasmtime.Store(engine), wasmtime.Linker(engine)
    try:
        loaded = wasmtime.Module(engine, module)
        linker.define_unknown_imports_as_traps(loaded)
        return linker.instantiate(store, loaded).exports(store)["run"](store, *given)
    except (wasmtime.Trap, wasmtime.WasmtimeError) as refused:
        return str(refused)


OTHERWISE = {
    "sleb-too-short", "table-sorted", "comdat-loser", "weak-over-strong", "stale-offset", "two-owners", "got-empty",
    "zig-weak-alias",
}  # fmt: skip
"""Cases in which more, or something else, than values at sites of relocations is wrong."""


@pytest.mark.parametrize("case", cases())
def test_only_the_sites_are_wrong(case: Case):
    if case.name in OTHERWISE:
        assert case.broken != case.true
        return
    true, broken = bytearray(case.true), bytearray(case.broken)
    (code,) = (section for section in sections(case.true) if section.label == "code")
    for site in case.sites:
        width = 5 if code.start < site < code.end else 4
        assert true[site : site + width] != broken[site : site + width], hex(site)
        broken[site : site + width] = true[site : site + width]
    assert broken == true


def test_debug_information_without_sizes_is_not_where_functions_are():
    case = CASES["debug-line"]
    assert places_told(case.true) <= bodies(case.true)
    assert not places_told(case.broken) & bodies(case.broken)


def test_debug_information_of_a_dead_function_is_where_another_one_is():
    case = CASES["no-tombstone"]
    assert functions_told(case.true)["spare"] == TOMBSTONE
    told = functions_told(case.broken)
    assert told["spare"] == told["run"]


TOMBSTONE = 0xFFFFFFFF


def functions_told(module: bytes) -> dict[str, int]:
    """Where each function begins according to .debug_info: offsets in the code section's contents."""
    dies = [die for unit in dwarf(module).iter_CUs() for die in unit.iter_DIEs() if die.tag == "DW_TAG_subprogram"]
    return {die.attributes["DW_AT_name"].value.decode(): die.attributes["DW_AT_low_pc"].value for die in dies}


def places_told(module: bytes) -> set[int]:
    """The same, and what .debug_line says."""
    info, told = dwarf(module), set(functions_told(module).values())
    for unit in info.iter_CUs():
        entries = info.line_program_for_CU(unit).get_entries()
        told |= {one.args[0] for one in entries if one.is_extended and one.command == DW_LNE_SET_ADDRESS}
    return told


DW_LNE_SET_ADDRESS = 2


def bodies(module: bytes) -> set[int]:
    """Where the functions are, after their sizes: offsets in the code section's contents."""
    (code,) = (section for section in sections(module) if section.label == "code")
    header, _, *functions = items(module, code)
    return {after_number(module, function.start) - header.end for function in functions}


def after_number(module: bytes, start: int) -> int:
    cursor = Cursor(module, start)
    cursor.leb()
    return cursor.at


def dwarf(module: bytes) -> DWARFInfo:
    """The debug information as pyelftools reads it."""
    found = {}
    for section in sections(module):
        if section.label.startswith(".debug_"):
            data = module[items(module, section)[0].end : section.end]
            found[section.label] = DebugSectionDescriptor(io.BytesIO(data), section.label, 0, len(data), 0)
    names = [
        ".debug_info", ".debug_aranges", ".debug_abbrev", ".debug_frame", ".eh_frame", ".debug_str", ".debug_loc",
        ".debug_ranges", ".debug_line", ".debug_pubtypes", ".debug_pubnames", ".debug_addr", ".debug_str_offsets",
        ".debug_line_str", ".debug_loclists", ".debug_rnglists", ".debug_sup", ".gnu_debugaltlink", ".debug_types",
    ]  # fmt: skip
    config = DwarfConfig(little_endian=True, machine_arch="wasm", default_address_size=4)
    return DWARFInfo(config, *(found.get(name) for name in names))


def test_the_readme_has_every_case():
    text = (FOLDER / "README.md").read_text()
    for case in CASES.values():
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{case.name}` |"))
        assert f"| `{' '.join(case.link)}` |" in row
        if isinstance(case.wrong, int) and case.name not in DEBUG:
            assert f"| {case.wrong}, not {case.right} |" in row


def test_no_file_holds_a_path_of_the_machine_that_made_it():
    for path in FOLDER.glob("*/*.[ow]*"):
        for folder in (b"/home/", b"/root/", b"/work/", b"/tmp/", b".cache"):
            assert folder not in path.read_bytes(), path
