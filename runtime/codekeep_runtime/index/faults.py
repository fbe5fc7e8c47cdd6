"""Exceptions of an index on a server."""

from codekeep_contracts.faults import Fault


class IndexFault(Fault):
    """The server refused, or could not be reached after retries (EX_UNAVAILABLE). Contains no text of documents."""

    exit_code = 69
