"""A secret in a manifest is also in the state, in etcd, in the history of the repository."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import SECRET, UNKNOWN, Node
from policies.reading import MISSING, Found, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import WORKLOADS, Container, each_container

SECRET_OBJECT = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
HOLDERS = {SECRET_OBJECT: ("data", "stringData"), CONFIG_MAP: ("data", "binaryData")}

SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)$", re.IGNORECASE
)
SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36}|\bglpat-[\w-]{20}"
    r"|\bhf_[0-9A-Za-z]{34}|\bxox[abpr]-|://[^/\s:@]+:[^/\s:@]+@"
)

RULE = Rule(
    id="kube-secrets",
    title="No manifest holds a secret, and no environment variable either",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=(*WORKLOADS, *HOLDERS),
    requirement=Requirement.ACCESS_CONTROL,
    why="What a manifest holds is in the state and in etcd too, and an environment shows in every crash report.",
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
        yield from each_container(RULE, node, _judge)


def _secret_object(node: Node) -> Iterator[Finding]:
    """Whatever it holds came from the program, also where the state encrypts it."""
    for name in HOLDERS[SECRET_OBJECT]:
        if node.inputs.get(name) not in (None, {}):
            yield RULE.violation(node, name, "holds the secret itself")


def _config_map(node: Node) -> Iterator[Finding]:
    for name in HOLDERS[CONFIG_MAP]:
        values = node.inputs.get(name)
        listed = values.items() if isinstance(values, Mapping) else [("", values)]
        for key, value in listed:
            path = f"{name}.{key}" if key else name
            if _reveals(value):
                yield RULE.violation(node, path, "holds a secret")
            elif value is UNKNOWN:
                yield RULE.undecided(node, path)


def _judge(container: Container) -> Iterator[Finding]:
    node = container.pod.node
    for variable in read(node.inputs, f"{container.path}.env[*]"):
        if not variable.known:
            yield RULE.undecided(node, variable.path)
        elif isinstance(variable.value, Mapping):
            yield from _judge_variable(node, variable)
    for source in read(node.inputs, f"{container.path}.envFrom[*].secretRef"):
        if source.value is not MISSING:
            yield RULE.violation(node, source.path, "puts every value of a secret into the environment")


def _judge_variable(node: Node, variable: Found) -> Iterator[Finding]:
    name, value = str(variable.value.get("name", "")), variable.value.get("value")
    origin = variable.value.get("valueFrom")
    if isinstance(origin, Mapping) and origin.get("secretKeyRef"):
        yield RULE.violation(node, f"{variable.path}.valueFrom.secretKeyRef", f"puts a secret into {name}")
    elif value and (SECRET_NAME.search(name) or _reveals(value)):
        yield RULE.violation(node, f"{variable.path}.value", f"{name} holds a secret")


def _reveals(value: Any) -> bool:
    """Whether a value is marked secret by the program, or looks like a key."""
    return value is SECRET or (isinstance(value, str) and SECRET_VALUE.search(value) is not None)
