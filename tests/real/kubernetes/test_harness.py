"""The test harness itself: its answers are those of the API server."""

from typing import Any

import pytest

from sandbox.kubernetes.client import ApiFault
from tests.real.kubernetes.api import Api

Object = dict[str, Any]


def config_map(space: str, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": space}, "data": data}


def pod(space: str, **context: Any) -> Object:
    container = {"name": "a", "image": "registry.example/a@sha256:" + "0" * 64, "securityContext": context}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": space},
        "spec": {"containers": [container]},
    }


def test_an_object_is_applied_twice_and_deleted(api: Api, space: str) -> None:
    first = api.apply(config_map(space, a="b"))
    second = api.apply(config_map(space, a="b"))
    assert first["metadata"]["resourceVersion"] == second["metadata"]["resourceVersion"]
    api.delete(first)
    assert api.get(first) is None


def test_an_unknown_field_is_refused_and_nothing_is_stored(api: Api, space: str) -> None:
    wrong = {**config_map(space), "dataa": {"a": "b"}}
    assert "field not declared in schema" in str(api.refused(wrong))
    with pytest.raises(ApiFault, match="dataa"):
        api.apply(wrong)
    assert api.refused(config_map(space)) is None
    assert api.get(wrong) is None


def test_pod_security_judges_by_the_namespaces_label(api: Api, space: str) -> None:
    assert api.refused(pod(space, privileged=True)) is None
    label = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space, "labels": label}})
    assert "privileged" in api.until_refused(pod(space, privileged=True))


def test_an_admission_policy_is_enforced(api: Api, space: str) -> None:
    group = "admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    policy = {
        "apiVersion": group,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": f"{space}-no-secrets"},
        "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [{"expression": "!('password' in object.data)", "message": "no passwords here"}],
        },
    }
    binding = {
        "apiVersion": group,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": f"{space}-no-secrets"},
        "spec": {
            "policyName": f"{space}-no-secrets",
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space}}},
        },
    }
    with api.enforced(policy, binding, probe=config_map(space, password="x")):
        assert "no passwords here" in str(api.refused(config_map(space, password="x")))
        assert api.refused(config_map(space, user="x")) is None
