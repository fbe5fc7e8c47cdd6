"""What somebody else must do before a valid spec can be deployed."""

from stacks.spec.check import Spec

ON_NODES = ("code", "model")  # classes whose keys encrypt the disks of nodes
SERVICE_ROLE = "aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com"


def notices(spec: Spec, stack: str) -> list[str]:
    """One line for each thing to do; none where there is nothing."""
    held, account = spec.keys.customer_held, spec.account.id
    found = []
    if held:
        found.append(
            f"keys.customer_held ({', '.join(held)}): the holder of each key must let account {account} use it, or AWS "
            f"refuses what it encrypts; `codekeep key-policy {stack}` prints the policies to write"
        )
    if on_nodes := [each for each in held if each in ON_NODES]:
        found.append(
            f"keys.customer_held ({', '.join(on_nodes)}): nodes boot by a grant to the role of EC2 Auto Scaling, which "
            f"must be in account {account}; once per account: `{SERVICE_ROLE}` (a name that has been taken is there)"
        )
    return found
