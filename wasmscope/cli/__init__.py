"""The command line. `main.py` is where it begins and where every error ends; a command is one module."""
