"""The Ray cluster that work is spread over, beyond the processes of one machine."""

from typing import Any

LOCAL = "local"


def joined(address: str) -> Any:
    """The `ray` module, connected; a process joins one cluster once.

    Args:
        address: of Ray's client server (ray://host:port), or "local" for a cluster of this machine's own.
    """
    import ray

    if not ray.is_initialized():
        ray.init(None if address == LOCAL else address, log_to_driver=False, include_dashboard=False)
    return ray
