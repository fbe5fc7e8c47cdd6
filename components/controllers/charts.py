"""The controllers that a cluster needs: whose chart, at which version, from which images, and what is left out of it.

`python -m components.controllers.rendering` writes rendered/ and definitions/ from this table and values/: a keep is
made from files, since nothing outside can be reached while it comes up. Versions, images and defaults are those of the
charts' own repositories, read on 2026-11-30 at the tags that `source` names.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from codekeep_contracts.images import ControllerImage

from components.identity.workload import SYSTEM_NAMESPACE

DEVICE_NAMESPACE: Final = "nvidia-device-plugin"  # no keep's, since those begin with codekeep-
READ: Final = ("get", "list", "watch")
NOTHING: Final = ()
_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One controller; its licence is Apache-2.0.

    `images` has, by the reference in the chart, the repository of the keep's registry that it is copied to. Of what the
    chart renders, `dropped` objects (kind, or kind/name) and volumes are left out; roles keep only these verbs for the
    resources in `allowed`, and none for the API groups in `groupless`. `token`: its pods use the Kubernetes API.
    `definitions` are the custom resource definitions that are installed, each with the versions that are served. Those
    in `unused` accept everything, since the controller watches a kind that nobody here writes.
    """

    name: str
    version: str
    repository: str
    source: str
    images: Mapping[str, ControllerImage]
    namespace: str = SYSTEM_NAMESPACE
    dropped: tuple[str, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    groupless: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    volumes_dropped: tuple[str, ...] = ()
    token: bool = True
    definitions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)


KEDA: Final = Chart(
    name="keda",
    version="2.20.2",
    repository="https://kedacore.github.io/charts",
    source="github.com/kedacore/charts v2.20.2, keda",
    images={
        "ghcr.io/kedacore/keda:2.20.2": "keda-operator",
        "ghcr.io/kedacore/keda-metrics-apiserver:2.20.2": "keda-metrics-apiserver",
    },
    # The admission webhooks only warn (failurePolicy Ignore); their accounts are rendered even where they are off.
    dropped=(
        "ServiceAccount/keda-webhook",
        "ClusterRole/keda-operator-webhook",
        "ClusterRoleBinding/keda-operator-webhook",
    ),
    allowed={"validatingwebhookconfigurations": NOTHING},
    definitions={
        "scaledobjects.keda.sh": ("v1alpha1",),
        "scaledjobs.keda.sh": ("v1alpha1",),
        "triggerauthentications.keda.sh": ("v1alpha1",),
        "clustertriggerauthentications.keda.sh": ("v1alpha1",),
        "cloudeventsources.eventing.keda.sh": ("v1alpha1",),
        "clustercloudeventsources.eventing.keda.sh": ("v1alpha1",),
    },
)

KUBERAY: Final = Chart(
    name="kuberay-operator",
    version="1.6.2",
    repository="https://ray-project.github.io/kuberay-helm",
    source="github.com/ray-project/kuberay v1.6.2, helm-chart/kuberay-operator",
    images={"quay.io/kuberay/operator:v1.6.2": "kuberay-operator"},
    # Roles for people, who have none of ours.
    dropped=tuple(
        f"ClusterRole/{kind}-{role}-role"
        for kind in ("rayjob", "rayservice", "raycronjob")
        for role in ("editor", "viewer")
    ),
    # Accounts, roles and bindings of autoscaling heads are the release's. The operator watches secrets, and does not
    # start otherwise (ray-operator/controllers/ray/raycluster_controller.go, Owns(&corev1.Secret{})).
    allowed={
        "secrets": ("list", "watch"),
        "serviceaccounts": READ,
        "roles": READ,
        "rolebindings": READ,
        "pods/resize": NOTHING,
        "ingresses": READ,
        "raycronjobs": NOTHING,
        "raycronjobs/status": NOTHING,
        "raycronjobs/finalizers": NOTHING,
    },
    groupless=("gateway.networking.k8s.io", "route.openshift.io"),
    # Without v1alpha1, which nobody here has written.
    definitions={"rayclusters.ray.io": ("v1",), "rayjobs.ray.io": ("v1",), "rayservices.ray.io": ("v1",)},
    unused=("rayservices.ray.io",),
)

LOAD_BALANCER: Final = Chart(
    name="aws-load-balancer-controller",
    version="3.4.3",
    repository="https://aws.github.io/eks-charts",
    source="github.com/kubernetes-sigs/aws-load-balancer-controller v3.4.3, helm/aws-load-balancer-controller",
    images={
        "public.ecr.aws/eks/aws-load-balancer-controller:v3.4.3": "aws-load-balancer-controller",
        "ghcr.io/jkroepke/kube-webhook-certgen:1.8.7": "kube-webhook-certgen",
    },
    # The chart makes a certificate at each rendering; ours is made in the cluster (additions/). The webhooks would fill
    # in and check what the release's only binding states itself.
    dropped=(
        "Secret",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "Service",
    ),
    # It registers targets of one group, and makes no load balancers.
    allowed={
        "services": READ,
        "services/status": NOTHING,
        "ingresses": READ,
        "ingresses/status": NOTHING,
        "configmaps": READ,
        "targetgroupbindings": ("get", "list", "watch", "patch", "update"),
        "albtargetcontrolconfigs": NOTHING,
    },
    groupless=("gateway.k8s.aws", "gateway.networking.k8s.io", "aga.k8s.aws"),
    definitions={"targetgroupbindings.elbv2.k8s.aws": ("v1beta1",), "ingressclassparams.elbv2.k8s.aws": ("v1beta1",)},
)

DEVICE_PLUGIN: Final = Chart(
    name="nvidia-device-plugin",
    version="0.19.3",
    repository="https://nvidia.github.io/k8s-device-plugin",
    source="github.com/NVIDIA/k8s-device-plugin v0.19.3, deployments/helm/nvidia-device-plugin",
    images={"nvcr.io/nvidia/k8s-device-plugin:v0.19.3": "nvidia-device-plugin"},
    namespace=DEVICE_NAMESPACE,
    # GPUs are not shared by MPS, and the plugin asks the API nothing without configurations by node.
    dropped=("DaemonSet/nvidia-device-plugin-mps-control-daemon", "ClusterRole", "ClusterRoleBinding"),
    volumes_dropped=("mps-root", "mps-shm", "cdi-root"),  # of the node it keeps the kubelet's folder of sockets only
    token=False,
)

AUTOSCALER: Final = Chart(
    name="cluster-autoscaler",
    version="9.59.0",
    repository="https://kubernetes.github.io/autoscaler",
    source="github.com/kubernetes/autoscaler cluster-autoscaler-chart-9.59.0, cluster-autoscaler/charts",
    images={
        "registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.5": "cluster-autoscaler"
    },  # the cluster's minor version
    dropped=("Service",),
    allowed={"podtemplates": READ, "endpoints": NOTHING},
    groupless=("autoscaling.x-k8s.io",),
)

PROMETHEUS: Final = Chart(
    name="prometheus",
    version="29.27.0",
    repository="https://prometheus-community.github.io/helm-charts",
    source="github.com/prometheus-community/helm-charts prometheus-29.27.0, charts/prometheus",
    images={"quay.io/prometheus/prometheus:v3.14.0": "prometheus"},
    # It lists pods and the slices of services, and scrapes no node.
    allowed={
        "nodes": NOTHING,
        "nodes/proxy": NOTHING,
        "nodes/metrics": NOTHING,
        "services": READ,
        "endpoints": NOTHING,
        "ingresses": NOTHING,
        "ingresses/status": NOTHING,
        "configmaps": NOTHING,
    },
)

CHARTS: Final = (KEDA, KUBERAY, LOAD_BALANCER, DEVICE_PLUGIN, AUTOSCALER, PROMETHEUS)

IMAGES: Final[Mapping[ControllerImage, str]] = {
    name: reference for chart in CHARTS for reference, name in chart.images.items()
}
"""Where each image is copied from."""


def stand_in_digests() -> dict[ControllerImage, str]:
    """Digests of no image, for a preview and for the sandbox, where nobody has copied one."""
    return {name: f"sha256:{hashlib.sha256(reference.encode()).hexdigest()}" for name, reference in IMAGES.items()}
