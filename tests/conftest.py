"""What holds for all tests."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from wasmscope.link.collector import settle

settings.register_profile("suite", deadline=None)  # a busy machine is no mistake
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="module")
def what_stays_is_looked_at_once() -> Iterator[None]:
    """Links that are made once a session are millions of records: each full collection over them takes seconds."""
    yield
    gc.collect()
    settle()
