"""Bytes to records and back: one file per part of the format, each codec declared once for both directions."""
