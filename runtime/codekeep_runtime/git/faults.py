"""Exceptions of git: each ends the ingest of one repository."""

from codekeep_contracts.faults import Fault


class GitFault(Fault):
    """git failed. The message may contain names and is never logged."""


class LimitFault(GitFault):
    """git took too long or fetched too much."""
