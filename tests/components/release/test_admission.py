"""Admission policies: bindings, namespaces, patterns. tests/real/kubernetes tests that a server enforces them."""

import re

import pytest
from codekeep_contracts.log_switches import LOGS

from components.naming import Tier
from components.release.admission import Admission, AdmissionArgs, policies
from components.release.log_switches import DEBUGGING, HARDWARE, LEVELS, TALKATIVE, TALKATIVE_LINE, words_pattern
from policies.rule import Family
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, Recording, record
from tests.components.release.bases import make_base
from tests.components.release.judged import findings
from tests.components.release.namespaced import faults, graph_of

GROUP = "kubernetes:admissionregistration.k8s.io/v1"
POLICY, BINDING = f"{GROUP}:ValidatingAdmissionPolicy", f"{GROUP}:ValidatingAdmissionPolicyBinding"
NAMES = {"pods", "doors", "exposure", "traffic", "rights", "settings", "namespace"}


def build(tier: Tier = Tier.DEDICATED, tenant: str = "acme", account: str | None = None) -> Recording[Admission]:
    def program() -> Admission:
        args = AdmissionArgs(base=make_base(tier, tenant), registry_account_id=account)
        return Admission(f"{tenant}-admission", args)

    return record(program)


def expressions(recording: Recording[Admission], name: str) -> str:
    found = recording.one(POLICY, name).inputs["spec"]["validations"]
    return "\n".join(each["expression"] for each in found)


def test_every_admission_policy_has_a_binding_that_denies() -> None:
    recording = build()
    assert_contract(recording, make_keep())
    made = {node.inputs["metadata"]["name"]: node.inputs["spec"] for node in recording.of_type(POLICY)}
    bound = {node.inputs["spec"]["policyName"]: node.inputs["spec"] for node in recording.of_type(BINDING)}
    assert made.keys() == bound.keys() == {f"codekeep-acme-{name}" for name in NAMES}
    for name, spec in made.items():
        assert spec["failurePolicy"] == "Fail"
        assert all(each["message"] for each in spec["validations"])
        assert bound[name]["validationActions"] == ["Deny"]
        if name != "codekeep-acme-namespace":
            selector = bound[name]["matchResources"]["namespaceSelector"]
            assert selector == {"matchLabels": {"codekeep.dev/tenant": "acme"}}


def test_the_namespace_policy_applies_to_the_keeps_namespace_only() -> None:
    spec = build().one(POLICY, "acme-admission-namespace").inputs["spec"]
    assert [each["expression"] for each in spec["matchConditions"]] == ['object.metadata.name == "codekeep-acme"']


def test_policies_of_two_keeps_have_different_names() -> None:
    ours, theirs = (
        {node.inputs["metadata"]["name"] for node in build(tenant=each).resources} for each in ("acme", "bond")
    )
    assert ours
    assert not ours & theirs


def test_images_are_bound_to_account_and_region() -> None:
    assert f"^{ACCOUNT}\\\\.dkr\\\\.ecr\\\\.eu-central-1\\\\.amazonaws\\\\.com/" in expressions(
        build(), "acme-admission-pods"
    )
    assert "^999988887777\\\\." in expressions(build(account="999988887777"), "acme-admission-pods")
    china = policies(make_keep(region="cn-north-1"), ACCOUNT)[0]
    assert any("amazonaws\\\\.com\\\\.cn/" in each["expression"] for each in china.spec["validations"])


def test_a_pooled_keep_selects_no_nodes_of_its_own() -> None:
    own = "nodeSelector must hold codekeep.dev/tenant: acme: the keep runs on its own nodes"

    def messages(tier: Tier) -> set[str]:
        spec = build(tier).one(POLICY, "acme-admission-pods").inputs["spec"]
        return {each["message"] for each in spec["validations"]}

    assert messages(Tier.DEDICATED) - messages(Tier.POOLED) == {own}
    assert messages(Tier.POOLED) < messages(Tier.DEDICATED)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        *((each, True) for each in ("LOG_LEVEL", "VLLM_LOGGING_LEVEL", "TLLM_LOG_LEVEL", "RUST_LOG", "APP_LOGLEVEL")),
        *((each, False) for each in ("LOG_FORMAT", "DEBUGGER_PATH", "CATALOG_LEVEL")),
    ],
)
def test_log_level_variables_are_recognised_by_name(name: str, level: bool) -> None:
    assert bool(re.search(LEVELS, name)) is level


@pytest.mark.parametrize(
    ("name", "switch"),
    [
        *((each, True) for each in ("DEBUG", "NODE_DEBUG", "APP_DEBUG", "TRACE", "VERBOSE_LOGGING")),
        *((each, False) for each in ("NCCL_DEBUG", "DEBUGGER", "CUDA_LAUNCH_DEBUG")),
    ],
)
def test_debug_variables_are_recognised_by_name(name: str, switch: bool) -> None:
    assert bool(re.search(DEBUGGING, name) and not re.search(HARDWARE, name)) is switch


@pytest.mark.parametrize(
    ("line", "shouts"),
    [
        *((each, True) for each in ("serve --debug", "--log-level debug", "--log_level=verbose", "-v=9", "--v=10 x")),
        *((each, False) for each in ("serve --log-level info", "--v=2", "debug-symbols", "--log-format debug")),
    ],
)
def test_arguments_that_log_content_are_recognised(line: str, shouts: bool) -> None:
    assert bool(re.search(TALKATIVE_LINE, line)) is shouts


@pytest.mark.parametrize(
    ("value", "shouts"),
    [("debug", True), ("DEBUG", True), ("info,hyper=trace", True), ("10", True), ("info", False), ("warning", False)],
)
def test_log_levels_that_log_content_are_recognised(value: str, shouts: bool) -> None:
    assert bool(re.search(TALKATIVE, value)) is shouts


@pytest.mark.parametrize(
    ("name", "found"),
    [("LOG_PROMPTS", True), ("--log-requests", True), ("--log_body", True), ("CATALOG", False), ("PROLOGUE", False)],
)
def test_only_complete_words_match(name: str, found: bool) -> None:
    assert bool(re.search(words_pattern(LOGS), name)) is found


def test_admission_objects_pass_the_rules_and_the_schemas() -> None:
    def program() -> None:
        Admission("acme-admission", AdmissionArgs(base=make_base()))

    assert findings(program, [Family.KUBERNETES, Family.LOGGING, Family.TENANCY]) == []
    assert faults(graph_of(program)) == []
