"""Mirrors of Git repositories: fetched by the git command line, read without a working tree."""
