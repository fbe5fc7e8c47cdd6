"""The gateway and the webhook receiver: contract, probes, scaling."""

from collections.abc import Callable

import pulumi
import pytest
from codekeep_contracts.pods import GATEWAY_PORT, HEALTH_PATH

from components.naming import Keep
from components.network.entry import EntryArgs
from components.release.gateway import Gateway, GatewayArgs
from components.release.webhook import Webhook, WebhookArgs
from tests.components.contract import assert_contract
from tests.components.recording import Recording, record
from tests.components.release.bases import make_base

DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
TARGETS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/acme-entry/1"


def gateway(seats: int = 250) -> Recording[Gateway]:
    def program() -> Gateway:
        args = GatewayArgs(base=make_base(), target_group_arn=TARGETS, seats=seats, settings_digest="0a1b")
        return Gateway("acme-gateway", args)

    return record(program)


def webhook() -> Recording[Webhook]:
    return record(lambda: Webhook("acme-webhook", WebhookArgs(base=make_base(), settings_digest="0a1b")))


@pytest.mark.parametrize("recorded", [gateway, webhook])
def test_servers_keep_the_contract(recorded: Callable[[], Recording[pulumi.ComponentResource]], keep: Keep) -> None:
    assert_contract(recorded(), keep)


def test_the_entry_and_the_gateway_use_the_same_port_and_path() -> None:
    defaults = {name: each.default for name, each in EntryArgs.__dataclass_fields__.items()}
    assert (defaults["target_port"], defaults["health_path"]) == (GATEWAY_PORT, HEALTH_PATH)


def test_the_gateways_pods_are_registered_with_the_entry() -> None:
    recording = gateway()
    service = recording.one(SERVICE).inputs
    binding = recording.one(BINDING).inputs["spec"]
    assert binding["targetGroupARN"] == TARGETS
    assert binding["targetType"] == "ip"
    [port] = service["spec"]["ports"]
    assert binding["serviceRef"] == {"name": service["metadata"]["name"], "port": port["port"]}
    [container] = recording.one(DEPLOYMENT).inputs["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"name": port["targetPort"], "containerPort": GATEWAY_PORT}]
    assert "networking" not in binding


@pytest.mark.parametrize("recorded", [gateway, webhook])
def test_a_server_has_spread_probes_and_a_drain_period(
    recorded: Callable[[], Recording[pulumi.ComponentResource]],
) -> None:
    recording = recorded()
    deployment = recording.one(DEPLOYMENT).inputs["spec"]
    pod = deployment["template"]["spec"]
    [container] = pod["containers"]
    assert {"readinessProbe", "livenessProbe"} <= container.keys()
    assert pod["topologySpreadConstraints"]
    assert pod["nodeSelector"]["codekeep.dev/role"] == "system"
    assert pod["priorityClassName"] == "codekeep-acme-serving"
    assert deployment["template"]["metadata"]["annotations"]["codekeep.dev/settings-digest"] == "0a1b"
    selectors = [
        deployment["selector"]["matchLabels"],
        recording.one(SERVICE).inputs["spec"]["selector"],
        recording.one(BUDGET).inputs["spec"]["selector"]["matchLabels"],
    ]
    labels = deployment["template"]["metadata"]["labels"]
    assert all(selector.items() <= labels.items() for selector in selectors)
    assert recording.one(SERVICE).inputs["spec"]["type"] == "ClusterIP"


def test_running_answers_finish_before_a_gateway_stops() -> None:
    pod = gateway().one(DEPLOYMENT).inputs["spec"]["template"]["spec"]
    waits = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] == waits + 120


@pytest.mark.parametrize(("seats", "most"), [(1, 4), (250, 4), (251, 6), (2_000, 18), (100_000, 20)])
def test_the_gateway_scales_with_its_seats(seats: int, most: int) -> None:
    spec = gateway(seats).one(SCALER).inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, most)


def test_a_gateway_without_seats_is_refused() -> None:
    with pytest.raises(ValueError, match="seats must be 1 or more, got 0"):
        gateway(0)
