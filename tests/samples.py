"""The samples as the tests see them: `samples/links.toml`, read once."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

FOLDER = Path(__file__).parent.parent / "samples"


class Sample(NamedTuple):
    """One sample: where it is, how it is linked there, and what it does then."""

    name: str
    folder: Path
    link: tuple[str, ...]
    prints: str
    stdin: str
    returns: dict[str, int]

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The objects of the link line (an archive behind -l is not among them)."""
        return tuple(self.folder / word for word in self.link if word.endswith(".o"))


def _read(name: str, given: dict[str, Any]) -> Sample:
    prints = given.get("prints", "").lstrip("\n")
    line = tuple(shlex.split(given["link"]))
    return Sample(name, FOLDER / name, line, prints, given.get("stdin", ""), given.get("returns", {}))


SAMPLES = {name: _read(name, given) for name, given in tomllib.loads((FOLDER / "links.toml").read_text()).items()}


def links() -> list[Any]:
    """The samples as parameters of a test, each with its name as id."""
    return [pytest.param(sample, id=sample.name) for sample in SAMPLES.values()]
