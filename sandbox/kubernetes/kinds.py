"""Facts about kinds beyond their schemas: scope, properties whose change replaces, groups of known operators."""

from collections.abc import Mapping

CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersionMigration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)

KNOWN_CUSTOM: Mapping[tuple[str, str], bool] = {  # (group, kind) → namespaced; their operators install the definitions
    ("elbv2.k8s.aws", "TargetGroupBinding"): True,
    ("keda.sh", "ClusterTriggerAuthentication"): False,
    ("keda.sh", "ScaledJob"): True,
    ("keda.sh", "ScaledObject"): True,
    ("keda.sh", "TriggerAuthentication"): True,
    ("ray.io", "RayCluster"): True,
    ("ray.io", "RayJob"): True,
    ("ray.io", "RayService"): True,
}

IDENTITY = ("metadata.name", "metadata.namespace")
_CONTAINERS = ("spec.containers", "spec.initContainers")
REPLACE_ON: Mapping[tuple[str, str], tuple[str, ...]] = {  # (group, kind) → paths, as the official provider has them
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("", "Pod"): (
        *_CONTAINERS,
        "spec.affinity",
        "spec.nodeName",
        "spec.nodeSelector",
        "spec.priorityClassName",
        "spec.restartPolicy",
        "spec.runtimeClassName",
        "spec.securityContext",
        "spec.serviceAccountName",
        "spec.volumes",
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type",),
    ("", "Service"): ("spec.clusterIP",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}
DATA: Mapping[tuple[str, str], tuple[str, ...]] = {  # replaced too, unless the provider's config makes them mutable
    ("", "ConfigMap"): ("binaryData", "data"),
    ("", "Secret"): ("data", "stringData"),
}

INITIAL_NAMESPACES = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})


def group_of(api_version: str) -> str:
    """`apps` for `apps/v1`, empty for `v1`."""
    return api_version.rpartition("/")[0]


def api_version_of(token: str) -> str:
    """`apps/v1` for the type token `kubernetes:apps/v1:Deployment`, `v1` for `kubernetes:core/v1:Service`."""
    module = token.split(":")[1]
    return module.removeprefix("core/")
