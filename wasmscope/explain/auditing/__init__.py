"""A module that any linker made, held against its objects: was every relocation applied rightly?"""
