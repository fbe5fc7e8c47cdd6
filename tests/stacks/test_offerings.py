"""Instance types that AWS does not offer are problems; where sources disagree, warnings."""

import json
from typing import Any

import boto3
import pytest
from codekeep_contracts.faults import Fault, UsageFault
from moto import mock_aws

from policies.live.account import Account
from stacks.sessions.offered_types import require_offered_types
from stacks.spec import Spec, check, load, parse, warnings_of
from stacks.spec.offerings import TABLE, generate, offerings
from tests.stacks.documents import DELETE, ROOT, changed, document


def acme(**changes: Any) -> Any:
    spec = document("acme")
    for path, value in changes.items():
        spec = changed(spec, path.replace("__", "."), value)
    return spec


def test_the_table_is_as_generated() -> None:
    committed = json.loads(TABLE.read_text())
    assert {**generate(), "generated": committed["generated"]} == committed, "python -m stacks.spec.offerings"


def test_the_table_says_what_the_shipped_keep_had_wrong() -> None:
    assert not offerings().offers("p5.48xlarge", "eu-central-1")
    assert offerings().offers("p5.48xlarge", "us-east-1")
    assert "g6e.12xlarge" in offerings().without_hosts
    assert "g6e.48xlarge" not in offerings().without_hosts


def test_a_type_that_the_region_does_not_offer_is_a_problem() -> None:
    (problem,) = [each for each in check(acme(pools__2__instance_types=["p5.48xlarge"])) if "pools" in each.path]
    assert problem.path == "pools[2].instance_types[0]"
    assert "does not offer in eu-central-1" in problem.got
    assert problem.allowed.endswith("g5, g6, g6e, p4d, p4de")


def test_a_type_without_dedicated_hosts_is_a_problem() -> None:
    (problem,) = check(acme(pools__3__instance_types=["g6e.12xlarge"]))
    assert problem.path == "pools[3].instance_types[0]"
    assert problem.allowed.endswith("of g6e: g6e.24xlarge, g6e.48xlarge")
    hostless = acme(pools__3__instance_types=["g6e.12xlarge"], pools__3__tenancy="dedicated", pools__3__hosts=DELETE)
    assert check(hostless) == []


def test_a_type_of_which_sources_disagree_is_a_warning() -> None:
    spec = parse(
        acme(pools__3__instance_types=["p4de.24xlarge"], pools__3__tenancy="dedicated", pools__3__hosts=DELETE)
    )
    warnings = {warning.path: warning for warning in warnings_of(spec, "some.yaml")}
    assert "sources disagree" in warnings["pools[3].instance_types[0]"].got
    assert warnings["pools[3].instance_types[0]"].source == "some.yaml"


def test_no_type_of_search_nodes_that_a_spec_may_name_is_in_doubt() -> None:
    for listed in ("m6g.large", "m7g.large", "r6g.xlarge", "r7g.12xlarge", "or1.large", "c7g.12xlarge"):
        spec = parse(changed(document("demo"), "vector_index.domain.instance_type", f"{listed}.search"))
        assert warnings_of(spec) == []


class FakeEngine:
    """An engine whose account is moto's."""

    name = "fake"

    def endpoint(self) -> str | None:
        return None


def asked(spec: Spec) -> None:
    engine: Any = FakeEngine()
    require_offered_types(engine, spec)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("stack", ["demo", "acme", "pico", "platform-eu-central-1"])
def test_the_account_is_asked_and_offers_the_shipped_types(stack: str) -> None:
    asked(load(ROOT / f"Pulumi.{stack}.yaml"))


@pytest.mark.usefixtures("aws")
def test_what_the_account_is_not_offered_is_refused_whatever_the_table_says() -> None:
    spec = load(ROOT / "Pulumi.acme.yaml")
    pool = spec.pools[2].model_copy(update={"instance_types": ("p5.48xlarge",)})
    stale = spec.model_copy(update={"pools": (*spec.pools[:2], pool)})
    with pytest.raises(UsageFault, match=r"pools\[2\].instance_types: got p5.48xlarge, which AWS does not offer"):
        asked(stale)


@pytest.mark.usefixtures("aws")
def test_an_account_that_does_not_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        return boto3.client("ec2", region_name="eu-central-1", endpoint_url="http://127.0.0.1:9")

    monkeypatch.setattr(Account, "enter", lambda *_: None)
    monkeypatch.setattr(Account, "client", refuse)
    with pytest.raises(Fault, match="did not say which instance types"):
        asked(load(ROOT / "Pulumi.demo.yaml"))
