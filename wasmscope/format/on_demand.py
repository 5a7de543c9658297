"""Long sequences that are kept as columns: a record of one row is made when it is looked at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class OnDemand(Sequence[T]):
    """A sequence of records that each subclass makes; indices, negative ones and slices are as in a list."""

    __slots__ = ()

    @abstractmethod
    def made(self, index: int) -> T:
        """The record at `index`, which is one of those that there are, counted from the first."""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self.made(one) for one in range(*index.indices(len(self)))]
        return self.made(range(len(self))[index])
