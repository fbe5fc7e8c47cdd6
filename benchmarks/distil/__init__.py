"""Learns the table of the static embedder from published packages: docs/decisions/0013-static-embedder.md."""
