"""Guards for every kind of Kubernetes object that contains pods."""

from typing import Any

from policies.rules.kubernetes._pods import POD_PATHS
from tests.policies.guards.guard import Break, Guard


def pod_guards(path: str, breaks: tuple[Break, ...] = (), values: tuple[Any, ...] = ()) -> tuple[Guard, ...]:
    """Guards of a path below the pod spec."""
    return tuple(Guard(type_, f"{pod}.{path}", breaks, values) for type_, pods in POD_PATHS.items() for pod in pods)


def container_guards(path: str, breaks: tuple[Break, ...] = (), values: tuple[Any, ...] = ()) -> tuple[Guard, ...]:
    """Guards of a path below each container."""
    return pod_guards(f"containers[*].{path}", breaks, values)
