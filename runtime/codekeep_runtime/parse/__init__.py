"""Cuts a file along its syntax, and finds the symbols that it defines, mentions and imports."""
