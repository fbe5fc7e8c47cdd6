"""Kubernetes rules: compliant objects pass, a violation names its path, what is unknown stays undecided."""

from typing import Any

import pytest

from policies.catalogue import catalogue
from policies.graph import SECRET, UNKNOWN, ResourceGraph
from policies.rule import Case, Family, Finding, Verdict, judge_all
from tests.policies.mutants import caught, mutants
from tests.policies.rules.kubernetes_objects import (
    FACTS,
    SPACE,
    changed,
    container,
    graph,
    kube,
    pod,
    resource,
    template,
)

RULES = [rule for rule in catalogue() if rule.family is Family.KUBERNETES]
DEPLOYMENT, CRON_JOB, RAY = (
    "kubernetes:apps/v1:Deployment",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:ray.io/v1:RayCluster",
)
POLICY, SERVICE = "kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes:core/v1:Service"
ROLE, BINDING = "kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
POD, CONTAINER = "spec.template.spec", "spec.template.spec.containers[0]"
CRON_CONTAINER = "spec.jobTemplate.spec.template.spec.containers[0]"
RAY_CONTAINER = "spec.workerGroupSpecs[0].template.spec.containers[0]"


def findings(objects: ResourceGraph) -> list[Finding]:
    return judge_all(RULES, Case(facts=FACTS, graph=objects))


def verdicts(objects: ResourceGraph, rule: str) -> list[tuple[Verdict, str, str]]:
    return [
        (each.verdict, each.urn.rpartition("::")[2], each.property) for each in findings(objects) if each.rule == rule
    ]


def test_the_compliant_objects_break_no_rule() -> None:
    assert len(RULES) > 20
    assert len(graph()) > 20
    assert findings(graph()) == []


def test_every_fault_made_of_the_compliant_objects_is_noticed_by_its_rule() -> None:
    made = list(mutants(graph(), RULES, FACTS))
    assert {mutant.rule.id for mutant in made} == {rule.id for rule in RULES}
    assert [str(mutant) for mutant in made if not caught(mutant, FACTS)] == []


@pytest.mark.parametrize(
    ("rule", "type_", "name", "path", "value", "place"),
    [
        ("pod-non-root", DEPLOYMENT, "gateway", f"{POD}.securityContext.runAsNonRoot", False, None),
        ("pod-privileges", CRON_JOB, "ingest", f"{CRON_CONTAINER}.securityContext.privileged", True, None),
        ("pod-privileges", RAY, "index", f"{RAY_CONTAINER}.securityContext.capabilities.add", ["SYS_ADMIN"], None),
        ("pod-seccomp", DEPLOYMENT, "gateway", f"{POD}.securityContext.seccompProfile.type", "Unconfined", None),
        ("pod-read-only-root", RAY, "index", f"{RAY_CONTAINER}.securityContext.readOnlyRootFilesystem", False, None),
        ("pod-host-access", DEPLOYMENT, "gateway", f"{POD}.hostPID", True, None),
        (
            "pod-host-access",
            CRON_JOB,
            "ingest",
            "spec.jobTemplate.spec.template.spec.volumes[0].hostPath",
            {"path": "/var/run"},
            None,
        ),
        ("pod-resources", DEPLOYMENT, "gateway", f"{CONTAINER}.resources.limits.memory", "0", None),
        ("pod-service-account", DEPLOYMENT, "gateway", f"{POD}.serviceAccountName", "default", None),
        ("pod-token", DEPLOYMENT, "gateway", f"{POD}.automountServiceAccountToken", True, None),
        ("pod-probes", DEPLOYMENT, "gateway", f"{CONTAINER}.livenessProbe", None, None),
        ("workload-namespace", DEPLOYMENT, "gateway", "metadata.namespace", "kube-system", None),
        ("workload-placement", DEPLOYMENT, "gateway", f"{POD}.nodeSelector", {"pool": "other"}, None),
        ("workload-placement", DEPLOYMENT, "gateway", f"{POD}.tolerations[0]", {"operator": "Exists"}, None),
        (
            "kube-secrets",
            DEPLOYMENT,
            "gateway",
            f"{CONTAINER}.env[0]",
            {"name": "GIT_TOKEN", "value": "plain"},
            f"{CONTAINER}.env[0].value",
        ),
        (
            "kube-secrets",
            DEPLOYMENT,
            "gateway",
            f"{CONTAINER}.env[0]",
            {"name": "ANY", "value": SECRET},
            f"{CONTAINER}.env[0].value",
        ),
        (
            "network-policy-peers",
            POLICY,
            "gateway",
            "spec.ingress[0].from[0].ipBlock.cidr",
            "0.0.0.0/1",
            "spec.ingress[0].from[0].ipBlock.cidr",
        ),
        ("network-policy-peers", POLICY, "gateway", "spec.egress[0].to", [], None),
        (
            "network-policy-peers",
            POLICY,
            "gateway",
            "spec.egress[0].to[0]",
            {"namespaceSelector": {}},
            "spec.egress[0].to[0].namespaceSelector",
        ),
        ("service-exposure", SERVICE, "gateway", "spec.type", "NodePort", None),
        ("rbac-wildcards", ROLE, "ingest", "rules[0].verbs", ["*"], None),
        ("rbac-secrets", ROLE, "ingest", "rules[0].resources", ["jobs", "secrets"], None),
        ("rbac-escalation", ROLE, "ingest", "rules[0].verbs", ["bind"], None),
        ("rbac-cluster-admin", BINDING, "ingest", "roleRef.name", "cluster-admin", None),
        ("rbac-cluster-admin", BINDING, "ingest", "subjects[0].name", "system:serviceaccounts:demo", None),
    ],
)
def test_a_violation_names_its_path(rule: str, type_: str, name: str, path: str, value: Any, place: str | None) -> None:
    assert (Verdict.VIOLATION, name, place or path) in verdicts(changed(type_, name, path, value), rule)


@pytest.mark.parametrize(
    ("rule", "type_", "name", "path"),
    [
        ("pod-non-root", DEPLOYMENT, "gateway", f"{POD}.securityContext.runAsNonRoot"),
        ("pod-privileges", RAY, "index", f"{RAY_CONTAINER}.securityContext.allowPrivilegeEscalation"),
        ("pod-host-access", DEPLOYMENT, "gateway", POD),
        ("pod-resources", DEPLOYMENT, "gateway", f"{CONTAINER}.resources.limits.memory"),
        ("pod-service-account", CRON_JOB, "ingest", "spec.jobTemplate.spec.template.spec.serviceAccountName"),
        ("namespace-default-deny", DEPLOYMENT, "gateway", "metadata.namespace"),
        ("namespace-quotas", DEPLOYMENT, "gateway", "metadata.namespace"),
        ("workload-namespace", DEPLOYMENT, "gateway", "metadata.namespace"),
        ("workload-disruption", DEPLOYMENT, "gateway", "spec.replicas"),
        ("namespace-pod-security", "kubernetes:core/v1:Namespace", SPACE, "metadata.labels"),
        ("rbac-wildcards", ROLE, "ingest", "rules[0]"),
        ("network-policy-peers", POLICY, "gateway", "spec.ingress[0]"),
        ("service-exposure", SERVICE, "gateway", "spec.type"),
    ],
)
def test_what_is_not_known_is_undecided(rule: str, type_: str, name: str, path: str) -> None:
    objects = changed(type_, name, path, UNKNOWN)
    if rule == "workload-disruption":  # the scaler's number goes before the workload's own
        objects = ResourceGraph(
            project=objects.project,
            stack=objects.stack,
            nodes=tuple(node for node in objects if not node.type.endswith(":ScaledObject")),
        )
    assert (Verdict.UNDECIDED, name, path) in verdicts(objects, rule)


@pytest.mark.parametrize(
    ("dropped", "rule", "fault"),
    [
        (f"{POLICY}::default-deny", "namespace-default-deny", "does not deny Egress"),
        ("ResourceQuota::keep", "namespace-quotas", "no quota on memory"),
        ("LimitRange::keep", "namespace-quotas", "no LimitRange"),
        ("PodDisruptionBudget::gateway", "workload-disruption", "no disruption budget"),
        ("ValidatingAdmissionPolicyBinding::keep-images", "admission-fails-closed", "has no binding"),
        ("RoleBinding::ingest", "pod-token", "must be false"),
    ],
)
def test_a_companion_that_is_missing_is_a_violation(dropped: str, rule: str, fault: str) -> None:
    objects = graph()
    rest = tuple(node for node in objects if not node.urn.endswith(dropped))
    assert len(rest) == len(objects) - 1
    found = findings(ResourceGraph(project=objects.project, stack=objects.stack, nodes=rest))
    assert any(each.rule == rule and fault in each.message for each in found)


def test_a_pod_takes_its_security_context_over_to_its_containers_unless_they_have_their_own() -> None:
    own = changed(DEPLOYMENT, "gateway", f"{CONTAINER}.securityContext.runAsNonRoot", False)
    assert verdicts(own, "pod-non-root") == [
        (Verdict.VIOLATION, "gateway", f"{CONTAINER}.securityContext.runAsNonRoot")
    ]


def test_init_containers_are_judged_as_well() -> None:
    root = container("prepare", securityContext={"privileged": True})
    objects = changed(DEPLOYMENT, "gateway", f"{POD}.initContainers", [root])
    places = {place for _, _, place in verdicts(objects, "pod-privileges")}
    assert f"{POD}.initContainers[0].securityContext.privileged" in places


def test_gpus_are_asked_for_as_they_are_limited() -> None:
    objects = changed(RAY, "index", f"{RAY_CONTAINER}.resources.requests", {"cpu": "4", "nvidia.com/gpu": 2})
    assert (Verdict.VIOLATION, "index", f"{RAY_CONTAINER}.resources.requests.nvidia.com/gpu") in verdicts(
        objects, "pod-resources"
    )


def test_a_workload_in_a_namespace_without_walls_is_named() -> None:
    spec = {"template": template("stray", pod("stray", container("stray")))}
    objects = graph(kube("apps/v1", "Deployment", "stray", {"metadata": {"namespace": "bare"}, "spec": spec}))
    assert verdicts(objects, "namespace-default-deny") == [(Verdict.VIOLATION, "stray", "metadata.namespace")] * 2


def test_a_chart_that_another_process_renders_is_undecided_and_dangerous_values_are_named() -> None:
    release = "kubernetes:helm.sh/v3:Release"
    plain = resource(release, "plain", {"chart": "agent", "version": "1.2.3"})
    evil = resource(release, "evil", {"chart": "agent", "values": {"node": {"hostNetwork": True}}})
    assert verdicts(graph(plain, evil), "kube-readable-workloads") == [
        (Verdict.VIOLATION, "evil", "values.node.hostNetwork"),
        (Verdict.UNDECIDED, "plain", "chart"),
    ]


def test_an_unknown_kind_that_contains_pods_is_undecided() -> None:
    spec = {"replicaSpecs": {"Worker": {"template": template("x", pod("x", container("x")))}}}
    objects = graph(kube("kubeflow.org/v1", "PyTorchJob", "train", {"spec": spec}))
    assert verdicts(objects, "kube-readable-workloads") == [
        (Verdict.UNDECIDED, "train", "spec.replicaSpecs.Worker.template.spec.containers")
    ]


def test_a_secret_object_is_a_violation_also_where_the_program_marks_it() -> None:
    objects = graph(kube("v1", "Secret", "git", {"stringData": SECRET}))
    assert verdicts(objects, "kube-secrets") == [(Verdict.VIOLATION, "git", "stringData")]


def test_plain_http_is_no_way_in() -> None:
    listeners = [{"name": "web", "protocol": "HTTP", "port": 80}]
    gateway = kube("gateway.networking.k8s.io/v1", "Gateway", "web", {"spec": {"listeners": listeners}})
    ingress = kube("networking.k8s.io/v1", "Ingress", "open", {"spec": {}})
    assert verdicts(graph(gateway, ingress), "ingress-tls") == [
        (Verdict.VIOLATION, "web", "spec.listeners[0].protocol"),
        (Verdict.VIOLATION, "open", "spec.tls"),
    ]
