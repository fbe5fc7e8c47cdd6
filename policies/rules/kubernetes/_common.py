"""The frameworks that the Kubernetes rules serve."""

from collections.abc import Mapping


def frameworks(*cis_eks: str, soc2: str = "CC6.1", iso: str = "A.8.9") -> Mapping[str, tuple[str, ...]]:
    """Framework references; CIS EKS only where a control says the same."""
    common = {"SOC 2": (soc2,), "ISO 27001": (iso,)}
    return {"CIS EKS": cis_eks, **common} if cis_eks else common
