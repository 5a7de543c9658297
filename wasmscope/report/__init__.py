"""What is in a file, and what a link did, as text and as JSON.

Every report is made in two steps: `facts` gives plain data (what `--json` prints), and the text is made from those
facts alone, so the two cannot say different things.
"""
