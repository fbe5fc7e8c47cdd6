"""What an account has already: how it is found before `up`, and how the program is told."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from codekeep_contracts.faults import UsageFault

from components.existing import Existing
from policies.catalogue import catalogue
from policies.facts import Facts
from policies.live.account import Account
from policies.rule import Case, judge_all
from stacks.existing import EXISTING_VARIABLE, from_environment, to_text
from stacks.sessions.existing import find_existing
from stacks.spec.check import load
from tests.stacks.documents import ROOT, document
from tests.stacks.programs import recorded

DETECTOR = "aws:guardduty/detector:Detector"
ANALYZERS = "aws:accessanalyzer/analyzer:Analyzer"
ROLE = "arn:aws:iam::222233334444:role/aws-service-role"
SCALING = f"{ROLE}/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SUFFIXED = f"{SCALING}_acme"
SEARCH = f"{ROLE}/opensearchservice.amazonaws.com/AWSServiceRoleForAmazonOpenSearchService"
ANALYZER = "arn:aws:access-analyzer:{}:222233334444:analyzer/console"


class Answers:
    """One service's client: every read answers the same page."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self.answers[name]

    def get_paginator(self, operation: str) -> Any:
        class Pages:
            def paginate(_, **arguments: Any) -> list[Any]:  # noqa: N805
                found = self.answers[operation]
                return [found(**arguments) if callable(found) else found]

        return Pages()


class FakeEngine:
    """An engine that deploys to AWS itself, with the state of a test."""

    def __init__(self, *resources: Mapping[str, Any]) -> None:
        self.resources = resources

    def endpoint(self) -> None:
        return None

    def emulates(self, resource_type: str) -> bool:
        return True

    def state(self, stack: str) -> Mapping[str, Any] | None:
        return {"deployment": {"resources": self.resources}} if self.resources else None


def find(monkeypatch: pytest.MonkeyPatch, detectors: list[str], *own: Mapping[str, Any], **account: Any) -> Existing:
    """Looks into an account that has a detector, both roles, and an analyzer in each region."""
    roles = [{"Arn": arn, "RoleName": arn.rpartition("/")[2]} for arn in (SUFFIXED, SCALING, SEARCH)]

    def client(_: Account, service: str, region: str | None) -> Answers:
        return {
            "guardduty": Answers(list_detectors={"DetectorIds": detectors}),
            "accessanalyzer": Answers(list_analyzers={"analyzers": [{"arn": ANALYZER.format(region)}]}),
            "iam": Answers(list_roles=lambda PathPrefix: {"Roles": [r for r in roles if PathPrefix in r["Arn"]]}),  # noqa: N803
        }[service]

    monkeypatch.setattr(Account, "client", client)
    monkeypatch.setattr(Account, "enter", lambda *_: None)
    spec = load(ROOT / "Pulumi.acme.yaml")
    spec = spec.model_copy(update={"account": spec.account.model_copy(update=account)})
    return find_existing(FakeEngine(*own), spec, "acme")  # type: ignore[arg-type]


def test_what_others_made_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find(monkeypatch, ["d1"]) == Existing(
        detectors={"eu-central-1": "d1"},
        analyzers={each: ANALYZER.format(each) for each in ("eu-central-1", "eu-west-1")},
        service_roles={"autoscaling.amazonaws.com": SCALING, "opensearchservice.amazonaws.com": SEARCH},
    )


def test_what_the_stack_made_itself_stays_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    here = ANALYZER.format("eu-central-1")
    mine = (
        {"type": "aws:guardduty/detector:Detector", "id": "d1", "outputs": {"arn": "arn:detector"}},
        {"type": "aws:accessanalyzer/analyzer:Analyzer", "id": "console", "outputs": {"arn": here}},
        {"type": "aws:iam/serviceLinkedRole:ServiceLinkedRole", "id": SEARCH, "outputs": {"arn": SEARCH}},
        {"type": "aws:iam/role:Role", "id": SCALING, "outputs": {"arn": SCALING}},
        {"type": "codekeep:tenant:TenantEnvironment"},
    )
    adopted = [{**each, "external": True} for each in mine]  # read into the state, and still others' own
    assert find(monkeypatch, ["d1"], *adopted) == find(monkeypatch, ["d1"])
    assert find(monkeypatch, ["d1"], *mine) == Existing(
        analyzers={"eu-west-1": ANALYZER.format("eu-west-1")},
        service_roles={"autoscaling.amazonaws.com": SCALING},
    )
    assert find(monkeypatch, ["d2"], *mine).detectors == {"eu-central-1": "d2"}  # made after ours was deleted by hand


def test_a_spec_that_claims_a_detector_is_held_to_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageFault, match=r"account.has_detectors: got true, and account 222233334444 has no"):
        find(monkeypatch, [], has_detectors=True)
    assert find(monkeypatch, ["d1"], has_detectors=True).detectors


def test_the_program_reads_what_the_session_wrote() -> None:
    found = Existing(detectors={"eu-central-1": "d1"}, service_roles={"autoscaling.amazonaws.com": SCALING})
    assert from_environment({EXISTING_VARIABLE: to_text(found)}) == found
    assert from_environment({}) == Existing()
    for wrong in ("{", "[]", '{"detector": {}}', '{"detectors": ["d1"]}', '{"detectors": {"eu-central-1": 1}}'):
        with pytest.raises(ValueError, match=f"{EXISTING_VARIABLE} must"):
            from_environment({EXISTING_VARIABLE: wrong})


def test_a_keep_that_adopts_passes_its_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules see the detector and analyzers that the program reads; without them they find what is missing."""
    found = Existing(
        detectors={"eu-central-1": "d1"},
        analyzers={each: ANALYZER.format(each) for each in ("eu-central-1", "eu-west-1")},
    )
    monkeypatch.setenv(EXISTING_VARIABLE, to_text(found))
    graph, facts = recorded("acme", document("acme")), Facts.of({"codekeep:tenant": json.dumps(document("acme"))})
    rules = [rule for rule in catalogue() if rule.id in ("log-detectors", "access-analyzer")]
    assert len(rules) == 2
    assert sorted(each.name for each in graph.of_type(DETECTOR, ANALYZERS)) == [
        "acme-detectors-adopted",
        "acme-detectors-adopted",
        "acme-detectors-eu-west-1-adopted",
    ]
    assert not judge_all(rules, Case(facts=facts, graph=graph))
    bare = replace(graph, nodes=tuple(node for node in graph.nodes if node.type not in (DETECTOR, ANALYZERS)))
    assert {each.rule for each in judge_all(rules, Case(facts=facts, graph=bare))} == {rule.id for rule in rules}
