"""The sandbox's kubernetes provider over a real API server: apply, update, drift, refusals and deletion."""

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.values import UNKNOWN
from sandbox.plugin import PluginFault
from tests.real.kubernetes.api import Api
from tests.sandbox.kubernetes.conftest import Driver, Props

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject"
SERVICE = "kubernetes:core/v1:Service"


@pytest.fixture
def driver(api: Api, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Driver]:
    monkeypatch.setenv("CODEKEEP_SANDBOX_KUBECONFIG", str(api.kubeconfig))
    return lambda **config: Driver(config)


@pytest.fixture
def cluster(driver: Callable[..., Driver], space: str) -> Driver:
    return driver(namespace=space)


def deployment(**spec: Any) -> Props:
    resources = {"requests": {"memory": "1024Mi", "cpu": "0.5"}}
    container = {"name": "a", "image": "registry.example/a@sha256:" + "0" * 64, "resources": resources}
    template = {"metadata": {"labels": {"app": "g"}}, "spec": {"containers": [container]}}
    selector = {"matchLabels": {"app": "g"}}
    return {"metadata": {"name": "g"}, "spec": {"replicas": 2, "selector": selector, "template": template, **spec}}


def test_an_object_is_applied_read_back_and_deleted(cluster: Driver, api: Api, space: str) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "g", deployment())
    assert id_ == f"{space}/g"
    assert outputs["spec"]["strategy"]["type"] == "RollingUpdate"  # a default of the server
    assert "managedFields" not in outputs["metadata"]
    found = cluster.read(DEPLOYMENT, id_, inputs, outputs)
    assert found is not None
    assert found[0] == inputs  # the server stores 1024Mi as 1Gi, which is no drift
    cluster.delete(DEPLOYMENT, id_, outputs)
    assert api.get(inputs) is None
    cluster.delete(DEPLOYMENT, id_, outputs)


def test_an_update_changes_fields_and_removes_those_no_longer_written(cluster: Driver) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "g", deployment(minReadySeconds=5))
    same = cluster.update(DEPLOYMENT, id_, outputs, inputs)
    assert same["metadata"]["resourceVersion"] == outputs["metadata"]["resourceVersion"]
    checked, _ = cluster.check(DEPLOYMENT, "g", deployment(replicas=3), old=inputs)
    fresh = cluster.update(DEPLOYMENT, id_, outputs, checked)
    assert fresh["spec"]["replicas"] == 3
    assert "minReadySeconds" not in fresh["spec"]


def test_fields_that_others_change_are_drift_and_fields_they_add_are_not(cluster: Driver, api: Api, space: str) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "g", deployment())
    _kubectl(api, "-n", space, "scale", "deployment/g", "--replicas=7")
    _kubectl(api, "-n", space, "annotate", "deployment/g", "seen=yes")
    found = cluster.read(DEPLOYMENT, id_, inputs, outputs)
    assert found is not None
    assert found[0] == {**inputs, "spec": {**inputs["spec"], "replicas": 7}}


def test_a_field_of_another_manager_is_a_conflict_unless_forced(cluster: Driver, api: Api, space: str) -> None:
    id_, inputs, outputs = cluster.up(CONFIG_MAP, "c", {"metadata": {"name": "c"}, "data": {"a": "b"}})
    patch = '{"data": {"a": "theirs"}}'
    _kubectl(api, "-n", space, "patch", "configmap/c", "--field-manager=them", "--type=merge", "-p", patch)
    wanted = {**inputs, "data": {"a": "ours"}}
    with pytest.raises(PluginFault, match=r'conflict with "them".*\.data\.a(.|\n)*pulumi\.com/patchForce: "true"'):
        cluster.update(CONFIG_MAP, id_, outputs, wanted)
    forced = {**wanted, "metadata": {**inputs["metadata"], "annotations": {"pulumi.com/patchForce": "true"}}}
    assert cluster.update(CONFIG_MAP, id_, outputs, forced)["data"] == {"a": "ours"}


def test_creating_an_existing_object_is_refused(cluster: Driver) -> None:
    cluster.up(CONFIG_MAP, "c", {"metadata": {"name": "c"}})
    with pytest.raises(PluginFault, match="already exists; import it"):
        cluster.up(CONFIG_MAP, "c", {"metadata": {"name": "c"}})


def test_a_preview_is_validated_by_the_server_and_stores_nothing(cluster: Driver, api: Api) -> None:
    checked, failures = cluster.check(CONFIG_MAP, "c", {"metadata": {"name": "c"}, "data": {"no key": "a"}})
    assert failures == {}  # schemas have no rule for this
    with pytest.raises(PluginFault, match="a valid config key must consist of"):
        cluster.create(CONFIG_MAP, checked, preview=True)
    good, _ = cluster.check(SERVICE, "s", {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}})
    assert not cluster.create(SERVICE, good, preview=True).resource_id
    assert api.get(good) is None


def test_an_unknown_field_of_a_custom_resource_is_refused(cluster: Driver) -> None:
    scaled = {"metadata": {"name": "s"}, "spec": {"scaleTargetRef": {"name": "g"}, "triggers": [], "maxReplicas": 3}}
    checked, failures = cluster.check(SCALED_OBJECT, "s", scaled)
    assert failures == {}
    with pytest.raises(PluginFault, match=r"\.spec\.maxReplicas: field not declared in schema"):
        cluster.create(SCALED_OBJECT, checked, preview=True)


def test_objects_in_a_namespace_or_kind_yet_to_be_created_pass_the_preview(
    driver: Callable[..., Driver],
) -> None:
    checked, _ = driver(namespace="not-there-yet").check(CONFIG_MAP, "c", {"data": {"a": "b"}})
    driver().create(CONFIG_MAP, checked, preview=True)
    with pytest.raises(PluginFault, match='namespaces "not-there-yet" not found; create it first'):
        driver().create(CONFIG_MAP, checked)
    unknown, _ = driver().check(CONFIG_MAP, "c", {"data": {"a": UNKNOWN}})
    driver().create(CONFIG_MAP, unknown, preview=True)
    foreign, _ = driver().check("kubernetes:keep.example/v1:Widget", "w", {})
    driver().create("kubernetes:keep.example/v1:Widget", foreign, preview=True)
    with pytest.raises(PluginFault, match=r'no matches for kind "Widget".*CustomResourceDefinition'):
        driver().create("kubernetes:keep.example/v1:Widget", foreign)


def test_deleting_a_namespace_deletes_its_content(driver: Callable[..., Driver], api: Api) -> None:
    id_, namespace, outputs = driver().up(NAMESPACE, "n", {"metadata": {"name": "goes"}})
    _, inner, _ = driver(namespace="goes").up(CONFIG_MAP, "c", {"metadata": {"name": "c"}})
    driver().delete(NAMESPACE, id_, outputs)
    assert api.get(namespace) is None
    assert api.get(inner) is None


def test_a_deletion_that_does_not_finish_is_reported_with_its_finalizers(
    cluster: Driver, api: Api, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {"metadata": {"name": "c", "finalizers": ["keep.example/held"]}}
    id_, inputs, outputs = cluster.up(CONFIG_MAP, "c", held)
    monkeypatch.setattr(cluster.provider.server, "_delete_seconds", 0.3)
    with pytest.raises(PluginFault, match=r"still there after 0 s; held by finalizers.*keep\.example/held"):
        cluster.delete(CONFIG_MAP, id_, outputs)
    _kubectl(api, "-n", space, "patch", "configmap/c", "--type=merge", "-p", '{"metadata": {"finalizers": null}}')
    assert api.get(inputs) is None


def _kubectl(api: Api, *arguments: str) -> "subprocess.CompletedProcess[str]":
    done = api.kubectl(*arguments)
    assert done.returncode == 0, done.stderr
    return done
