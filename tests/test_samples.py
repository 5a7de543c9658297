"""The samples: rebuilt from their sources they are the same, together they meet every relocation type, and they run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.module_diff import Cursor, items, sections
from tests.samples import SAMPLES, Sample, links
from tests.toolchain import ROOT, call, reference, run_wasi


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    command = [sys.executable, ROOT / "samples" / "rebuild.py", *SAMPLES, "--into", folder]
    subprocess.run(command, check=True, cwd=folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("sample", links())
def test_a_rebuilt_sample_is_the_same(sample: Sample, rebuilt: Path):
    kept = sorted(path.name for path in sample.folder.glob("*.[oa]"))
    assert sorted(path.name for path in (rebuilt / sample.name).iterdir()) == kept
    for name in kept:
        assert (rebuilt / sample.name / name).read_bytes() == (sample.folder / name).read_bytes(), name


@pytest.mark.parametrize("sample", links())
def test_a_sample_linked_by_the_reference_runs(sample: Sample):
    linked = reference(sample.link, sample.folder)
    assert linked.output is not None, linked.stderr
    if sample.prints:
        assert run_wasi(linked.output, stdin=sample.stdin) == (0, sample.prints)
    for export, value in sample.returns.items():
        assert call(linked.output, export) == value


def test_the_readme_has_every_sample():
    text = (ROOT / "samples" / "README.md").read_text()
    for sample in SAMPLES.values():
        assert f"| `{sample.name}` |" in text
        assert f"`{' '.join(sample.link)}`" in text


def test_the_kernels_meet_every_relocation_type():
    met = {
        relocation
        for name in ("kernel", "kernel64")
        for path in SAMPLES[name].folder.glob("*.o")
        for relocation in relocation_types(path.read_bytes())
    }
    assert met == set(range(27))


def test_the_samples_are_small():
    assert sum(path.stat().st_size for path in (ROOT / "samples").rglob("*") if path.is_file()) < 3_000_000


def test_no_object_holds_a_path_of_the_machine_that_made_it():
    for path in (ROOT / "samples").glob("*/*.[oa]"):
        for folder in (b"/home/", b"/root/", b"/work/", b"/tmp/", b".cache"):
            assert folder not in path.read_bytes(), path


WITH_ADDEND = {3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25}


def relocation_types(module: bytes) -> set[int]:
    """The types in the `reloc.*` sections of an object, read by hand: target, count, (type, offset, index, addend?)*"""
    met = set()
    for section in sections(module):
        if section.label.startswith("reloc."):
            cursor = Cursor(module, items(module, section)[1].start)
            cursor.leb()
            for _ in range(cursor.leb()):
                relocation = cursor.byte()
                cursor.leb(), cursor.leb()
                met.add(relocation)
                if relocation in WITH_ADDEND:
                    cursor.leb()
            assert cursor.at == section.end
    return met
