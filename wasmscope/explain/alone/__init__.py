"""A finished module by itself: what it can tell without its objects."""
