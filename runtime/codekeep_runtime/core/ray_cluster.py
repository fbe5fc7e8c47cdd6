"""Connects to the Ray cluster that work is distributed over when one machine is not enough."""

from typing import Any

LOCAL = "local"


def connect_ray(address: str) -> Any:
    """The connected `ray` module; a process joins one cluster only once.

    Args:
        address: of Ray's client server (ray://host:port), or "local" for a cluster on this machine.
    """
    import ray

    if not ray.is_initialized():
        ray.init(None if address == LOCAL else address, log_to_driver=False, include_dashboard=False)
    return ray
