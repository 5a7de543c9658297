"""What the bytes of a file are spent on, to the byte."""
