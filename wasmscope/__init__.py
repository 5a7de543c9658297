"""A debugger for WebAssembly linking.

`errors` is the one error family. `format/` turns bytes into records and back. `link/` turns records into a module in
seven phases and keeps every reason: its result, a `Link`, is a value. `explain/` answers questions from that value
(steps, states, why, where from) and `report/` says the answers as text and JSON. `debugger/` is a session over a link
without a screen: cursor, moves, commands, what each pane says. `cli/` is the command line, `tui/` the screens; only
`tui/` imports Textual. Imports go one way: errors <- format <- link <- explain, report <- debugger <- cli, tui.
"""

__version__ = "0.1.0"
