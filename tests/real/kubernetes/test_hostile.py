"""A real API server refuses every object that a keep's admission policies forbid, for the expected reason."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.naming import Tier
from sandbox.kubernetes.client import ApiFault
from tests.components.release.bases import REGISTRY
from tests.real.kubernetes.api import Api
from tests.real.kubernetes.hostile import TENANT, hostile_objects, pod_with, setting
from tests.real.kubernetes.keeps import ADMISSION, deployed_keep, keep_objects, workloads

Object = dict[str, Any]


@pytest.fixture(scope="module")
def space(api: Api) -> Iterator[str]:
    """The namespace of a dedicated keep, which all tests share, since applying its objects takes long."""
    with deployed_keep(api, "acme", Tier.DEDICATED) as namespace:
        yield namespace


def pod_of(api: Api, tenant: str, tier: Tier) -> Object:
    """A pod of the webhook receiver, as its Deployment would make it."""
    [deployment] = deployments(tenant, tier)
    [pod] = api.pods_of(deployment)
    return pod


def deployments(tenant: str, tier: Tier) -> list[Object]:
    """The webhook receiver's."""
    every = [each for each in workloads(tenant, tier) if each["kind"] == "Deployment"]
    return [each for each in every if each["metadata"]["name"] == "webhook"]


def test_objects_of_the_release_are_accepted(api: Api, space: str) -> None:
    every = workloads("acme", Tier.DEDICATED)
    pods = [pod for thing in every for pod in api.pods_of(thing)]
    assert len(pods) >= 5
    assert {each["metadata"]["name"]: reason for each in [*every, *pods] if (reason := api.refused(each))} == {}


def test_every_hostile_object_is_refused_for_the_expected_reason(api: Api, space: str) -> None:
    hostile = hostile_objects(pod_of(api, "acme", Tier.DEDICATED), space, REGISTRY)
    assert len(hostile) > 50
    answers = {name: str(api.refused(each.thing)) for name, each in hostile.items()}
    assert {name: answer for name, answer in answers.items() if hostile[name].reason not in answer} == {}


def test_a_deployment_with_a_forbidden_pod_template_is_refused(api: Api, space: str) -> None:
    [deployment] = deployments("acme", Tier.DEDICATED)
    by_tag = setting("spec|template|spec|containers|0|image", f"{REGISTRY}/a:latest")
    assert "must be named by digest" in str(api.refused(pod_with(deployment, by_tag)))


def test_exec_attach_port_forward_and_debug_containers_are_refused(api: Api, space: str) -> None:
    pod = api.apply(pod_of(api, "acme", Tier.DEDICATED))
    path = f"/api/v1/namespaces/{space}/pods/{pod['metadata']['name']}"
    try:
        for subresource, query in (
            ("exec", {"command": "sh"}),
            ("attach", {"stdin": "true"}),
            ("portforward", {"ports": "1"}),
        ):
            with pytest.raises(ApiFault, match="nobody enters pods"):
                api.client.request("POST", f"{path}/{subresource}", {}, query)
        copied = {key: pod["spec"]["containers"][0][key] for key in ("image", "securityContext")}
        debugger = {"name": "debug", **copied}
        body = {"spec": {"ephemeralContainers": [debugger]}}
        with pytest.raises(ApiFault, match="nobody enters pods"):
            api.client.request(
                "PATCH",
                f"{path}/ephemeralcontainers",
                body,
                content_type="application/strategic-merge-patch+json",
            )
    finally:
        api.client.request("DELETE", path, {"gracePeriodSeconds": 0})


def test_policies_of_a_keep_ignore_other_namespaces(api: Api, space: str) -> None:
    stray = f"{space}-stray"
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": stray}})
    try:
        hostile = hostile_objects(pod_of(api, "acme", Tier.DEDICATED), space, REGISTRY)["load-balancer"].thing
        elsewhere = {**hostile, "metadata": {**hostile["metadata"], "namespace": stray}}
        assert api.refused(hostile) is not None
        assert api.refused(elsewhere) is None
    finally:
        api.delete({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": stray}})


def test_keeps_in_one_cluster_have_separate_policies(api: Api, space: str) -> None:
    with deployed_keep(api, "bond", Tier.POOLED) as other:
        ours, theirs = pod_of(api, "acme", Tier.DEDICATED), pod_of(api, "bond", Tier.POOLED)
        assert api.refused(ours) is None
        assert api.refused(theirs) is None
        for pod, namespace in ((ours, other), (theirs, space)):
            moved = {**pod, "metadata": {**pod["metadata"], "namespace": namespace}}
            assert f"label {TENANT}" in str(api.refused(moved))
    names = [
        {each["metadata"]["name"] for each in keep_objects(*keep) if each["apiVersion"] == ADMISSION}
        for keep in (("acme", Tier.DEDICATED), ("bond", Tier.POOLED))
    ]
    assert names[0]
    assert not names[0] & names[1]
