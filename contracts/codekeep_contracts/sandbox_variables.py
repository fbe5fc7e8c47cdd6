"""Environment variables that the CLI sets and the sandbox's provider plugins read."""

from typing import Final

SANDBOX_ENDPOINT: Final = "CODEKEEP_SANDBOX_ENDPOINT"
"""`http://127.0.0.1:PORT` of the account's moto server."""
SANDBOX_LEDGER: Final = "CODEKEEP_SANDBOX_LEDGER"
"""SQLite file of what moto does not emulate, and of Kubernetes objects."""
