"""The sandbox account: an AWS account on this machine, kept by a moto server in the background.

`Account(home).ensure()` starts the server where none runs and says where it listens. Everything it is told is
journalled in `home`, so that an account whose server died comes back as it was.
"""

from sandbox.account.account import Account, AccountError, Endpoint, Status

__all__ = ["Account", "AccountError", "Endpoint", "Status"]
