"""What goes wrong with an index on a server."""

from codekeep_contracts.faults import Fault


class IndexFault(Fault):
    """The server refused or could not be reached after its retries (EX_UNAVAILABLE). Holds no text of documents."""

    exit_code = 69
