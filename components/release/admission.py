"""Admission policies in CEL, by which the API server itself refuses requests in a keep's namespace, whoever sends them.

`codekeep check` judges what the stack creates. These policies (templates/admission.yaml.j2) judge what anybody creates,
by hand, by an operator or by a chart. They are cluster-wide objects, so their names contain the keep's: a shared
cluster has one set for each keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from codekeep_contracts.log_switches import CONTENT, HARMLESS, LOGS, OFF, TRACING
from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding

from components.arns import dns_suffix
from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.naming import LABEL_PREFIX, Keep, Tier
from components.release import log_switches
from components.release.base import ReleaseBase
from components.release.flows import RAY_HEAD
from components.release.labels import TENANT, WORKLOAD, keep_labels
from components.release.templating import yaml_template

COMPONENT = "admission"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`spec` is a ValidatingAdmissionPolicy's; a policy that is not `everywhere` is bound to the keep's namespace."""

    name: str
    spec: Any
    everywhere: bool


@dataclass(frozen=True, kw_only=True)
class AdmissionArgs:
    """`registry_account_id` is the account from which images are pulled, if it is not the keep's."""

    base: ReleaseBase
    registry_account_id: str | None = None


class Admission(pulumi.ComponentResource):
    """The policies and their bindings. A request that cannot be judged is refused."""

    policies: Mapping[str, ValidatingAdmissionPolicy]  # by their short name

    def __init__(self, name: str, args: AdmissionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.admission:Admission", name, None, opts)
        self._name, self._base = name, args.base

        rules = policies(args.base.keep, args.registry_account_id or args.base.keep.account_id)
        self.policies = {policy.name: self._enforce(policy) for policy in rules}

        self.register_outputs({"policyNames": [args.base.keep.physical(each) for each in self.policies]})

    def _enforce(self, policy: Policy) -> ValidatingAdmissionPolicy:
        base, label = self._base, f"{self._name}-{policy.name}"
        name = base.keep.physical(policy.name)
        metadata: Any = {"name": name, "labels": keep_labels(base.keep, COMPONENT, version=base.version)}
        child = pulumi.ResourceOptions(parent=self)
        created = ValidatingAdmissionPolicy(label, metadata=metadata, spec=policy.spec, opts=child)
        binding: Any = {"policyName": name, "validationActions": ["Deny"]}
        if not policy.everywhere:
            # The policy `namespace` protects this label.
            binding["matchResources"] = {"namespaceSelector": {"matchLabels": {TENANT: base.keep.tenant}}}
        after = pulumi.ResourceOptions(parent=self, depends_on=[created])
        ValidatingAdmissionPolicyBinding(label, metadata=metadata, spec=binding, opts=after)
        return created


def policies(keep: Keep, registry_account_id: str) -> tuple[Policy, ...]:
    """The policies of a keep's namespace, whose images come from the account's registry."""
    registry = f"{registry_account_id}.dkr.ecr.{keep.region}.{dns_suffix(keep.region)}"
    documents = yaml_template(
        "admission",
        labels={"tenant": TENANT, "workload": WORKLOAD, "role": f"{LABEL_PREFIX}/role"},
        tenant=keep.tenant,
        namespace=keep.namespace,
        region=keep.region,
        own_nodes=keep.tier is not Tier.POOLED,
        registry_account_id=registry_account_id,
        registry="^{}/".format(registry.replace(".", "\\.")),
        workloads=[each.value for each in Workload],
        pool_roles=[role.value for role in PoolRole],
        ray_head=RAY_HEAD,
        indexer=Workload.INDEXER.value,
        logging=_logging_patterns(),
    )
    return tuple(
        Policy(name=name, spec=_spec(policy), everywhere=policy.get("everywhere", False))
        for name, policy in documents.items()
    )


def _logging_patterns() -> dict[str, Any]:
    off = "|".join(OFF)
    return {
        "logs": log_switches.words_pattern(LOGS),
        "content": log_switches.words_pattern(CONTENT),
        "harmless": log_switches.words_pattern(HARMLESS),
        "tracing": sorted(TRACING),
        "off": f"(?i)^({off})$",
        "ends_off": f"(?i)=({off})$",
        "levels": log_switches.LEVELS,
        "talkative": log_switches.TALKATIVE,
        "talkative_line": log_switches.TALKATIVE_LINE,
        "debugging": log_switches.DEBUGGING,
        "hardware": log_switches.HARDWARE,
    }


def _spec(policy: Mapping[str, Any]) -> dict[str, Any]:
    """`failurePolicy` Fail: an expression that cannot be evaluated refuses, too."""
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [_resource_rule(**rule) for rule in policy["rules"]]},
        "validations": [{**each, "reason": "Forbidden"} for each in policy["validations"]],
    }
    for key, expressions in (("variables", policy.get("variables")), ("matchConditions", policy.get("conditions"))):
        if expressions:
            spec[key] = [{"name": name, "expression": expression} for name, expression in expressions.items()]
    return spec


def _resource_rule(
    resources: list[str],
    groups: tuple[str, ...] = ("",),
    operations: tuple[str, ...] = ("CREATE", "UPDATE"),
    scope: str = "Namespaced",
) -> dict[str, Any]:
    return {
        "apiGroups": list(groups),
        "apiVersions": ["*"],
        "operations": list(operations),
        "resources": resources,
        "scope": scope,
    }
