"""`audit` on what another linker makes: Zig's own (`zig build-exe -fno-lld`), which the test extra brings.

Running decides what is right: where the module does what it should, nothing is found; where it does not, the finding
says why. Zig's linker cannot read some of the objects at all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.broken import CASES, Case
from tests.explain.sample_links import link_in
from tests.samples import SAMPLES, Sample
from tests.test_broken import ran
from tests.toolchain import run_wasi, zig
from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.format.module import read

pytestmark = pytest.mark.slow

CANNOT_READ = {"addend-dropped", "stale-offset", "symbol-offset", "comdat-loser", "got-empty", "table-base-twice"}
"""Cases with objects from assembly, a COMDAT group or a GOT, at which Zig 0.17.1's linker stops."""
CASES_READ = [case for name, case in CASES.items() if name not in CANNOT_READ]


def linked_by_zig(objects: list[str], folder: Path, place: Path, entry: str, *options: str) -> bytes:
    output = place / "zig.wasm"
    target = ["-target", "wasm32-freestanding", "-fno-lld", "-fno-entry", "-O", "ReleaseSmall"]
    zig("build-exe", *target, f"--export={entry}", *options, *objects, f"-femit-bin={output}", cwd=folder)
    return output.read_bytes()


def audited(line: tuple[str, ...], folder: Path, module: bytes) -> Audit:
    return audit(link_in(folder, list(line)), read(module, "zig.wasm"))


@pytest.mark.parametrize("case", CASES_READ, ids=lambda case: case.name)
def test_what_is_found_is_why_it_runs_wrong(case: Case, tmp_path: Path) -> None:
    objects = [word for word in case.link if word.endswith(".o")]
    options = [word for word in case.link if word.startswith("--global-base")]
    module = linked_by_zig(objects, case.folder, tmp_path, "run", *options)
    found = audited(case.link, case.folder, module)
    right = ran(module, case.given) == case.right
    assert right == (case.name not in ("sleb-unsigned", "zig-weak-alias"))
    assert [one.cause for one in found.findings] == ([] if right else [case.cause])
    assert found.checked or case.name == "no-tombstone"  # only its debug information refers to anything, and that goes


@pytest.mark.parametrize("sample", [SAMPLES["hello"], SAMPLES["tally"]], ids=lambda sample: sample.name)
def test_nothing_is_found_in_programs_that_run(sample: Sample, tmp_path: Path) -> None:
    module = linked_by_zig([*sample.link], sample.folder, tmp_path, "_start")
    assert run_wasi(module) == (0, sample.prints)
    found = audited(sample.link, sample.folder, module)
    assert not found.findings
    assert not found.unmatched
    assert not found.unchecked


def test_why_a_program_with_libc_loses_its_output(tmp_path: Path) -> None:
    """stdio's exit flushes `*__stdout_used`, a weak alias of a null pointer in its own file."""
    sample = SAMPLES["words"]
    objects = [word for word in sample.link if word.endswith(".o")]
    module = linked_by_zig([*objects, "libc.a"], sample.folder, tmp_path, "_start")
    printed = run_wasi(module, stdin=sample.stdin)[1]
    assert printed == sample.prints.splitlines(keepends=True)[0]
    found = audited(sample.link, sample.folder, module)
    assert found.checked == 783
    assert {one.cause for one in found.findings} == {"weak picked over strong"}
    names = {found.matching.link.resolve.bindings[one.atom.file][one.atom.reloc(one.mention.row).index].name
             for one in found.findings}  # fmt: skip
    assert names == {"__stdin_used", "__stdout_used"}
