"""What `explain` answers, as text and as JSON."""
