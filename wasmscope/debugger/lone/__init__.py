"""A session over a finished module without its objects: no link, no steps, the same views."""
