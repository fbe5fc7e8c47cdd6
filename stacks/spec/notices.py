"""What somebody else must do before a valid spec can be deployed."""

from stacks.spec.check import Spec


def notices(spec: Spec, stack: str) -> list[str]:
    """One line for each thing to do; none where there is nothing."""
    held, account = spec.keys.customer_held, spec.account.id
    found = []
    if held:
        found.append(
            f"keys.customer_held ({', '.join(held)}): the holder of each key must let account {account} use it, or AWS "
            f"refuses what it encrypts; `codekeep key-policy {stack}` prints the policies to write"
        )
    return found
