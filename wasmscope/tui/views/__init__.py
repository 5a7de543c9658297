"""The views: each arranges widgets around the one cursor and fills them from what `explain` answers."""
