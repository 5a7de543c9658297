"""The samples as wasmscope links them do in an engine what they should, however they are laid out."""

import pytest

from tests.samples import Sample, links
from tests.toolchain import call, ours, run_wasi

LINES = {
    "default": (),
    "stripped": ("-s",),
    "everything-kept": ("--no-gc-sections",),
    "data-first": ("--no-stack-first",),
    "data-far-away": ("--global-base=1000000", "--initial-memory=4194304"),
    "strings-not-merged": ("-O0", "--no-merge-data-segments"),
    "table-elsewhere": ("--table-base=100", "--export-table"),
}


@pytest.mark.parametrize("options", [pytest.param(options, id=name) for name, options in LINES.items()])
@pytest.mark.parametrize("sample", links())
def test_a_sample_that_we_link_does_what_it_should(sample: Sample, options: tuple[str, ...]):
    linked = ours([*sample.link, *options], sample.folder)
    assert linked.output is not None, linked.stderr
    if sample.prints:
        assert run_wasi(linked.output, stdin=sample.stdin) == (0, sample.prints)
    for export, value in sample.returns.items():
        assert call(linked.output, export) == value
