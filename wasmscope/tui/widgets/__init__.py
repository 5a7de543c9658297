"""Widgets that draw only the lines in sight: each asks plain callables for what it shows and computes nothing."""
