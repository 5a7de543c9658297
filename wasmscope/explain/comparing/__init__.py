"""How modules, objects, links and moments differ, by structure."""
