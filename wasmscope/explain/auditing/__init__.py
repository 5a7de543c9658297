"""A module that any linker made, held against its objects: is every relocation and every record right?"""
