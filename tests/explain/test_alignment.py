"""Sequences side by side."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wasmscope.explain.comparing.alignment import in_order, matched, runs, same_blocks

LETTERS = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@given(LETTERS, LETTERS)
@settings(max_examples=100)
def test_what_is_matched_is_equal_and_used_once(a: list[str], b: list[str]) -> None:
    to = matched(a, b)
    partners = [other for other in to if other >= 0]
    assert len(partners) == len(set(partners))
    assert all(other < 0 or a[position] == b[other] for position, other in enumerate(to))


@given(LETTERS, LETTERS)
@settings(max_examples=100)
def test_runs_cover_both_sides_and_tell_the_truth(a: list[str], b: list[str]) -> None:
    found = runs(a, b)
    ends = (0, 0)
    for run in found:
        assert (run.a_start, run.b_start) == ends
        ends = run.a_end, run.b_end
        assert run.equal == (a[run.a_start : run.a_end] == b[run.b_start : run.b_end])
    assert ends == (len(a), len(b))


def test_what_moved_is_matched() -> None:
    assert matched("abcdef", "defabc") == [3, 4, 5, 0, 1, 2]
    assert in_order([3, 4, 5, 0, 1, 2]) in ({0, 1, 2}, {3, 4, 5})


def test_repeated_elements_are_told_apart_by_their_neighbours() -> None:
    assert matched("xyxzx", "xyxzx") == [0, 1, 2, 3, 4]
    assert matched("paxqbx", "qbxpax") == [3, 4, 5, 0, 1, 2]


@given(st.binary(max_size=60), st.binary(max_size=60))
@settings(max_examples=100)
def test_blocks_are_the_same_bytes(a: bytes, b: bytes) -> None:
    last = 0
    for start, end, there in same_blocks(a, b):
        assert last <= start < end
        assert a[start:end] == b[there : there + end - start]
        last = end
