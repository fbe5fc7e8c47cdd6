"""Kubernetes rules: compliant objects pass, a violation names its path, what is unknown stays undecided."""

from dataclasses import replace
from typing import Any

import pytest
from codekeep_contracts.search_administration import SEARCH_NAMESPACE

from policies.catalogue import catalogue
from policies.facts import Facts
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

OWN_TEST = "unserved-devices"  # what serves devices mounts a folder of the node, which another rule waives
RULES = [rule for rule in catalogue() if rule.family is Family.KUBERNETES and rule.id != OWN_TEST]
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


def findings(objects: ResourceGraph, facts: Facts = FACTS) -> list[Finding]:
    return judge_all(RULES, Case(facts=facts, graph=objects))


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
        ("CustomResourceDefinition::scaledobjects.keda.sh", "unserved-kinds", "defines ScaledObject of keda.sh"),
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


@pytest.mark.parametrize("tier", ["pooled", "dedicated"])
def test_the_walls_of_the_search_administration_are_its_owners(tier: str) -> None:
    spec = {"template": template("stray", pod("stray", container("stray")))}
    metadata = {"namespace": SEARCH_NAMESPACE}
    objects = graph(kube("apps/v1", "Deployment", "stray", {"metadata": metadata, "spec": spec}))
    found = judge_all(RULES, Case(facts=replace(FACTS, tier=tier), graph=objects))
    walls = {each.rule for each in found} & {"namespace-default-deny", "namespace-quotas"}
    assert walls == (set() if tier == "pooled" else {"namespace-default-deny", "namespace-quotas"})


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


def undefined() -> ResourceGraph:
    objects = graph()
    rest = [node for node in objects if not node.type.endswith(":CustomResourceDefinition")]
    return ResourceGraph(project=objects.project, stack=objects.stack, nodes=tuple(rest))


def test_a_pooled_keep_has_the_kinds_of_its_platform_and_no_others() -> None:
    assert {name for _, name, _ in verdicts(undefined(), "unserved-kinds")} == {"gateway", "index"}
    pooled = replace(FACTS, tier="pooled")
    own = kube("example.com/v1", "Widget", "w", {})
    with_widget = ResourceGraph(project="codekeep", stack="demo", nodes=(*undefined(), own))
    found = [each for each in findings(with_widget, pooled) if each.rule == "unserved-kinds"]
    assert [each.urn for each in found] == [own.urn]


def test_an_add_on_brings_its_own_kinds() -> None:
    kind = kube("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", "certificate", {})
    addon = resource("aws:eks/addon:Addon", "a", {"addonName": "aws-secrets-store-csi-driver-provider"}, None)
    assert [name for _, name, _ in verdicts(graph(kind), "unserved-kinds")] == ["certificate"]
    assert verdicts(graph(kind, addon), "unserved-kinds") == []


def test_a_definition_that_is_not_known_decides_nothing() -> None:
    widget = kube("example.com/v1", "Widget", "w", {})
    hidden = kube("apiextensions.k8s.io/v1", "CustomResourceDefinition", "x", {"spec": UNKNOWN}, cluster_wide=True)
    assert verdicts(graph(widget, hidden), "unserved-kinds") == [(Verdict.UNDECIDED, "w", "kind")]


def test_devices_need_a_plugin_on_the_nodes() -> None:
    [rule] = [each for each in catalogue() if each.id == OWN_TEST]
    sockets = [{"name": "sockets", "hostPath": {"path": "/var/lib/kubelet/device-plugins/"}}]
    body = {"spec": {"template": template("devices", pod("index", container("devices"), volumes=sockets))}}
    plugin = kube("apps/v1", "DaemonSet", "devices", body)
    [found] = judge_all([rule], Case(facts=FACTS, graph=graph()))
    assert (found.urn.rpartition("::")[2], found.property) == ("index", f"{RAY_CONTAINER}.resources.limits")
    assert judge_all([rule], Case(facts=FACTS, graph=graph(plugin))) == []
    assert judge_all([rule], Case(facts=replace(FACTS, tier="pooled"), graph=graph())) == []
    hidden = graph(kube("apps/v1", "DaemonSet", "devices", {"spec": UNKNOWN}))
    assert {each.verdict for each in judge_all([rule], Case(facts=FACTS, graph=hidden))} == {Verdict.UNDECIDED}


def test_pods_whose_account_is_not_known_decide_nothing_of_idle_accounts() -> None:
    elsewhere = changed(RAY, "index", "spec.headGroupSpec.template.spec.serviceAccountName", "somebody")
    assert verdicts(elsewhere, "idle-accounts") == [(Verdict.VIOLATION, "ingest", "subjects[1]")]
    hidden = changed(RAY, "index", "spec.headGroupSpec.template.spec.serviceAccountName", UNKNOWN)
    assert {verdict for verdict, _, _ in verdicts(hidden, "idle-accounts")} == {Verdict.UNDECIDED}
