"""A secret in a manifest is also in the state, in etcd and in the repository's history."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import SECRET, UNKNOWN, Node
from policies.reading import MISSING, Found, read
from policies.rule import Case, Finding, Requirement, Severity, kubernetes_rule
from policies.rules._types import CONFIG_MAP
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, each_container

SECRET_OBJECT = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)$", re.IGNORECASE
)
SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36}|\bglpat-[\w-]{20}"
    r"|\bhf_[0-9A-Za-z]{34}|\bxox[abpr]-|://[^/\s:@]+:[^/\s:@]+@"
)

RULE = kubernetes_rule(
    id="kube-secrets",
    title="No manifest contains a secret, and no environment variable either",
    severity=Severity.HIGH,
    applies_to=(*WORKLOADS, SECRET_OBJECT, CONFIG_MAP),
    requirement=Requirement.ACCESS_CONTROL,
    why="A manifest's values are in the state and in etcd too, and an environment shows in every crash report.",
    remedy="keep it in Secrets Manager and mount it as a file by the secrets-store CSI driver",
    frameworks=frameworks("4.4.1", "4.4.2", iso="A.5.17"),
)


@RULE.check
def no_secret(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == SECRET_OBJECT:
        yield from _secret_object(node)
    elif node.type == CONFIG_MAP:
        yield from _config_map(node)
    else:
        yield from each_container(RULE, node, _environment)


def _secret_object(node: Node) -> Iterator[Finding]:
    """Its values came from the program, even where the state encrypts them."""
    for name in ("data", "stringData"):
        if node.inputs.get(name) not in (None, {}):
            yield RULE.violation(node, name, "contains the secret itself")


def _config_map(node: Node) -> Iterator[Finding]:
    for name in ("data", "binaryData"):
        values = node.inputs.get(name)
        entries = values.items() if isinstance(values, Mapping) else [("", values)]
        for key, value in entries:
            path = f"{name}.{key}" if key else name
            if _reveals(value):
                yield RULE.violation(node, path, "contains a secret")
            elif value is UNKNOWN:
                yield RULE.undecided(node, path)


def _environment(container: Container) -> Iterator[Finding]:
    node = container.node
    for variable in read(node.inputs, f"{container.path}.env[*]"):
        if not variable.known:
            yield RULE.undecided(node, variable.path)
        elif isinstance(variable.value, Mapping):
            yield from _variable(node, variable)
    for source in read(node.inputs, f"{container.path}.envFrom[*].secretRef"):
        if not source.known:
            yield RULE.undecided(node, source.path)
        elif source.value is not MISSING:
            yield RULE.violation(node, source.path, "puts every value of a secret into the environment")


def _variable(node: Node, variable: Found) -> Iterator[Finding]:
    name, value = str(variable.value.get("name", "")), variable.value.get("value")
    origin = variable.value.get("valueFrom")
    if isinstance(origin, Mapping) and origin.get("secretKeyRef"):
        yield RULE.violation(node, f"{variable.path}.valueFrom.secretKeyRef", f"puts a secret into {name}")
    elif value and (SECRET_NAME.search(name) or _reveals(value)):
        yield RULE.violation(node, f"{variable.path}.value", f"{name} contains a secret")


def _reveals(value: Any) -> bool:
    """Whether a value is marked secret by the program, or looks like a key."""
    return value is SECRET or (isinstance(value, str) and SECRET_VALUE.search(value) is not None)
