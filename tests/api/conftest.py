"""What every test of the API has: the sample as working directory, its link, and what the reference makes of it."""

from __future__ import annotations

import pytest

import wasmscope
from tests.api.asking import FILES, HELLO
from tests.toolchain import reference


@pytest.fixture(autouse=True)
def in_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HELLO)


@pytest.fixture
def hello() -> wasmscope.LinkResult:
    return wasmscope.link(*FILES)


@pytest.fixture(scope="session")
def linked() -> bytes:
    output = reference(FILES, HELLO).output
    assert output is not None
    return output
