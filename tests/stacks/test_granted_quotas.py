"""`up` asks the account's own quotas, which win over AWS's defaults."""

from typing import Any

import pytest
from codekeep_contracts.faults import UsageFault
from moto import mock_aws
from moto.servicequotas.models import ServiceQuotasBackend

from policies.facts import Facts
from stacks.sessions.granted_quotas import require_quotas
from stacks.spec import load
from tests.stacks.documents import ROOT, document
from tests.stacks.programs import PLATFORM, graph_of


class FakeEngine:
    """An engine whose account is moto's."""

    name = "fake"

    def endpoint(self) -> str | None:
        return None


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def asked(stack: str, tenants: int = 0) -> str | None:
    engine: Any = FakeEngine()
    key = "codekeep:platform" if stack == PLATFORM else "codekeep:tenant"
    config = {key: {**document(stack), **({"tenants": [f"t-{at}" for at in range(tenants)]} if tenants else {})}}
    return require_quotas(engine, load(ROOT / f"Pulumi.{stack}.yaml"), graph_of(stack), Facts.of(config))


def with_quotas(monkeypatch: pytest.MonkeyPatch, value: float, asks: list[tuple[str, str, str]] | None = None) -> None:
    def answer(self: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
        if asks is not None:
            asks.append((service_code, quota_code, self.region_name))
        return {"QuotaCode": quota_code, "Value": value}

    monkeypatch.setattr(ServiceQuotasBackend, "get_service_quota", answer)


@pytest.mark.usefixtures("aws")
def test_a_quota_of_the_account_that_is_too_low_is_named_with_the_command() -> None:
    with pytest.raises(UsageFault, match=r"L-29B6F2EB of vpc") as refused:
        asked(PLATFORM, tenants=40)
    used = int(str(refused.value).split("L-29B6F2EB of vpc): ")[1].split()[0])
    assert used > 50
    assert "the account has 50; aws service-quotas request-service-quota-increase --service-code vpc" in str(
        refused.value
    )
    assert f"--quota-code L-29B6F2EB --desired-value {used} --region eu-central-1" in str(refused.value)


@pytest.mark.usefixtures("aws")
def test_the_accounts_own_value_wins_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    with_quotas(monkeypatch, 1_000_000)
    assert asked("demo") is None
    with_quotas(monkeypatch, 0.0)
    with pytest.raises(UsageFault, match=r"L-1194D53C of eks.: 1 needed in eu-central-1, the account has 0;"):
        asked("demo")


@pytest.mark.usefixtures("aws")
def test_quotas_of_iam_are_asked_where_iam_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asks: list[tuple[str, str, str]] = []
    with_quotas(monkeypatch, 1_000_000, asks)
    asked("demo")
    assert {region for service, _, region in asks if service == "iam"} == {"us-east-1"}
    assert {region for service, _, region in asks if service != "iam"} == {"eu-central-1"}
    assert len(asks) == len(set(asks)) >= 12


@pytest.mark.usefixtures("aws")
def test_what_the_account_does_not_tell_is_a_warning_and_no_pass() -> None:
    warning = asked("demo")
    assert warning is not None
    assert "L-DB2E81BA" in warning
    assert "L-F678F1CE" not in warning  # VPCs: told
