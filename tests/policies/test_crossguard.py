"""The pack as the service that an engine talks to: what it declares, what it takes as configuration, what it tells."""

import json
import tomllib
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Never

import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.catalogue import catalogue
from policies.crossguard.pack import message_of
from policies.crossguard.service import Service
from policies.facts import Facts
from policies.graph.build import graph_of
from policies.graph.recorder import record
from policies.rule import Case, Scope, Verdict, judge_all
from policies.waivers import apply_waivers, load_waivers
from stacks.project import Project
from stacks.sessions.recording import run_program
from tests.policies.crossguard import CONFIG, ROOT, UNDECIDED, today
from tests.policies.mutants import mutants
from tests.policies.tenants import STACKS, recorded

CDN = "aws:cloudfront/distribution:Distribution"
KEY, BUCKET, AWS = "aws:kms/key:Key", "aws:s3/bucket:Bucket", "pulumi:providers:aws"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET_SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
URN = "urn:pulumi:dev::shop::"
MUTANTS_OF_A_RULE = 8


class RefusedError(Exception):
    """The service aborted the call."""


class Context:
    """What gRPC hands a service."""

    def abort(self, code: Any, message: str) -> Never:
        raise RefusedError(f"{code.name}: {message}")


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def provider(region: str = "eu-central-1") -> Any:
    return pb.AnalyzerProviderResource(
        type=AWS, urn=f"{URN}{AWS}::home", name="home", properties=struct({"region": region})
    )


def asked(type_: str, name: str = "a", **inputs: Any) -> Any:
    return pb.AnalyzeRequest(
        type=type_, urn=f"{URN}{type_}::{name}", name=name, properties=struct(inputs), provider=provider()
    )


def deployed(type_: str, name: str = "a", **outputs: Any) -> Any:
    return pb.AnalyzerResource(
        type=type_, urn=f"{URN}{type_}::{name}", name=name, properties=struct(outputs), provider=provider()
    )


def settings(**levels: Any) -> Any:
    return pb.ConfigureAnalyzerRequest(
        policyConfig={name.replace("_", "-"): pb.PolicyConfig(enforcementLevel=level) for name, level in levels.items()}
    )


def waivers(file: object) -> Any:
    config = pb.PolicyConfig(enforcementLevel=pb.ADVISORY, properties=struct({"file": file}))
    return pb.ConfigureAnalyzerRequest(policyConfig={"waivers": config})


def service(root: Path = ROOT, *, preview: bool = False, config: Any = None) -> Service:
    """Configured as an engine does it."""
    made = Service(root)
    made.ConfigureStack(
        pb.AnalyzerStackConfigureRequest(project="shop", stack="dev", dry_run=preview, config=CONFIG), Context()
    )
    made.Configure(config or pb.ConfigureAnalyzerRequest(), Context())
    return made


def told(response: Any, rule: str) -> list[tuple[str, int]]:
    return [(each.message, each.enforcementLevel) for each in response.diagnostics if each.policyName == rule]


def test_every_rule_is_a_mandatory_policy_of_its_scope() -> None:
    info = Service(ROOT).GetAnalyzerInfo(empty_pb2.Empty(), Context())
    declared = {policy.name: policy for policy in info.policies}
    assert declared.keys() == {*(rule.id for rule in catalogue()), "waivers"}
    types = {Scope.RESOURCE: pb.POLICY_TYPE_RESOURCE, Scope.STACK: pb.POLICY_TYPE_STACK}
    for rule in catalogue():
        policy = declared[rule.id]
        assert policy.policy_type == types[rule.scope]
        assert policy.enforcementLevel == pb.MANDATORY
        assert rule.title in policy.description
        assert rule.why in policy.description
        assert policy.remediation_steps == rule.remedy
    assert {rule.scope for rule in catalogue()} == set(Scope)


def test_the_packs_version_is_the_products() -> None:
    product = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert Service(ROOT).GetAnalyzerInfo(empty_pb2.Empty(), Context()).version == product


def test_a_violation_names_rule_resource_property_and_remedy() -> None:
    (diagnostic,) = [
        each
        for each in service().Analyze(asked(KEY, enableKeyRotation=False), Context()).diagnostics
        if each.policyName == "key-rotation"
    ]
    assert diagnostic.message.startswith("[key-rotation] Key a: enableKeyRotation got False: must be true; ")
    assert diagnostic.urn == f"{URN}{KEY}::a"
    assert diagnostic.severity == pb.POLICY_SEVERITY_HIGH
    assert diagnostic.policyPackName == "codekeep"


def test_rules_that_do_not_apply_say_so_and_the_others_have_passed() -> None:
    response = service().Analyze(asked(KEY, enableKeyRotation=True), Context())
    others = {each.policy_name for each in response.not_applicable}
    assert "namespace-pod-security" in others
    assert not others & {"key-rotation", "region-resources"}
    assert told(response, "key-rotation") == []


def test_what_a_preview_cannot_know_is_advice_and_at_the_update_mandatory() -> None:
    request = asked(KEY, enableKeyRotation=UNKNOWN)
    for preview, level in ((True, pb.ADVISORY), (False, pb.MANDATORY)):
        ((message, found),) = told(service(preview=preview).Analyze(request, Context()), "key-rotation")
        assert UNDECIDED in message
        assert found == level
    ((_, found),) = told(service(preview=True).Analyze(asked(KEY, enableKeyRotation=False), Context()), "key-rotation")
    assert found == pb.MANDATORY


def test_a_secret_is_undecided_and_never_printed() -> None:
    secret = {**SECRET_SIGNATURE, "value": "canary-93b0"}
    response = service().Analyze(asked(KEY, enableKeyRotation=secret), Context())
    ((message, level),) = told(response, "key-rotation")
    assert UNDECIDED in message
    assert level == pb.MANDATORY
    assert "canary" not in str(response)


def test_a_providers_json_texts_are_read() -> None:
    accounts = json.dumps(["111122223333", "444455556666"])
    made = service()
    request = pb.AnalyzeRequest(
        type=AWS,
        urn=f"{URN}{AWS}::x",
        name="x",
        properties=struct({"region": "us-east-1", "allowedAccountIds": accounts}),
    )
    response = made.Analyze(request, Context())
    assert told(response, "region-providers")
    assert all(accounts not in message for message, _ in told(response, "provider-accounts"))


def test_the_stack_is_judged_by_the_inputs_of_the_first_requests_and_the_final_outputs() -> None:
    made = service()
    made.Analyze(asked(BUCKET, "b", bucket="b"), Context())
    outputs = {"id": "b", "arn": "arn:aws:s3:::b", "bucket": "b"}
    open_bucket = made.AnalyzeStack(pb.AnalyzeStackRequest(resources=[deployed(BUCKET, "b", **outputs)]), Context())
    assert told(open_bucket, "tls-buckets")
    assert told(open_bucket, "region-resources") == []  # a rule of one resource has judged it before


def test_what_was_only_looked_up_is_judged_at_the_end() -> None:
    made = service()
    response = made.AnalyzeStack(pb.AnalyzeStackRequest(resources=[deployed(CDN, "seen", id="e1")]), Context())
    assert told(response, "region-global-services")


@pytest.mark.parametrize(
    ("config", "refusal"),
    [
        (settings(key_rotatoin=pb.ADVISORY), "no policy is called key-rotatoin"),
        (settings(key_rotation=pb.DISABLED), "key-rotation must be mandatory or advisory, got disabled"),
        (settings(all=pb.REMEDIATE), "all must be mandatory or advisory, got remediate"),
        (waivers("nowhere.yaml"), "nowhere.yaml"),
        (waivers(3), "`file` must be a path"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(config: Any, refusal: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=refusal):
        service(tmp_path, config=config)


def test_a_rule_can_be_lowered_to_advice() -> None:
    response = service(config=settings(key_rotation=pb.ADVISORY)).Analyze(asked(KEY, region="us-east-1"), Context())
    assert [level for _, level in told(response, "key-rotation")] == [pb.ADVISORY]
    assert [level for _, level in told(response, "region-resources")] == [pb.MANDATORY]


def test_the_projects_waivers_apply_unless_another_file_is_named(tmp_path: Path) -> None:
    def write(path: Path, expires: Any) -> None:
        reason = "imported key material cannot rotate by itself"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f"- {{rule: key-rotation, urn: '*::a', reason: {reason}, owner: s@example.com, expires: {expires}}}\n"
        )

    write(tmp_path / "policies" / "waivers.yaml", today())
    write(tmp_path / "old.yaml", today() - timedelta(days=1))
    for made, found, expired in (
        (service(tmp_path), 0, 0),
        (service(tmp_path, config=waivers("old.yaml")), 1, 1),
    ):
        assert len(told(made.Analyze(asked(KEY, "a"), Context()), "key-rotation")) == found
        assert len(told(made.Analyze(asked(KEY, "b"), Context()), "key-rotation")) == 1
        ends = told(made.AnalyzeStack(pb.AnalyzeStackRequest(), Context()), "waivers")
        assert len(ends) == expired


def test_nothing_is_judged_without_an_agreement() -> None:
    made = Service(ROOT)
    with pytest.raises(RefusedError, match="ConfigureStack must be called"):
        made.Analyze(asked(KEY), Context())
    with pytest.raises(RefusedError, match="stack dev cannot be judged: the configuration holds none of"):
        made.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="dev"), Context())


@pytest.mark.parametrize("stack", STACKS)
def test_a_first_preview_of_a_shipped_stack_is_never_stopped(stack: str) -> None:
    """What only the cloud knows is unknown there, and no reference leads to it: undecided, not wrong."""
    project = Project.find(ROOT)
    config = project.config(stack, lambda _: lambda _: "secret")
    graph = record(
        lambda: run_program(project.main),
        project=project.name,
        stack=stack,
        config=config.values,
        secret_keys=config.secret_keys,
        root=project.root,
    )
    waivers = load_waivers(ROOT / "policies" / "waivers.yaml", today())
    every = judge_all(catalogue(), Case(facts=Facts.of(config.values), graph=graph))
    found = apply_waivers(every, waivers, today()).open
    assert Verdict.UNDECIDED in {finding.verdict for finding in found}
    assert [message_of(finding) for finding in found if finding.verdict is Verdict.VIOLATION] == []


def test_a_rule_of_one_resource_needs_no_more_than_the_resource_and_its_provider() -> None:
    graph, facts = recorded("demo")
    judged = 0
    for rule in catalogue():
        if rule.scope is not Scope.RESOURCE:
            continue
        for mutant in islice(mutants(graph, [rule], facts), MUTANTS_OF_A_RULE):
            node = mutant.graph.node(mutant.urn)
            provider = mutant.graph.get(node.provider or "")
            alone = graph_of("codekeep", "demo", [each for each in (provider, node) if each], None)
            assert list(rule.judge(alone.node(node.urn), Case(facts=facts, graph=alone))) == list(
                rule.judge(node, Case(facts=facts, graph=mutant.graph))
            ), mutant
            judged += 1
    assert judged > 300
