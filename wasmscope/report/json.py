"""Facts as JSON. Names that are not UTF-8 come out as lone surrogates (\\udcNN), so that nothing is lost."""

from __future__ import annotations

import json
import sys
from typing import Any


def write(facts: Any) -> None:
    """Print `facts` on stdout as one JSON document."""
    encoder = json.JSONEncoder(indent=2, default=str)
    for chunk in encoder.iterencode(facts):
        sys.stdout.write(chunk)
    sys.stdout.write("\n")
