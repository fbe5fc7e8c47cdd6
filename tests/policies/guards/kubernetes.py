"""Guards of the kubernetes rules."""

from collections.abc import Mapping
from dataclasses import replace

from policies.facts import Facts
from policies.rules.kubernetes._objects import BINDINGS, ROLES
from policies.rules.kubernetes._pods import WORKLOADS
from policies.rules.kubernetes.admission_fails_closed import WEBHOOKS
from policies.rules.kubernetes.network_policy_peers import DIRECTIONS
from policies.rules.kubernetes.pod_host_access import SHARED
from policies.rules.kubernetes.pod_probes import SERVERS
from policies.rules.kubernetes.rbac_cluster_admin import EVERYBODY, POWERFUL
from policies.rules.kubernetes.workload_namespace import RESERVED
from tests.policies.guards.guard import Break, Guard
from tests.policies.guards.pods import container_guards, pod_guards

ALL_OF_THEM = (
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]},
    {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
)


def has_own_nodes(facts: Facts) -> bool:
    return facts.tier in ("dedicated", "premium")


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "admission-fails-closed": (
        *(Guard(type_, "webhooks[*].failurePolicy", values=("Ignore",)) for type_ in WEBHOOKS),
        Guard(
            "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
            "spec.failurePolicy",
            values=("Ignore",),
        ),
        Guard(
            "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
            "spec.validationActions",
            breaks=(Break.REMOVE,),
            values=(["Audit"], ["Warn"]),
            drop=True,
        ),
        Guard(
            "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
            "spec.policyName",
            values=("another",),
        ),
    ),
    "idle-accounts": (
        Guard(
            "kubernetes:ray.io/v1:RayCluster",
            "spec.headGroupSpec.template.spec.serviceAccountName",
            values=("somebody",),
        ),
    ),
    "ingress-tls": (
        Guard("kubernetes:networking.k8s.io/v1:Ingress", "spec.tls", breaks=(Break.REMOVE,), values=([],)),
        Guard(
            "kubernetes:networking.k8s.io/v1:Ingress",
            "metadata.annotations",
            values=(
                {"alb.ingress.kubernetes.io/scheme": "internet-facing"},
                {"alb.ingress.kubernetes.io/listen-ports": '[{"HTTP": 80}]'},
            ),
        ),
        Guard(
            "kubernetes:networking.k8s.io/v1:Ingress",
            add=({"spec": {"defaultBackend": {"service": {"name": "gateway"}}}},),
        ),
        Guard("kubernetes:gateway.networking.k8s.io/v1:Gateway", "spec.listeners[*].protocol", values=("HTTP",)),
    ),
    "kube-readable-workloads": (
        Guard(
            "kubernetes:helm.sh/v3:Release",
            add=(
                {"chart": "agent", "version": "1.2.3", "values": {"pod": {"hostNetwork": True}}},
                {"chart": "agent", "version": "1.2.3", "values": {"securityContext": {"privileged": True}}},
            ),
        ),
    ),
    "kube-secrets": (
        Guard("kubernetes:core/v1:Secret", add=({"metadata": {"name": "git"}, "stringData": {"token": "t"}},)),
        Guard("kubernetes:core/v1:ConfigMap", "data", values=({"key": "-----BEGIN RSA PRIVATE KEY-----"},)),
        *container_guards(
            "env",
            values=(
                [{"name": "GIT_TOKEN", "value": "plain"}],
                [{"name": "HARMLESS", "value": "AKIAIOSFODNN7EXAMPLE"}],
                [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "git", "key": "token"}}}],
            ),
        ),
        *container_guards("envFrom", values=([{"secretRef": {"name": "git"}}],)),
    ),
    "namespace-default-deny": tuple(Guard(type_, "metadata.namespace", values=("elsewhere",)) for type_ in WORKLOADS),
    "namespace-pod-security": (
        Guard(
            "kubernetes:core/v1:Namespace",
            "metadata.labels",
            breaks=(Break.REMOVE,),
            values=(
                {
                    "pod-security.kubernetes.io/enforce": "baseline",
                    "pod-security.kubernetes.io/enforce-version": "v1.34",
                },
                {"pod-security.kubernetes.io/enforce": "restricted"},
                {
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/enforce-version": "latest",
                },
                {
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/enforce-version": "v1.19",
                },
            ),
        ),
    ),
    "namespace-quotas": tuple(Guard(type_, "metadata.namespace", values=("elsewhere",)) for type_ in WORKLOADS),
    "network-policy-peers": tuple(
        (
            guard
            for rules, peers in DIRECTIONS.items()
            for guard in (
                Guard(
                    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
                    f"spec.{rules}",
                    values=([{}], [{"ports": [{"port": 443}]}]),
                ),
                Guard(
                    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
                    f"spec.{rules}[*].{peers}",
                    values=([{"ipBlock": {"cidr": "0.0.0.0/0"}}], [{"namespaceSelector": {}}], [{}]),
                ),
            )
        )
    ),
    "pod-host-access": (
        *(guard for name in SHARED for guard in pod_guards(name, values=(True,))),
        *pod_guards("volumes", values=([{"name": "root", "hostPath": {"path": "/"}}],)),
        *container_guards("ports", values=([{"containerPort": 8000, "hostPort": 8000}],)),
    ),
    "pod-non-root": (
        *container_guards("securityContext.runAsNonRoot", values=(False,)),
        *container_guards("securityContext.runAsUser", values=(0,)),
    ),
    "pod-privileges": (
        *container_guards("securityContext.privileged", values=(True,)),
        *container_guards("securityContext.allowPrivilegeEscalation", (Break.REMOVE, Break.FLIP)),
        *container_guards("securityContext.capabilities", (Break.REMOVE,)),
        *container_guards("securityContext.capabilities.drop", (Break.REMOVE,), (["NET_RAW"],)),
        *container_guards(
            "securityContext.capabilities.add", values=(["SYS_ADMIN"], ["NET_BIND_SERVICE", "SYS_PTRACE"])
        ),
        *container_guards("securityContext.procMount", values=("Unmasked",)),
    ),
    "pod-probes": (
        *(guard for guard in container_guards("readinessProbe", (Break.REMOVE,)) if guard.type in SERVERS),
        Guard(
            "kubernetes:apps/v1:Deployment",
            add=(
                {
                    "spec": {
                        "template": {"spec": {"containers": [{"name": "server", "ports": [{"containerPort": 80}]}]}}
                    }
                },
            ),
        ),
    ),
    "pod-read-only-root": container_guards("securityContext.readOnlyRootFilesystem", (Break.REMOVE, Break.FLIP)),
    "pod-resources": (
        *container_guards("resources", (Break.REMOVE,)),
        *container_guards("resources.limits", (Break.REMOVE,)),
        *container_guards("resources.limits.memory", (Break.REMOVE,), ("0", "lots")),
        *container_guards("resources.requests.cpu", values=("0",)),
        *container_guards("resources.requests.memory", values=("0",)),
    ),
    "pod-seccomp": container_guards("securityContext.seccompProfile", values=({"type": "Unconfined"},)),
    "pod-service-account": pod_guards("serviceAccountName", (Break.REMOVE,), ("default", "")),
    "pod-token": (
        Guard(
            "kubernetes:core/v1:ServiceAccount",
            add=({"metadata": {"name": "idle"}}, {"metadata": {"name": "idle"}, "automountServiceAccountToken": True}),
        ),
        Guard(
            "kubernetes:core/v1:Pod",
            add=tuple(
                {"metadata": {"name": "idle"}, "spec": {"serviceAccountName": "idle", "containers": [], **token}}
                for token in ({}, {"automountServiceAccountToken": True})
            ),
        ),
    ),
    "rbac-cluster-admin": tuple(
        guard
        for type_ in BINDINGS
        for guard in (
            Guard(type_, "roleRef.name", values=POWERFUL),
            Guard(type_, "subjects[*].name", values=EVERYBODY[:2]),
        )
    ),
    "rbac-escalation": tuple(
        guard
        for type_ in ROLES
        for guard in (
            Guard(type_, "rules[*].verbs", values=(["get", "escalate"], ["bind"], ["impersonate"])),
            Guard(
                type_,
                add=(
                    {"rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}]},
                    {"rules": [{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}]},
                    {"rules": [{"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}]},
                ),
            ),
        )
    ),
    "rbac-secrets": tuple(
        guard
        for type_ in ROLES
        for guard in (
            Guard(type_, "rules[*]", values=ALL_OF_THEM),
            Guard(type_, add=({"metadata": {"name": "reader"}, "rules": list(ALL_OF_THEM)},)),
        )
    ),
    "rbac-wildcards": tuple(
        Guard(type_, f"rules[*].{field}", breaks=(Break.WIDEN,))
        for type_ in ROLES
        for field in ("verbs", "apiGroups", "resources")
    ),
    "service-exposure": (
        Guard("kubernetes:core/v1:Service", "spec.type", values=("NodePort", "LoadBalancer", "ExternalName")),
        Guard("kubernetes:core/v1:Service", "spec.externalIPs", values=(["198.51.100.7"],)),
        Guard(
            "kubernetes:core/v1:Service",
            add=(
                {"spec": {"type": "LoadBalancer"}},
                {
                    "spec": {"type": "LoadBalancer"},
                    "metadata": {
                        "annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}
                    },
                },
            ),
        ),
    ),
    "unserved-devices": (Guard("kubernetes:apps/v1:DaemonSet", drop=True),),
    "unserved-kinds": (Guard("kubernetes:example.com/v1:Widget", add=({"apiVersion": "example.com/v1"},)),),
    "workload-disruption": (
        Guard("kubernetes:policy/v1:PodDisruptionBudget", "spec.maxUnavailable", values=(0, "0%")),
        Guard(
            "kubernetes:apps/v1:Deployment",
            add=({"spec": {"replicas": 3, "template": {"metadata": {"labels": {"app": "lonely"}}, "spec": {}}}},),
        ),
    ),
    "workload-namespace": tuple(
        Guard(type_, "metadata.namespace", breaks=(Break.REMOVE,), values=RESERVED[:2]) for type_ in WORKLOADS
    ),
    "workload-placement": (
        *(
            replace(guard, when=has_own_nodes)
            for guard in pod_guards("nodeSelector", (Break.REMOVE,), ({"kubernetes.io/os": "linux"},))
            if guard.type != "kubernetes:apps/v1:DaemonSet"
        ),
        *pod_guards("tolerations", values=([{"operator": "Exists"}],)),
    ),
}
