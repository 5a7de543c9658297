"""Records to one module, in seven phases: read `driver.py` first, it is the table of contents.

`wasmscope.link(...)`, the call, is `wasmscope.api.linked.link`.
"""
