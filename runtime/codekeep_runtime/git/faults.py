"""What goes wrong with a repository as a whole."""

from codekeep_contracts.faults import Fault


class GitFault(Fault):
    """git ended with an error. Its own message may hold names: not for logs."""


class LimitFault(GitFault):
    """git took too long, or brought too much."""
