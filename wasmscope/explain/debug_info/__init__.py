"""Source files and lines by DWARF, of objects and of linked modules."""
