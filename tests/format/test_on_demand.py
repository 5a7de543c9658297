"""Sequences whose records are made when they are looked at: indices are those of a list."""

from __future__ import annotations

import pytest

from wasmscope.format.on_demand import OnDemand


class Squares(OnDemand[int]):
    """The squares of 0 to 9; `asked` are those that were made."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __len__(self) -> int:
        return 10

    def made(self, index: int) -> int:
        self.asked.append(index)
        return index * index


def test_indices_and_slices_are_those_of_a_list() -> None:
    squares, listed = Squares(), [number * number for number in range(10)]
    for index in (0, 9, -1, -10):
        assert squares[index] == listed[index]
    for some in (slice(2, 5), slice(None, None, -3), slice(-2, 99), slice(5, 2)):
        assert squares[some] == listed[some]
    assert list(squares) == listed
    assert squares.index(49) == 7
    for index in (10, -11):
        with pytest.raises(IndexError):
            squares[index]


def test_only_what_is_looked_at_is_made() -> None:
    squares = Squares()
    assert squares[-2:] == [64, 81]
    assert squares.asked == [8, 9]
