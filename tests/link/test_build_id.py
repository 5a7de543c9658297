"""`--build-id`: the reference's ids, and one that is random."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples import SAMPLES, Sample, links
from tests.toolchain import assert_same_link, compiled, ours, reference
from wasmscope.format.module import read

STYLES = ("--build-id", "--build-id=fast", "--build-id=sha1", "--build-id=tree", "--build-id=none", "--build-id=0x",
          "--build-id=0x0123456789abcdef", "--build-id=0xABC", "--build-id=sha1 --build-id", "-s --build-id=sha1",
          "--build-id=md5", "--build-id=0xyz")  # fmt: skip
BIG = "char three_mib[3 << 20] = {1}; char more[123] = {2};"
"""Hashed in several pieces, the last of which is not whole."""


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("sample", links())
def test_ids_are_the_references(sample: Sample, style: str) -> None:
    assert_same_link([*sample.link, *style.split()], sample.folder)


@pytest.mark.parametrize("style", ["fast", "sha1"])
def test_a_large_file_is_hashed_in_pieces(style: str) -> None:
    exports = ("--no-entry", "--export=more", "--export=three_mib")
    assert_same_link([str(compiled(BIG, "-g0")), *exports, f"--build-id={style}"])


def _uuid_and_rest(data: bytes) -> tuple[bytes, bytes]:
    found = read(data, "linked").build_id
    assert found is not None
    assert data.endswith(found)
    return found, data[: -len(found)]


def test_a_random_id_is_a_uuid_and_the_rest_is_not_random() -> None:
    sample = SAMPLES["hello"]
    argv, folder = [*sample.link, "--build-id=uuid"], Path(sample.folder)
    made = [link(argv, folder).output for link in (reference, ours, ours)]
    ids, rests = zip(*(_uuid_and_rest(data or b"") for data in made), strict=True)
    assert {(len(one), one[6] >> 4, one[8] >> 6) for one in ids} == {(16, 4, 2)}
    assert len(set(ids)) == 3
    assert len(set(rests)) == 1
