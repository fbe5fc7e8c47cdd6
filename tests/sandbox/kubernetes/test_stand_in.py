"""The Kubernetes stand-in through its provider: validation, names, storage, replacement."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.values import UNKNOWN
from sandbox.plugin import PluginFault
from tests.sandbox.kubernetes.conftest import Driver, Props

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
NAMESPACE = "kubernetes:core/v1:Namespace"
SECRET = "kubernetes:core/v1:Secret"
SERVICE = "kubernetes:core/v1:Service"


def deployment(**spec: Any) -> Props:
    labels = {"app": "gateway"}
    pod = {"containers": [{"name": "gateway", "image": "registry.example/gateway@sha256:0"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "gateway"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            **spec,
        },
    }


def test_a_valid_object_is_stored_and_read_back(cluster: Driver) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "gateway", deployment())
    assert id_ == "codekeep-acme/gateway"
    assert outputs["metadata"]["uid"]
    assert cluster.read(DEPLOYMENT, id_, inputs, outputs) == (inputs, outputs)


def test_every_failure_of_an_object_is_reported_with_its_path(cluster: Driver) -> None:
    wrong = deployment(replicaz=2, replicas="two")
    wrong["spec"]["template"]["spec"]["containers"][0]["imagePullPolicyy"] = "Always"
    wrong["spec"]["template"]["spec"]["containers"][0].pop("name")
    _, failures = cluster.check(DEPLOYMENT, "gateway", wrong)
    assert failures == {
        "spec.replicas": "must be integer, got str",
        "spec.replicaz": "unknown field; did you mean replicas?",
        "spec.template.spec.containers[0].imagePullPolicyy": "unknown field; did you mean imagePullPolicy?",
        "spec.template.spec.containers[0].name": "required, but missing",
    }


@pytest.mark.parametrize(
    ("token", "thing", "path"),
    [
        (NAMESPACE, {"metadata": {"name": "Upper"}}, "metadata.name"),
        (SERVICE, {"metadata": {"name": "with.dot"}, "spec": {"ports": [{"port": 80}]}}, "metadata.name"),
        (CONFIG_MAP, {"metadata": {"labels": {"bad key": "v"}}}, "metadata.labels['bad key']"),
        (CONFIG_MAP, {"metadata": {"labels": {"key": "bad value"}}}, "metadata.labels['key']"),
        (CONFIG_MAP, {"data": {"n": 1}}, "data.n"),
        (NAMESPACE, {"metadata": {"name": "ok", "namespace": "no"}}, "metadata.namespace"),
    ],
)
def test_rules_beyond_the_schema_are_checked_too(cluster: Driver, token: str, thing: Props, path: str) -> None:
    _, failures = cluster.check(token, "it", thing)
    assert list(failures) == [path]


def test_a_selector_must_match_its_template(cluster: Driver) -> None:
    _, failures = cluster.check(DEPLOYMENT, "gateway", deployment(selector={"matchLabels": {"app": "other"}}))
    assert "does not match spec.template.metadata.labels" in failures["spec.selector"]


def test_a_job_must_not_restart_always(cluster: Driver) -> None:
    job = {"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "b"}]}}}}
    _, failures = cluster.check("kubernetes:batch/v1:Job", "j", job)
    assert failures == {"spec.template.spec.restartPolicy": "must be OnFailure or Never for a Job, got nothing"}


def test_unknown_values_are_validated_once_they_are_known(cluster: Driver) -> None:
    checked, failures = cluster.check(DEPLOYMENT, "gateway", deployment(replicas=UNKNOWN))
    assert failures == {}
    assert checked["spec"]["replicas"] is UNKNOWN


def test_generated_names_have_the_official_format_and_stay(cluster: Driver) -> None:
    checked, _ = cluster.check(CONFIG_MAP, "settings", {"data": {"a": "b"}})
    name = checked["metadata"]["name"]
    assert name.startswith("settings-")
    assert len(name) == len("settings-") + 8
    assert set(name[-8:]) <= set("0123456789abcdef")
    assert checked["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    again, _ = cluster.check(CONFIG_MAP, "settings", {"data": {"a": "c"}}, old=checked)
    assert again["metadata"]["name"] == name


def test_the_default_namespace_is_the_kubeconfigs(driver: Callable[..., Driver]) -> None:
    checked, _ = driver().check(CONFIG_MAP, "c", {})
    assert checked["metadata"]["namespace"] == "codekeep-acme"
    checked, _ = driver(namespace="other").check(CONFIG_MAP, "c", {})
    assert checked["metadata"]["namespace"] == "other"
    checked, _ = driver().check("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "r", {"rules": []})
    assert "namespace" not in checked["metadata"]


def test_creating_in_a_missing_namespace_is_refused(driver: Callable[..., Driver]) -> None:
    checked, failures = driver().check(CONFIG_MAP, "c", {})
    assert failures == {}
    with pytest.raises(PluginFault, match='namespaces "codekeep-acme" not found'):
        driver().create(CONFIG_MAP, checked)


def test_creating_an_existing_object_is_refused(cluster: Driver) -> None:
    cluster.up(DEPLOYMENT, "gateway", deployment())
    with pytest.raises(PluginFault, match="Deployment codekeep-acme/gateway already exists"):
        cluster.up(DEPLOYMENT, "gateway", deployment())


def test_objects_of_different_clusters_are_separate(cluster: Driver, driver: Callable[..., Driver]) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "gateway", deployment())
    elsewhere = driver(kubeconfig=None)
    assert elsewhere.read(DEPLOYMENT, id_, inputs, outputs) is None


@pytest.mark.parametrize(
    ("token", "path", "old", "new", "replaces"),
    [
        (DEPLOYMENT, "spec.replicas", 2, 3, False),
        (DEPLOYMENT, "spec.selector.matchLabels.app", "gateway", "g2", True),
        (DEPLOYMENT, "metadata.name", "gateway", "g2", True),
        (DEPLOYMENT, "metadata.namespace", "a", "b", True),
        (DEPLOYMENT, "metadata.labels.a", "b", "c", False),
        (CONFIG_MAP, "data.a", "b", "c", True),
        (CONFIG_MAP, "metadata.labels.a", "b", "c", False),
        (SECRET, "stringData.a", "b", "c", True),
        (SECRET, "type", "Opaque", "kubernetes.io/tls", True),
        (SERVICE, "spec.clusterIP", "10.0.0.1", "10.0.0.2", True),
        (SERVICE, "spec.type", "ClusterIP", "LoadBalancer", False),
        ("kubernetes:batch/v1:Job", "spec.template.spec.nodeName", "a", "b", True),
        ("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "roleRef.name", "a", "b", True),
    ],
)
def test_a_change_replaces_or_updates_by_its_property(
    cluster: Driver, token: str, path: str, old: Any, new: Any, replaces: bool
) -> None:
    module, kind = token.split(":")[1:]
    base = {"apiVersion": module.removeprefix("core/"), "kind": kind, "metadata": {"name": "gateway"}}
    response = cluster.diff(token, _with(base, path, old), _with(base, path, new))
    assert response.changes
    assert list(response.detailed_diff) == [path]
    assert response.replaces == ([path] if replaces else [])
    moves = path in ("metadata.name", "metadata.namespace")
    assert response.delete_before_replace == (replaces and not moves)


def test_data_is_updated_in_place_if_the_provider_is_configured_so(driver: Callable[..., Driver]) -> None:
    old, new = ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": v}} for v in "bc")
    assert driver(enableConfigMapMutable="true").diff(CONFIG_MAP, old, new).replaces == []


def test_an_autonamed_replacement_is_created_before_the_deletion(cluster: Driver) -> None:
    checked, _ = cluster.check(CONFIG_MAP, "settings", {"data": {"a": "b"}})
    response = cluster.diff(CONFIG_MAP, checked, {**checked, "data": {"a": "c"}})
    assert response.replaces == ["data.a"]
    assert not response.delete_before_replace


def test_ignored_changes_are_not_reported(cluster: Driver) -> None:
    response = cluster.diff(DEPLOYMENT, deployment(replicas=2), deployment(replicas=5), ignore=["spec.replicas"])
    assert not response.changes


def test_an_update_keeps_fields_that_the_server_assigned(cluster: Driver) -> None:
    id_, inputs, outputs = cluster.up(SERVICE, "svc", {"metadata": {"name": "svc"}, "spec": {"ports": [{"port": 80}]}})
    wider = _with(inputs, "spec.sessionAffinity", "ClientIP")
    fresh = cluster.update(SERVICE, id_, outputs, wider)
    assert fresh["spec"]["clusterIP"] == outputs["spec"]["clusterIP"]
    assert fresh["metadata"]["uid"] == outputs["metadata"]["uid"]
    assert fresh["metadata"]["generation"] == 2
    assert cluster.read(SERVICE, id_, wider, fresh) == (wider, fresh)


def test_a_secret_reads_back_as_it_was_written(cluster: Driver) -> None:
    id_, inputs, outputs = cluster.up(SECRET, "s", {"metadata": {"name": "s"}, "stringData": {"token": "t0k"}})
    assert outputs["data"] == {"token": "dDBr"}
    assert cluster.read(SECRET, id_, inputs, outputs) == (inputs, outputs)


def test_a_deleted_object_reads_as_gone_and_can_be_deleted_again(cluster: Driver) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "gateway", deployment())
    for _ in range(2):
        cluster.delete(DEPLOYMENT, id_, outputs)
    assert cluster.read(DEPLOYMENT, id_, inputs, outputs) is None


def test_deleting_a_namespace_deletes_its_content(cluster: Driver) -> None:
    id_, inputs, outputs = cluster.up(DEPLOYMENT, "gateway", deployment())
    cluster.delete(NAMESPACE, "codekeep-acme", {})
    assert cluster.read(DEPLOYMENT, id_, inputs, outputs) is None


def test_a_custom_resource_needs_its_definition_and_is_validated_by_it(cluster: Driver) -> None:
    token = "kubernetes:keep.example/v1:Widget"
    widget = {"metadata": {"name": "w"}, "spec": {"size": 3}}
    checked, _ = cluster.check(token, "w", widget)
    with pytest.raises(PluginFault, match=r'no matches for kind "Widget" in version "keep\.example/v1"'):
        cluster.create(token, checked)
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
    definition = {
        "metadata": {"name": "widgets.keep.example"},
        "spec": {
            "group": "keep.example",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    cluster.up(DEFINITION, "crd", definition)
    id_, _, _ = cluster.up(token, "w", widget)
    assert id_ == "codekeep-acme/w"
    _, failures = cluster.check(token, "w", {"spec": {"size": "big", "sise": 1}})
    assert failures == {"spec.size": "must be integer, got str", "spec.sise": "unknown field; did you mean size?"}


def test_kinds_of_known_controllers_need_their_definition_too(cluster: Driver) -> None:
    token = "kubernetes:keda.sh/v1alpha1:ScaledObject"
    checked, _ = cluster.check(token, "s", {"metadata": {"name": "s"}, "spec": {"scaleTargetRef": {"name": "gateway"}}})
    with pytest.raises(PluginFault, match='no matches for kind "ScaledObject"'):
        cluster.create(token, checked)


@pytest.mark.parametrize("token", ["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMapPatch"])
def test_a_token_for_several_objects_is_refused(cluster: Driver, token: str) -> None:
    with pytest.raises(PluginFault, match="supports single objects only"):
        cluster.check(token, "it", {})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"context": "other"}, "kubeconfig has no context 'other'; it has: keep"),
        ({"kubeconfig": "{: ["}, "kubeconfig is"),
        ({"kubeconfig": "nowhere.yaml"}, "neither a document nor an existing file"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_named(driver: Callable[..., Driver], config: Props, message: str) -> None:
    with pytest.raises(PluginFault, match=message):
        driver(**config)


def test_a_version_without_schemas_is_refused(driver: Callable[..., Driver], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEKEEP_SANDBOX_KUBERNETES_VERSION", "1.2")
    with pytest.raises(PluginFault, match=r"no schemas of Kubernetes 1\.2; there are: .*1\.34"):
        driver().check(CONFIG_MAP, "c", {})


def test_a_preview_gives_no_id_and_stores_nothing(cluster: Driver) -> None:
    checked, _ = cluster.check(DEPLOYMENT, "gateway", deployment())
    assert not cluster.create(DEPLOYMENT, checked, preview=True).resource_id
    assert cluster.read(DEPLOYMENT, "codekeep-acme/gateway", checked, checked) is None


def _with(base: Props, path: str, value: Any) -> Props:
    head, _, rest = path.partition(".")
    return {**base, head: _with(base.get(head) or {}, rest, value) if rest else value}
