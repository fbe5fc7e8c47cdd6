"""Rules as policies: the pack's declaration, and its diagnostics for a resource and for a stack."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from policies.crossguard.adapter import Adapter
from policies.crossguard.settings import WAIVERS_POLICY, Settings
from policies.facts import Facts
from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Finding, Rule, Scope, Severity, Verdict, judge_all
from policies.waivers import Waiver, apply_waivers

NAME = "codekeep"
SEVERITIES = {
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
}
POLICY_TYPES = {
    Scope.RESOURCE: analyzer_pb2.POLICY_TYPE_RESOURCE,
    Scope.STACK: analyzer_pb2.POLICY_TYPE_STACK,
}
WAIVERS_DESCRIPTION = "Waivers have not run out."


class Pack:
    """The policies of one deployment."""

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        adapter: Adapter,
        facts: Facts,
        preview: bool,
        settings: Settings,
        version: str,
        today: date,
    ) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._by_resource = _ByType([rule for rule in rules if rule.scope is Scope.RESOURCE])
        self._by_stack = [rule for rule in rules if rule.scope is Scope.STACK]
        self._adapter = adapter
        self._facts = facts
        self._preview = preview
        self._settings = settings
        self._version = version
        self._today = today

    def analyze(self, request: Any) -> Any:
        """AnalyzeResponse: findings on one resource, before its provider is called."""
        node, graph = self._adapter.resource(request)
        rules = self._by_resource.of(node)
        findings = judge_all(rules, Case(facts=self._facts, graph=graph), nodes=[node])
        return analyzer_pb2.AnalyzeResponse(
            diagnostics=self._diagnostics(findings), not_applicable=self._by_resource.not_applicable(node)
        )

    def analyze_stack(self, request: Any) -> Any:
        """AnalyzeResponse: findings on all resources together, and the waivers that have expired.

        Resources that the program only looked up are judged by every rule now, where the engine sends them.
        """
        graph, looked_up = self._adapter.stack(request.resources)
        case = Case(facts=self._facts, graph=graph)
        findings = judge_all(self._by_stack, case)
        findings += judge_all(self._by_resource.rules, case, nodes=looked_up)
        expired = [waiver for waiver in self._settings.waivers if waiver.expired(self._today)]
        return analyzer_pb2.AnalyzeResponse(
            diagnostics=[*self._diagnostics(findings), *(self._expired(waiver) for waiver in expired)]
        )

    def _diagnostics(self, findings: Sequence[Finding]) -> Iterator[Any]:
        for finding in apply_waivers(findings, self._settings.waivers, self._today).open:
            rule = self._rules[finding.rule]
            yield analyzer_pb2.AnalyzeDiagnostic(
                policyName=rule.id,
                policyPackName=NAME,
                policyPackVersion=self._version,
                description=_description(rule),
                message=message_of(finding),
                enforcementLevel=self._level(finding),
                urn=finding.urn,
                severity=SEVERITIES[finding.severity],
            )

    def _level(self, finding: Finding) -> Any:
        """An undecided finding of a preview only advises: the resource is judged again before it is made."""
        if self._preview and finding.verdict is Verdict.UNDECIDED:
            return analyzer_pb2.ADVISORY
        return self._settings.level(finding.rule)

    def _expired(self, waiver: Waiver) -> Any:
        return analyzer_pb2.AnalyzeDiagnostic(
            policyName=WAIVERS_POLICY,
            policyPackName=NAME,
            policyPackVersion=self._version,
            description=WAIVERS_DESCRIPTION,
            message=f"[{WAIVERS_POLICY}] the waiver of {waiver.rule} for {waiver.urn} ran out on {waiver.expires}; "
            f"{waiver.owner} renews it or takes it out",
            enforcementLevel=self._settings.level(WAIVERS_POLICY),
        )


class _ByType:
    """Rules by the type of resource that they apply to, looked up once for each type."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self._found: dict[tuple[str, bool], tuple[list[Rule], list[Any]]] = {}

    def of(self, node: Node) -> list[Rule]:
        return self._look_up(node)[0]

    def not_applicable(self, node: Node) -> list[Any]:
        """PolicyNotApplicable of the other rules: what did not look has not passed."""
        return self._look_up(node)[1]

    def _look_up(self, node: Node) -> tuple[list[Rule], list[Any]]:
        key = (node.type, node.custom)
        if key not in self._found:
            applying = [rule for rule in self.rules if rule.applies(node)]
            others = [
                analyzer_pb2.PolicyNotApplicable(policy_name=rule.id, reason=f"applies to {_types(rule)}")
                for rule in self.rules
                if rule not in applying
            ]
            self._found[key] = (applying, others)
        return self._found[key]


def analyzer_info(rules: Iterable[Rule], version: str) -> Any:
    """AnalyzerInfo: every rule as a policy, and the policy that carries the waivers' file."""
    return analyzer_pb2.AnalyzerInfo(
        name=NAME,
        displayName="codekeep",
        version=version,
        supportsConfig=True,
        policies=[*(_policy(rule) for rule in rules), _waivers_policy()],
    )


def message_of(finding: Finding) -> str:
    """Rule id, resource, property, what is allowed and the remedy."""
    return f"[{finding.rule}] {finding.message}"


def _policy(rule: Rule) -> Any:
    return analyzer_pb2.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=_description(rule),
        enforcementLevel=analyzer_pb2.MANDATORY,
        policy_type=POLICY_TYPES[rule.scope],
        severity=SEVERITIES[rule.severity],
        framework=_framework(rule.frameworks),
        tags=[rule.family.value, rule.requirement.value],
        remediation_steps=rule.remedy,
    )


def _waivers_policy() -> Any:
    """It only advises: the rule itself reports again what an expired waiver covered."""
    policy = analyzer_pb2.PolicyInfo(
        name=WAIVERS_POLICY,
        displayName="Waivers",
        description=WAIVERS_DESCRIPTION,
        enforcementLevel=analyzer_pb2.ADVISORY,
        policy_type=analyzer_pb2.POLICY_TYPE_STACK,
    )
    policy.configSchema.properties.update({"file": {"type": "string", "minLength": 1}})
    return policy


def _framework(frameworks: Mapping[str, Sequence[str]]) -> Any:
    """The first framework of the rule; the protocol has room for one."""
    name, controls = next(iter(frameworks.items()), ("", ()))
    return analyzer_pb2.PolicyComplianceFramework(name=name, reference=", ".join(controls)) if name else None


def _description(rule: Rule) -> str:
    return f"{rule.title}. {rule.why}"


def _types(rule: Rule) -> str:
    return ", ".join("every resource" if each == ANY_RESOURCE else each for each in rule.applies_to)
