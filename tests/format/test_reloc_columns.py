"""Large relocation sections are read by NumPy as the loop reads small ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmscope.errors import FormatError
from wasmscope.format import reloc_columns as _loads_numpy  # noqa: F401
from wasmscope.format import reloc_section
from wasmscope.format.leb128 import sleb, uleb
from wasmscope.format.relocs import HAS_ADDEND

NUMBERS = st.integers(0, 2**32 - 1) | st.integers(0, 200)
ADDENDS = st.integers(-(2**40), 2**40) | st.integers(-70, 70)
ENTRIES = st.lists(st.tuples(st.integers(0, 26), NUMBERS, NUMBERS, ADDENDS), min_size=1, max_size=40)


def section(entries: list[tuple[int, int, int, int]]) -> bytes:
    """A reloc section written by hand, entry by entry as in the tool conventions."""
    body = uleb(3) + uleb(len(entries))
    for type, offset, index, addend in entries:
        body += uleb(type) + uleb(offset) + uleb(index)
        if HAS_ADDEND[type]:
            body += sleb(addend)
    return body


def columns(data: bytes) -> tuple[list[int], ...]:
    read = reloc_section.RELOCS.parse(data)
    return read.types, read.offsets, read.indices, read.addends


def refusals(data: bytes) -> list[tuple[str, int | None]]:
    """What each reader says of a section that it refuses."""
    found = []
    for _ in readers():
        with pytest.raises(FormatError) as error:
            columns(data)
        found.append((error.value.message, error.value.offset))
    return found


def readers() -> Iterator[int]:
    """NumPy reads, then the loop."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in (1, 10**9):
            patch.setattr(reloc_section, "BULK", limit)
            yield limit


@given(ENTRIES)
def test_both_readers_give_what_was_written(entries):
    """The loop and NumPy read the same columns, which are those written."""
    data = section(entries)
    written = [list(column) for column in zip(*entries, strict=True)]
    written[3] = [addend if HAS_ADDEND[type] else 0 for type, _, _, addend in entries]
    assert [list(columns(data)) for _ in readers()] == [written, written]


@given(ENTRIES, st.data())
def test_both_readers_refuse_what_is_cut_off(entries, data):
    """A section that ends early is an error with the same place for both, not an exception of NumPy's."""
    whole = section(entries)
    one, other = refusals(whole[: data.draw(st.integers(2, len(whole) - 1))])
    assert one == other


@given(ENTRIES, st.binary(min_size=1, max_size=9))
def test_both_readers_refuse_bytes_after_the_last_entry(entries, more):
    one, other = refusals(section(entries) + more)
    assert one == other
