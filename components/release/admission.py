"""What the API server itself refuses in a keep's namespace, whoever asks: admission policies in CEL.

`codekeep check` judges what the stack makes; these judge what anybody makes, by hand, by an operator or by a chart. The
policies are the cluster's, so the keep's name is in theirs: a shared cluster holds one set for each keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.admissionregistration.v1 import (
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
)

from components.naming import Keep
from components.release.admission_pods import pod_policy
from components.release.admission_policy import Policy, Rule, Validation, text
from components.release.base import ReleaseBase
from components.release.labels import TENANT, keep_labels

COMPONENT = "admission"
POD_SECURITY = "pod-security.kubernetes.io/enforce"
BALANCER_ANNOTATIONS = "^service\\.beta\\.kubernetes\\.io/aws-load-balancer-"
RIGHTS_THAT_MAKE_RIGHTS = ("escalate", "bind", "impersonate")
DOORS = (
    "secrets",
    "serviceaccounts/token",
    "pods/exec",
    "pods/attach",
    "pods/portforward",
    "pods/ephemeralcontainers",
    "roles",
    "rolebindings",
)


@dataclass(frozen=True, kw_only=True)
class AdmissionArgs:
    """`registry_account_id` is the account the images are pulled from: the keep's, unless a platform has another."""

    base: ReleaseBase
    registry_account_id: str | None = None


class Admission(pulumi.ComponentResource):
    """The policies and their bindings. Whatever cannot be judged is refused."""

    policies: Mapping[str, ValidatingAdmissionPolicy]  # by their short name

    def __init__(self, name: str, args: AdmissionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.admission:Admission", name, None, opts)
        self._name, self._args = name, args

        rules = policies(args.base.keep, args.registry_account_id or args.base.keep.account_id)
        self.policies = {policy.name: self._enforce(policy) for policy in rules}

        self.register_outputs({"policyNames": [args.base.keep.physical(each) for each in self.policies]})

    def _enforce(self, policy: Policy) -> ValidatingAdmissionPolicy:
        base = self._args.base
        name = base.keep.physical(policy.name)
        metadata: Any = {"name": name, "labels": keep_labels(base.keep, COMPONENT, version=base.version)}
        made = ValidatingAdmissionPolicy(
            f"{self._name}-{policy.name}",
            metadata=metadata,
            spec=policy.spec(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        binding: Any = {"policyName": name, "validationActions": ["Deny"]}
        if policy.in_namespace:
            # The policy `namespace` sees to it that the label stays.
            binding["matchResources"] = {"namespaceSelector": {"matchLabels": {TENANT: base.keep.tenant}}}
        ValidatingAdmissionPolicyBinding(
            f"{self._name}-{policy.name}",
            metadata=metadata,
            spec=binding,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made]),
        )
        return made


def policies(keep: Keep, registry_account_id: str) -> tuple[Policy, ...]:
    """Everything that is refused in the keep's namespace."""
    return (
        pod_policy(keep, registry_account_id),
        _doors(),
        _exposure(),
        _traffic(),
        _rights(),
        _settings(),
        _namespace(keep),
    )


def _doors() -> Policy:
    """Inside a pod are code and prompts: nobody goes in, also not whoever may do all else."""
    return Policy(
        name="doors",
        rules=(
            Rule(
                resources=("pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy"),
                on=("CONNECT",),
            ),
            Rule(resources=("pods/ephemeralcontainers",), on=("UPDATE",)),
        ),
        validations=(
            Validation(
                expression="false",
                message="nobody enters pods that hold code; reproduce the fault in the sandbox, or read the metrics",
            ),
        ),
    )


def _exposure() -> Policy:
    is_service = 'object.kind != "Service"'
    return Policy(
        name="exposure",
        rules=(
            Rule(resources=("services",)),
            Rule(groups=("networking.k8s.io",), resources=("ingresses",)),
        ),
        validations=(
            Validation(
                expression='object.kind != "Ingress"',
                message="no Ingress: developers come in by the keep's entry",
            ),
            Validation(
                expression=f'{is_service} || !has(object.spec.type) || object.spec.type == "ClusterIP"',
                message="spec.type must be ClusterIP: developers come in by the keep's entry",
            ),
            Validation(
                expression=f"{is_service} || !has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0",
                message="spec.externalIPs must be empty",
            ),
            Validation(
                expression=(
                    "!has(object.metadata.annotations) || "
                    f"!object.metadata.annotations.exists(key, key.matches({text(BALANCER_ANNOTATIONS)}))"
                ),
                message="no load balancer by annotation: developers come in by the keep's entry",
            ),
        ),
    )


def _traffic() -> Policy:
    """A policy more can only open: it must name its peers, and no range wider than a private network."""
    named = (
        "r.{peers}.all(p, !has(p.ipBlock) || p.ipBlock.cidr.matches('^[0-9.]+/(8|9|[12][0-9]|3[0-2])$')) && "
        "r.{peers}.all(p, !has(p.namespaceSelector) || "
        "(has(p.namespaceSelector.matchLabels) && size(p.namespaceSelector.matchLabels) > 0) || "
        "(has(p.namespaceSelector.matchExpressions) && size(p.namespaceSelector.matchExpressions) > 0))"
    )
    validations = tuple(
        Validation(
            expression=(
                f"!has(object.spec.{rules}) || object.spec.{rules}.all(r, has(r.{peers}) && size(r.{peers}) > 0 && "
                f"{named.replace('{peers}', peers)})"
            ),
            message=f"spec.{rules} must name its peers, none wider than a private IPv4 network (/8)",
        )
        for rules, peers in (("ingress", "from"), ("egress", "to"))
    )
    return Policy(
        name="traffic",
        rules=(Rule(groups=("networking.k8s.io",), resources=("networkpolicies",)),),
        validations=validations,
    )


def _rights() -> Policy:
    """Roles of the namespace name what they allow, and are held by its own accounts."""
    roles = 'object.kind != "Role" || !has(object.rules) || object.rules == null || object.rules.all(r, {})'
    bindings = 'object.kind != "RoleBinding" || {}'
    wild = "(!has(r.{0}) || !r.{0}.exists(each, each.contains('*')))"
    own = (
        "(!has(object.subjects) || object.subjects.all(s, s.kind == 'ServiceAccount' && has(s.namespace) && "
        "s.namespace == object.metadata.namespace && s.name != 'default'))"
    )
    return Policy(
        name="rights",
        rules=(Rule(groups=("rbac.authorization.k8s.io",), resources=("roles", "rolebindings")),),
        validations=(
            Validation(
                expression=roles.format(" && ".join(wild.format(each) for each in ("verbs", "apiGroups", "resources"))),
                message="rules must name verbs, groups and resources, without *",
            ),
            Validation(
                expression=roles.format(f"!r.verbs.exists(v, v in {text(RIGHTS_THAT_MAKE_RIGHTS)})"),
                message="rules must not let anybody escalate, bind or impersonate",
            ),
            Validation(
                expression=roles.format(f"!has(r.resources) || !r.resources.exists(each, each in {text(DOORS)})"),
                message="rules must not open secrets, tokens, roles or the inside of pods",
            ),
            Validation(
                expression=bindings.format("object.roleRef.kind == 'Role'"),
                message="roleRef must be a Role of the namespace, no ClusterRole",
            ),
            Validation(
                expression=bindings.format(own),
                message="subjects must be service accounts of the namespace, and not default",
            ),
        ),
    )


def _settings() -> Policy:
    """What the runtime logs is decided by the document it is started with."""
    value = "object.data.all(key, !object.data[key].matches({}))"
    return Policy(
        name="settings",
        rules=(Rule(resources=("configmaps",)),),
        validations=(
            Validation(
                expression=f"!has(object.data) || {value.format(text(_BODIES))}",
                message="settings must not switch on the logging of bodies",
            ),
            Validation(
                expression=f"!has(object.data) || {value.format(text(_TALKATIVE))}",
                message="settings must not set the log level to debug or trace",
            ),
        ),
    )


_BODIES = '"bodies"\\s*:\\s*(true|1|")'
_TALKATIVE = '(?i)"level"\\s*:\\s*"(debug|trace|all|notset)"'


def _namespace(keep: Keep) -> Policy:
    """The labels that these policies and pod security go by stay on the namespace."""
    stays = "has(object.metadata.labels) && {0} in object.metadata.labels && object.metadata.labels[{0}] == {1}"
    return Policy(
        name="namespace",
        rules=(Rule(resources=("namespaces",), scope="Cluster"),),
        conditions={"of-the-keep": f"object.metadata.name == {text(keep.namespace)}"},
        in_namespace=False,
        validations=(
            Validation(
                expression=stays.format(text(TENANT), text(keep.tenant)),
                message=f"the label {TENANT} must stay {keep.tenant}: the keep's walls go by it",
            ),
            Validation(
                expression=stays.format(text(POD_SECURITY), text("restricted")),
                message=f"the label {POD_SECURITY} must stay restricted",
            ),
        ),
    )
