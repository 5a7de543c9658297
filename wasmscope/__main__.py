"""`python -m wasmscope`: the same as the `wasmscope` command."""

import sys

from wasmscope.cli.main import main

sys.exit(main())
