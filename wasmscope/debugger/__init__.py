"""A session over a link, without a screen: the cursor, moves, commands, and the lines that each pane says."""
