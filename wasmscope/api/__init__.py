"""wasmscope from Python: `wasmscope.link` and `wasmscope.open`, and the answers that what they return gives.

Nothing is computed here: a link is `link.driver`'s, answers are those of `explain/` with the facts and the text of
`report/`, so that a test or a script reads what the command line prints. docs/python.md has examples.
"""
