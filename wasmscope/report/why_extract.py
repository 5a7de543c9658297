"""Why archive members were pulled in (`--why-extract`), in the text of LLD 22: a table with tabs between its columns.

The rows are LLD's, which leaves out members that an object's mention of data pulled in (`wasmscope why` knows those
too).
"""

from __future__ import annotations

import re

from wasmscope.errors import Diagnostic
from wasmscope.link.model import Link
from wasmscope.link.names import display
from wasmscope.report.messages import has_errors, severe

LATER = re.compile(r"function signature mismatch: |reserved symbol must |.*\. Required by ")
"""The errors of resolve that LLD finds only after it has written the table, or which do not keep it from that."""


def is_later(one: Diagnostic) -> bool:
    """Whether this did not keep LLD from writing the table."""
    return LATER.match(one.text) is not None


def is_resolved(link: Link) -> bool:
    """Whether the link came to the point where LLD writes the table: every file and every wanted name is in."""
    if link.resolve is None:
        return False
    earlier = (one for one in link.resolve.diagnostics if not is_later(one))
    return not has_errors(severe(one, link.options.fatal_warnings) for one in earlier)


def why_extract_text(link: Link) -> str:
    """The table, one line a row, after its heading."""
    rows = link.resolve.extractions if link.resolve is not None else []
    lines = ["reference\textracted\tsymbol"]
    for asker, file, symbol in rows:
        lines.append(f"{asker}\t{file.name}\t{display(symbol.name, link.options.demangle)}")
    return "".join(f"{line}\n" for line in lines)
