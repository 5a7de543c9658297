"""The broken links of `samples/broken` as the tests see them: `cases.toml`, read once."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.samples import FOLDER as SAMPLES
from tests.toolchain import reference

FOLDER = SAMPLES / "broken"


class Case(NamedTuple):
    """One case: where it is, how it is linked there, and what `run` returns if that is done right and as it was."""

    name: str
    folder: Path
    link: tuple[str, ...]
    fault: str
    cause: str
    sites: tuple[int, ...]
    given: tuple[int, ...]
    right: int
    wrong: int | str

    @property
    def broken(self) -> bytes:
        """The module with the fault."""
        return (self.folder / "linked.wasm").read_bytes()

    @property
    def true(self) -> bytes:
        """What wasm-ld makes of the same line."""
        output = reference(self.link, self.folder).output
        assert output is not None
        return output


def _read(name: str, given: dict[str, Any]) -> Case:
    return Case(
        name, FOLDER / name, tuple(shlex.split(given["link"])), given["fault"], given["cause"], tuple(given["sites"]),
        tuple(given.get("given", ())), given["right"], given["wrong"],
    )  # fmt: skip


CASES = {name: _read(name, given) for name, given in tomllib.loads((FOLDER / "cases.toml").read_text()).items()}


def cases() -> list[Any]:
    """The cases as parameters of a test, each with its name as id."""
    return [pytest.param(case, id=case.name) for case in CASES.values()]
