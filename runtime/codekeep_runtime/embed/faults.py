"""What goes wrong with an embedder."""

from codekeep_contracts.faults import Fault


class EmbedFault(Fault):
    """The server refused or could not be reached after its retries (EX_UNAVAILABLE). Holds no text of chunks."""

    exit_code = 69
