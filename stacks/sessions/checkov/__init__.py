"""Runs Checkov, in a virtual environment of its own, over what a stack's graph renders to."""
