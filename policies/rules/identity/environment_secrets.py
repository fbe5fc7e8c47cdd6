"""A secret in an environment, in user data or in a plain parameter can be read by many who do not need it."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import SECRET, Node
from policies.graph.references import references_in
from policies.graph.values import texts_in
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, identity_rule

CREDENTIAL = re.compile(
    r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|\bgh[opsu]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}|\bglpat-[A-Za-z0-9_-]{16,}"
    r"|\bhf_[A-Za-z0-9]{30,}|\bxox[abp]-[A-Za-z0-9-]{10,}"
)
"""Texts that have the form of a credential."""

NAME = re.compile(
    r"(?:^|[_.-])(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)$", re.IGNORECASE
)
"""Names of variables that contain a credential; names of files and ARNs of secrets end differently."""

_POD = "spec.template.spec"
WORKLOADS: Mapping[str, str] = {
    "kubernetes:core/v1:Pod": "spec",
    "kubernetes:apps/v1:Deployment": _POD,
    "kubernetes:apps/v1:StatefulSet": _POD,
    "kubernetes:apps/v1:DaemonSet": _POD,
    "kubernetes:apps/v1:ReplicaSet": _POD,
    "kubernetes:batch/v1:Job": _POD,
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
}
"""Type → path of its pod spec."""

VARIABLES: Mapping[str, str] = {
    "aws:lambda/function:Function": "environment.variables",
    "kubernetes:core/v1:ConfigMap": "data",
}
"""Type → path of its variables, a mapping of names to values."""

USER_DATA: Mapping[str, tuple[str, ...]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": ("userData",),
    "aws:ec2/instance:Instance": ("userData", "userDataBase64"),
}
OTHER_TEXTS: Mapping[str, tuple[str, ...]] = {
    "aws:eks/addon:Addon": ("configurationValues",),
    "aws:ecs/taskDefinition:TaskDefinition": ("containerDefinitions",),
    "aws:ssm/parameter:Parameter": ("insecureValue",),
}
"""Type → paths of texts that may contain a credential; `userData` is base64."""


RULE = identity_rule(
    id="environment-secrets",
    title="No environment, user data, ConfigMap or plain parameter contains a credential",
    severity=Severity.HIGH,
    applies_to=(*WORKLOADS, *VARIABLES, *USER_DATA, *OTHER_TEXTS),
    requirement=Requirement.ACCESS_CONTROL,
    why="Environments are printed by crash reports, described by read-only roles, and copied into state and logs.",
    remedy="keep it in Secrets Manager (components.keys.secret_slot) and let the pod's role read it",
    frameworks={
        "CIS EKS": ("4.4.1",),
        "SOC 2": ("CC6.1", "CC6.2"),
        "ISO 27001": ("A.5.17", "A.8.5", "A.8.12"),
    },
)


@RULE.check
def no_credentials(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in WORKLOADS:
        yield from _containers(node, WORKLOADS[node.type])
    if node.type in VARIABLES:
        yield from _variables(node, VARIABLES[node.type])
    for path in USER_DATA.get(node.type, ()):
        yield from _texts(node, path, decode=True)
    for path in OTHER_TEXTS.get(node.type, ()):
        yield from _texts(node, path, decode=False)


def _containers(node: Node, spec: str) -> Iterator[Finding]:
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        for found in read(node.inputs, f"{spec}.{kind}[*].env[*]"):
            if isinstance(found.value, Mapping):
                value = found.value.get("value", MISSING)
                yield from _variable(node, f"{found.path}.value", str(found.value.get("name", "")), value)


def _variables(node: Node, path: str) -> Iterator[Finding]:
    for found in read(node.inputs, path):
        if isinstance(found.value, Mapping):
            for name, value in found.value.items():
                yield from _variable(node, f"{found.path}.{name}", str(name), value)
        elif not found.known:
            yield RULE.undecided(node, found.path)


def _variable(node: Node, path: str, name: str, value: Any) -> Iterator[Finding]:
    if value is SECRET:
        yield RULE.violation(node, path, f"puts a secret into the variable {name}")
    elif isinstance(value, str) and CREDENTIAL.search(value):
        yield RULE.violation(node, path, f"contains a credential in the variable {name}")
    elif isinstance(value, str) and NAME.search(name) and value and not _points_elsewhere(value):
        yield RULE.violation(node, path, f"is called {name} and can be read by anybody")


def _points_elsewhere(value: str) -> bool:
    """An ARN, a file or a resource's output says where the secret is, not what it is."""
    return value.startswith(("arn:", "/", "file:")) or any(True for _ in references_in(value))


def _texts(node: Node, path: str, *, decode: bool) -> Iterator[Finding]:
    for found in read(node.inputs, path):
        if found.value is SECRET:
            yield RULE.violation(node, found.path, "puts a secret where anybody can read it")
        elif not found.known:
            yield RULE.undecided(node, found.path)
        elif any(CREDENTIAL.search(_decoded(text) if decode else text) for _, text in texts_in(found.value)):
            yield RULE.violation(node, found.path, "contains a credential")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return text  # plain user data
