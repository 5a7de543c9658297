"""`audit` finds nothing in what LLD links from the samples: with its options, and when it is told none of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.explain.sample_links import link_in
from tests.link.test_older import RELEASES, older
from tests.samples import SAMPLES, Sample
from tests.toolchain import reference
from wasmscope.explain.auditing.audit import Audit, audit
from wasmscope.format.module import read
from wasmscope.link.model import Link

OPTIONS = {
    "default": "",
    "data first": "--no-stack-first --export-all",
    "everything kept": "--no-gc-sections --export-dynamic",
    "not optimised": "-O0 --no-merge-data-segments",
    "optimised": "-O2",
    "memory imported": "--import-memory --export-table",
    "table moved": "--table-base=16 --growable-table --export-table",
    "far away": "--global-base=131072 -z stack-size=4096",
    "without names": "--strip-all",
    "without debug information": "--strip-debug --no-demangle",
    "relocations kept": "--emit-relocs",
    "numbers shortened": "--strip-debug --compress-relocations",
    "shared memory": "--shared-memory --max-memory=1048576 --no-check-features",
}
"""Options of wasm-ld, by what they do."""


@cache
def linked(name: str, options: str) -> Link:
    """Our own link of a sample with `options`."""
    sample = SAMPLES[name]
    return link_in(sample.folder, [*options.split(), *sample.link])


def found_in(sample: Sample, output: bytes, options: str = "") -> Audit:
    """The audit of a module that is said to be linked from the sample's objects with `options`."""
    return audit(linked(sample.name, options), read(output, "linked.wasm"))


def told(found: Audit) -> str:
    return "\n".join(one.message for one in found.findings)


def lines() -> list[Any]:
    """Every sample with every set of options that LLD takes for it."""
    return [
        pytest.param(sample, options, id=f"{sample.name}-{name}")
        for sample in SAMPLES.values()
        for name, options in OPTIONS.items()
        if not (sample.name.startswith("kernel") and "--shared-memory" in options)  # __tls_base is no variable there
    ]


@pytest.mark.parametrize(("sample", "options"), lines())
def test_nothing_is_wrong_in_what_lld_links(sample: Sample, options: str) -> None:
    """Audited as a link of the same options, and as one without."""
    output = reference([*options.split(), *sample.link], sample.folder).output
    assert output is not None
    same = found_in(sample, output, options)
    assert same.identical
    assert not same.findings, told(same)
    assert same.checked > 20
    other = found_in(sample, output)
    assert not other.findings, told(other)
    assert other.identical or output != reference(sample.link, sample.folder).output


@pytest.mark.older
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("sample", "options"), lines())
def test_nothing_is_wrong_in_what_earlier_releases_link(sample: Sample, options: str, release: int) -> None:
    output = older(release, [*options.split(), *sample.link], sample.folder).output
    if output is None:
        assert "--no-stack-first" in options or ("kernel" in sample.name and "--compress" in options)
        return
    for told_of in (options, ""):
        found = found_in(sample, output, told_of)
        assert not found.findings, told(found)
        assert found.checked > 20
