"""The custom kinds that a platform's cluster serves to the keeps on it, whose own graphs do not define them."""

from typing import Final

PLATFORM_KINDS: Final = frozenset(
    {
        ("elbv2.k8s.aws", "IngressClassParams"),
        ("elbv2.k8s.aws", "TargetGroupBinding"),
        ("eventing.keda.sh", "CloudEventSource"),
        ("eventing.keda.sh", "ClusterCloudEventSource"),
        ("keda.sh", "ClusterTriggerAuthentication"),
        ("keda.sh", "ScaledJob"),
        ("keda.sh", "ScaledObject"),
        ("keda.sh", "TriggerAuthentication"),
        ("ray.io", "RayCluster"),
        ("ray.io", "RayJob"),
        ("ray.io", "RayService"),
    }
)
"""API group and kind."""
