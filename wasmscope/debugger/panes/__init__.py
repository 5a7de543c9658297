"""What each pane says at a moment: lines and rows with roles, made from what `explain` answers."""
