"""RuntimeSettings: the document that a keep's stack writes (stacks/settings.py) and every process here reads."""
