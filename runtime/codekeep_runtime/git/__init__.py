"""Mirrors Git repositories: fetches them with the git command line and reads them without a working tree."""
