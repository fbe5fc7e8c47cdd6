"""An admission policy that refuses a single object: once it is enforced, policies applied before it are too."""

from typing import Any

GROUP_VERSION = "admissionregistration.k8s.io/v1"


def canary_policy(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A policy that refuses the ConfigMap `name`, and its binding."""
    created = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    policy = {
        "apiVersion": GROUP_VERSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [created]},
            "validations": [{"expression": f"object.metadata.name != '{name}'"}],
        },
    }
    binding = {
        "apiVersion": GROUP_VERSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]},
    }
    return policy, binding
