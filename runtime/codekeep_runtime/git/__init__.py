"""Mirrors of Git repositories, fetched with the git command line and read without a working tree."""
