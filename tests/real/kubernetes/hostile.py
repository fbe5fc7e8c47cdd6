"""Objects that a keep's admission policies must refuse: valid ones with one change each, and the expected reason."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
Change = Callable[[Object], None]
TENANT, WORKLOAD, ROLE = "codekeep.dev/tenant", "codekeep.dev/workload", "codekeep.dev/role"
DIGEST = f"sha256:{'ab' * 32}"


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """An object to refuse. `reason` must be part of the server's answer."""

    thing: Object
    reason: str


def pod_with(pod: Object, change: Change) -> Object:
    changed = copy.deepcopy(pod)
    change(changed)
    return changed


def setting(path: str, value: Any) -> Change:
    """Sets the field at a path of keys and list positions joined by `|`; None removes it."""

    def change(thing: Object) -> None:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("|"))
        at: Any = thing
        for step in steps:
            at = at[step] if isinstance(step, int) else at.setdefault(step, {})
        if value is None:
            at.pop(last)
        else:
            at[last] = value

    return change


def adding(path: str, value: Any) -> Change:
    """Adds a value to the list at a path."""

    def change(thing: Object) -> None:
        *steps, last = path.split("|")
        at: Any = thing
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        at.setdefault(last, []).append(value)

    return change


def _variable(name: str, value: str) -> Change:
    return adding("spec|containers|0|env", {"name": name, "value": value})


def _volume(**source: Any) -> Change:
    return adding("spec|volumes", {"name": "more", **source})


def _pods(registry: str) -> Mapping[str, tuple[Change, str]]:
    image, container = "spec|containers|0|image", "spec|containers|0"
    account, _, _, region, *_ = registry.split(".")
    from_registry, by_digest = f"must come from ECR of {account} in {region}", "must be named by digest"
    content, level = "logging of prompts, requests or bodies", "log level of debug or trace"
    api_token = {"serviceAccountToken": {"path": "token", "expirationSeconds": 600}}
    room = {"cpu": "500", "memory": "4Ti"}
    return {
        "privileged": (_privileged, "PodSecurity"),
        "host-network": (setting("spec|hostNetwork", True), "PodSecurity"),
        "host-processes": (setting("spec|hostPID", True), "PodSecurity"),
        "host-path": (_volume(hostPath={"path": "/var/lib/kubelet"}), "PodSecurity"),
        "root": (setting(f"{container}|securityContext|runAsUser", 0), "PodSecurity"),
        "capability": (setting(f"{container}|securityContext|capabilities|add", ["SYS_ADMIN"]), "PodSecurity"),
        "writable-root": (setting(f"{container}|securityContext|readOnlyRootFilesystem", False), "read-only root"),
        "public-image": (setting(image, f"docker.io/library/python@{DIGEST}"), from_registry),
        "foreign-region": (setting(image, f"{account}.dkr.ecr.us-east-1.amazonaws.com/a@{DIGEST}"), from_registry),
        "foreign-account": (setting(image, f"999988887777.dkr.ecr.{region}.amazonaws.com/a@{DIGEST}"), from_registry),
        "look-alike-registry": (setting(image, f"{registry}.evil.example/a@{DIGEST}"), from_registry),
        "by-tag": (setting(image, f"{registry}/codekeep-acme-code-batch-review:1.4.0"), by_digest),
        "init-by-tag": (_init(f"{registry}/a:latest"), by_digest),
        "logs-prompts": (_variable("LOG_PROMPTS", "1"), content),
        "captures-content": (_variable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "span"), content),
        "traces-git": (_variable("GIT_TRACE_PACKET", "1"), content),
        "logs-requests": (setting(f"{container}|args", ["serve", "--enable-log-requests"]), content),
        "logs-in-a-shell": (setting(f"{container}|args", ["exec serve --log_request_body true"]), content),
        "debug-level": (_variable("VLLM_LOGGING_LEVEL", "DEBUG"), level),
        "trace-of-a-module": (_variable("RUST_LOG", "info,hyper=trace"), level),
        "debug-switch": (_variable("DEBUG", "*"), "switch on debugging"),
        "debug-flag": (setting(f"{container}|args", ["serve", "--debug"]), "or switch on debugging"),
        "debug-level-flag": (setting(f"{container}|args", ["serve", "--log-level", "debug"]), "log level of debug"),
        "verbosity-flag": (setting(f"{container}|args", ["serve", "--v=9"]), "log level of debug"),
        "secret-variable": (
            adding(f"{container}|env", {"name": "T", "valueFrom": {"secretKeyRef": {"name": "t", "key": "t"}}}),
            "hold no secret",
        ),
        "variables-from-elsewhere": (setting(f"{container}|envFrom", [{"configMapRef": {"name": "x"}}]), "in the pod"),
        "secret-volume": (_volume(secret={"secretName": "token"}), "and no Secret"),
        "without-tenant": (setting(f"metadata|labels|{TENANT}", None), f"label {TENANT}"),
        "wrong-tenant": (setting(f"metadata|labels|{TENANT}", "bond"), f"label {TENANT}"),
        "without-workload": (setting(f"metadata|labels|{WORKLOAD}", None), f"label {WORKLOAD}"),
        "workload-of-another": (setting(f"metadata|labels|{WORKLOAD}", "gateway"), "must be the workload's own"),
        "default-account": (setting("spec|serviceAccountName", "default"), "must be the workload's own"),
        "token": (setting("spec|automountServiceAccountToken", True), "no token of the API server"),
        "projected-token": (_volume(projected={"sources": [api_token]}), "no token of the API server"),
        "anywhere": (setting(f"spec|nodeSelector|{ROLE}", None), "must name a pool's role"),
        "without-tenant-selector": (setting(f"spec|nodeSelector|{TENANT}", None), "runs on its own nodes"),
        "nodes-of-another": (setting(f"spec|nodeSelector|{TENANT}", "bond"), "runs on its own nodes"),
        "past-the-scheduler": (setting("spec|nodeName", "node-1"), "nodeName must not be set"),
        "tolerates-everything": (setting("spec|tolerations", [{"operator": "Exists"}]), "not every taint"),
        "interactive": (setting(f"{container}|stdin", True), "must be closed"),
        "shared-processes": (setting("spec|shareProcessNamespace", True), "must be closed"),
        "huge": (setting(f"{container}|resources", {"requests": room, "limits": room}), "maximum"),
        "all-the-gpus": (_gpus("512"), "exceeded quota"),
    }


def _privileged(pod: Object) -> None:
    pod["spec"]["containers"][0]["securityContext"] |= {"privileged": True, "allowPrivilegeEscalation": True}


def _init(image: str) -> Change:
    def change(pod: Object) -> None:
        pod["spec"]["initContainers"] = [{**pod["spec"]["containers"][0], "name": "init", "image": image}]
        for probe in ("readinessProbe", "livenessProbe", "startupProbe", "lifecycle"):
            pod["spec"]["initContainers"][0].pop(probe, None)

    return change


def _gpus(count: str) -> Change:
    def change(pod: Object) -> None:
        for amounts in pod["spec"]["containers"][0]["resources"].values():
            amounts["nvidia.com/gpu"] = count

    return change


def _others(space: str) -> Mapping[str, tuple[Object, str]]:
    rbac, network = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1"

    def thing(api_version: str, kind: str, **fields: Any) -> Object:
        return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "hostile", "namespace": space}, **fields}

    def service(**spec: Any) -> Object:
        return thing("v1", "Service", spec={"selector": {"a": "b"}, "ports": [{"port": 443}], **spec})

    def role(**rule: Any) -> Object:
        given = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], **rule}
        return thing(rbac, "Role", rules=[given])

    def binding(kind: str, **subject: Any) -> Object:
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "index"}
        given = {"kind": "ServiceAccount", "name": "gateway", "namespace": space, **subject}
        return thing(rbac, "RoleBinding", roleRef=reference, subjects=[given])

    def policy(rule: Object) -> Object:
        return thing(network, "NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Egress"], "egress": [rule]})

    backend = {"service": {"name": "gateway", "port": {"number": 443}}}
    claim = {"secret": "not-here"}
    return {
        "load-balancer": (service(type="LoadBalancer"), "must be ClusterIP"),
        "node-port": (service(type="NodePort"), "must be ClusterIP"),
        "external-name": (
            thing("v1", "Service", spec={"type": "ExternalName", "externalName": "collector.example"}),
            "must be ClusterIP",
        ),
        "external-address": (service(externalIPs=["198.51.100.7"]), "externalIPs must be empty"),
        "ingress": (thing(network, "Ingress", spec={"defaultBackend": backend}), "no Ingress"),
        "secret": (thing("v1", "Secret", stringData=claim), "exceeded quota"),
        "settings-with-bodies": (
            thing("v1", "ConfigMap", data={"settings.json": '{"logging": {"bodies": true}}'}),
            "logging of bodies",
        ),
        "settings-with-debug": (
            thing("v1", "ConfigMap", data={"settings.json": '{"logging": {"level": "debug"}}'}),
            "log level to debug",
        ),
        "role-with-wildcards": (role(verbs=["*"], resources=["*"], apiGroups=["*"]), "without *"),
        "role-that-reads-secrets": (role(resources=["secrets"]), "must not open secrets"),
        "role-that-enters-pods": (role(resources=["pods/exec"], verbs=["create"]), "must not open secrets"),
        "role-that-escalates": (role(resources=["configmaps"], verbs=["escalate"]), "escalate, bind or impersonate"),
        "cluster-role-bound": (binding("ClusterRole"), "no ClusterRole"),
        "another-keeps-account": (binding("Role", namespace="codekeep-bond"), "service accounts of the namespace"),
        "default-account-bound": (binding("Role", name="default"), "service accounts of the namespace"),
        "policy-to-everywhere": (policy({"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}), "must name its peers"),
        "policy-to-anybody": (policy({"ports": [{"port": 443}]}), "must name its peers"),
        "policy-to-every-namespace": (policy({"to": [{"namespaceSelector": {}}]}), "must name its peers"),
        "namespace-without-tenant": (
            _namespace(space, "pod-security.kubernetes.io/enforce", "restricted"),
            "must stay",
        ),
        "namespace-unrestricted": (_namespace(space, TENANT, space.removeprefix("codekeep-")), "must stay restricted"),
    }


def _namespace(space: str, label: str, value: str) -> Object:
    """The namespace with one label right and the others wrong.

    They are set to wrong values, not left out: server-side apply by another manager does not remove them.
    """
    labels = {TENANT: "", "pod-security.kubernetes.io/enforce": "privileged", label: value}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space, "labels": labels}}


def hostile_objects(pod: Object, space: str, registry: str) -> dict[str, Hostile]:
    """Objects to refuse by name. `pod` is a valid pod of the namespace."""
    changed = {
        name: Hostile(thing=pod_with(pod, change), reason=reason) for name, (change, reason) in _pods(registry).items()
    }
    others = {name: Hostile(thing=thing, reason=reason) for name, (thing, reason) in _others(space).items()}
    return {**changed, **others}
