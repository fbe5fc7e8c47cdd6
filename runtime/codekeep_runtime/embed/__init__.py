"""Embeds text as vectors: the interface, its cache, and the embedders that run in this process."""
