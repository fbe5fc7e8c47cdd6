"""Exceptions of embedding."""

from codekeep_contracts.faults import Fault


class EmbedFault(Fault):
    """The server refused, or could not be reached after all attempts (EX_UNAVAILABLE). Contains no text of chunks."""

    exit_code = 69
