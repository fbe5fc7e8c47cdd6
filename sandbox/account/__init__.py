"""The sandbox account: a stand-in for an AWS account on this machine, served by moto in the background.

`Account(home).ensure()` starts the server where none runs, and returns its URL. Every request is journalled in `home`,
so that the account is restored after its server died.
"""

from sandbox.account.account import Account, AccountError, Endpoint, Status

__all__ = ["Account", "AccountError", "Endpoint", "Status"]
