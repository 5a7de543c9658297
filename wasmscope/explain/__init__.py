"""Questions that a finished `Link` answers: its steps, the state at any of them, and why something is as it is.

Pure functions over the value; nothing here reads a file, writes one or knows a screen.
"""
