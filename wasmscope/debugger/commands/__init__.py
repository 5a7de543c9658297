"""The commands of a session: one table for keys, palette, command line, `--plain` prompt and scripts."""
