"""Questions answered from a finished `Link`: pure functions, no state kept, nothing edited."""
