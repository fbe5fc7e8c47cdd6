"""Brings repositories into the index: fetch, screen, parse, write, embed.

Imports nothing here: each process of `workers` loads the package, and needs `file_task` only.
"""
