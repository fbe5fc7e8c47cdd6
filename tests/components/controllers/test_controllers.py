"""The cluster's controllers: whose images, which rights, in which order, and that files and table agree."""

import json
import re
from typing import Any

import pytest
from codekeep_contracts.cluster_kinds import PLATFORM_KINDS

from components.controllers.charts import CHARTS, DEVICE_NAMESPACE, IMAGES, stand_in_digests
from components.controllers.controllers import Controllers, ControllersArgs
from components.controllers.objects import definition, definition_paths, filled, rendered
from components.controllers.rendering import images_in
from components.controllers.traffic import CONTROLLERS
from components.identity.workload import OPERATOR_ACCOUNTS, SYSTEM_NAMESPACE, Operator
from components.keep.tenant import TenantEnvironment
from components.naming import Keep
from components.network.cluster_firewall import CONTROL_PLANE_CALLS
from sandbox.kubernetes.schemas import validate, validate_custom
from sandbox.kubernetes.semantics import check
from tests.components.builders import fake_network, known
from tests.components.environments import dedicated_args
from tests.components.recording import Node, Recording, record

RUNNING = ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:DaemonSet", "kubernetes:batch/v1:Job")
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/codekeep-acme"


def recorded(keep: Keep) -> Recording[Controllers]:
    def program() -> Controllers:
        images = {name: known(f"{REGISTRY}/{name}@{digest}") for name, digest in stand_in_digests().items()}
        args = ControllersArgs(keep=keep, cluster_name="codekeep-acme", network=fake_network(), images=images)
        return Controllers("acme-controllers", args)

    return record(program)


def objects(recording: Recording[Any]) -> list[Node]:
    return [node for node in recording.resources if node.type.startswith("kubernetes:")]


def test_an_api_server_would_take_every_object(keep: Keep) -> None:
    found = objects(recorded(keep))
    assert len(found) >= 80
    for node in found:
        thing = {**node.inputs, "kind": node.type.rpartition(":")[2]}
        assert [*validate("1.34", thing), *check(thing)] == [], node.name


def test_every_image_is_in_the_keeps_registry_by_digest(keep: Keep) -> None:
    named = images_in([node.inputs for node in objects(recorded(keep)) if node.type in RUNNING])
    assert len(named) == len(IMAGES) == 8
    assert all(re.fullmatch(rf"{re.escape(REGISTRY)}/[a-z-]+@sha256:[0-9a-f]{{64}}", image) for image in named)


def test_no_placeholder_is_left(keep: Keep) -> None:
    assert [node.name for node in objects(recorded(keep)) if "${" in json.dumps(node.inputs, default=str)] == []


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="zone"):
        filled({"args": ["--zone=${zone}"]}, {"region": "eu-central-1"}, {})


def test_pods_run_after_definitions_accounts_and_traffic(keep: Keep) -> None:
    recording = recorded(keep)
    by_type = {node.type.rpartition(":")[2]: node for node in objects(recording)}
    running = [node for node in objects(recording) if node.type in RUNNING]
    denied = recording.one(POLICY, "acme-controllers-traffic-codekeep-system-deny-all")
    assert len(running) == 8
    assert {"CustomResourceDefinition", "ServiceAccount"} <= by_type.keys()
    for node in running:
        assert recording.depends_on(node, denied), node.name
        account = node.inputs["spec"]["template"]["spec"]["serviceAccountName"]
        [owner] = [each for each in objects(recording) if each.name == f"acme-controllers-serviceaccount-{account}"]
        assert recording.depends_on(node, owner), node.name
    certificate = recording.one("kubernetes:batch/v1:Job")
    served = recording.one("kubernetes:apps/v1:Deployment", "acme-controllers-deployment-aws-load-balancer-controller")
    assert recording.depends_on(served, certificate)


def test_pods_of_a_keep_run_on_nodes_and_with_roles_that_are_there() -> None:
    recording = record(lambda: TenantEnvironment("acme", dedicated_args()))
    operator = recording.one("kubernetes:apps/v1:Deployment", "acme-controllers-deployment-keda-operator")
    associations = recording.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    bound = {(each.inputs["namespace"], each.inputs["serviceAccount"]): each for each in associations}
    for each in (Operator.KEDA, Operator.AUTOSCALER, Operator.LOAD_BALANCER):
        account = OPERATOR_ACCOUNTS[each]
        assert recording.depends_on(operator, bound[account.namespace, account.name])
    nodes = recording.one("aws:eks/nodeGroup:NodeGroup", "acme-pool-system")
    names = recording.one("aws:eks/addon:Addon", "acme-addons-coredns")
    assert recording.depends_on(operator, nodes)
    assert recording.depends_on(operator, names)


@pytest.mark.parametrize("operator", [Operator.KEDA, Operator.AUTOSCALER, Operator.LOAD_BALANCER])
def test_an_aws_role_belongs_to_the_account_that_a_controller_runs_under(operator: Operator) -> None:
    account = OPERATOR_ACCOUNTS[operator]
    pods = [each for chart in CHARTS for each in rendered(chart.name) if each["kind"] == "Deployment"]
    accounts = {
        (each["metadata"]["namespace"], each["spec"]["template"]["spec"]["serviceAccountName"]) for each in pods
    }
    assert (account.namespace, account.name) in accounts


def test_traffic_names_every_controller() -> None:
    pods = [each for chart in CHARTS for each in rendered(chart.name) if each["kind"] in ("Deployment", "Job")]
    names = {each["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] for each in pods}
    assert names == set(CONTROLLERS)


def test_the_files_are_those_of_the_table() -> None:
    """Each chart's images, namespace and definitions; nothing else lies in the folders."""
    for chart in CHARTS:
        assert images_in([dict(each) for each in rendered(chart.name)]) == chart.images.keys()
        spaces = {each["metadata"].get("namespace", chart.namespace) for each in rendered(chart.name)}
        assert spaces <= {chart.namespace, "kube-system"}
    assert {path.stem for path in definition_paths()} == {name for chart in CHARTS for name in chart.definitions}
    assert {chart.namespace for chart in CHARTS} == {SYSTEM_NAMESPACE, DEVICE_NAMESPACE}


def test_nothing_rendered_is_a_secret_or_a_webhook() -> None:
    kinds = {each["kind"] for chart in CHARTS for each in rendered(chart.name)}
    assert "Deployment" in kinds
    assert kinds & {"Secret", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"} == set()


def test_a_definition_still_refuses_what_the_controller_does_not_know() -> None:
    [version] = definition("scaledobjects.keda.sh")["spec"]["versions"]
    scaled = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "x"},
        "spec": {"scaleTargetRef": {"name": "x"}, "triggers": [], "minReplicas": 1},
    }
    faults = validate_custom(version["schema"]["openAPIV3Schema"], scaled)
    assert "spec.minReplicas" in {fault.path for fault in faults}


def test_only_kuberay_lists_secrets_of_all_namespaces() -> None:
    reading = {
        each["metadata"]["name"]
        for chart in CHARTS
        for each in rendered(chart.name)
        if each["kind"] == "ClusterRole"
        for rule in each["rules"]
        if {"secrets", "*"} & set(rule.get("resources", ()))
    }
    assert reading == {"kuberay-operator"}


def test_a_platform_serves_what_keeps_on_it_are_told() -> None:
    specs = [definition(name)["spec"] for chart in CHARTS for name in chart.definitions]
    assert {(spec["group"], spec["names"]["kind"]) for spec in specs} == PLATFORM_KINDS


def test_the_control_plane_may_call_what_serves_its_api_and_nothing_else() -> None:
    """What serves an API or a webhook names a Service; 10250 is the kubelet's, 10251 the add-on metrics-server's."""
    objects = [each for chart in CHARTS for each in rendered(chart.name)]
    services = {each["metadata"]["name"]: each["spec"] for each in objects if each["kind"] == "Service"}
    named = [each["spec"]["service"]["name"] for each in objects if each["kind"] == "APIService"]
    assert not [each for each in objects if each["kind"].endswith("WebhookConfiguration")]
    called = {port["targetPort"] for name in named for port in services[name]["ports"] if port["port"] == 443}
    assert called
    assert set(CONTROL_PLANE_CALLS.values()) == called | {10_250, 10_251}
