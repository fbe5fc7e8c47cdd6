"""An address that starts with http:// is a connection without TLS, whatever answers there."""

import re
from collections.abc import Iterator, Mapping

from policies.conditions import Condition, Expectation, none_of
from policies.environments import settings_of
from policies.graph import SECRET, UNKNOWN, Node
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, encryption_rule

# Inside one machine, or one cluster: pods reach each other over the nodes' own encryption (Nitro) and network policies.
_NAMED_FOR = ("_URL", "_URI", "_ENDPOINT")
_PLAIN = re.compile(r"http://([^\s/:\"'?#]+)", re.IGNORECASE)
_INSIDE = re.compile(
    r"^(localhost|127(\.\d+){3}|\[?::1]?|0\.0\.0\.0|169\.254(\.\d+){2}|[a-z0-9-]+|[a-z0-9.-]+\.svc(\.cluster\.local)?)$",
    re.IGNORECASE,
)


def _plain(text: str) -> str | None:
    """The first host outside machine and cluster that is addressed without TLS."""
    return next((host for host in _PLAIN.findall(text) if not _INSIDE.match(host)), None)


HTTPS = Condition(lambda value: not _plain(str(value)), "must be https://")
ADDRESSES: Mapping[str, str] = {
    "aws:sns/topicSubscription:TopicSubscription": "endpoint",
    "aws:apigateway/integration:Integration": "uri",
    "aws:apigatewayv2/integration:Integration": "integrationUri",
    "aws:cloudwatch/eventApiDestination:EventApiDestination": "invocationEndpoint",
    "aws:cloudwatch/eventConnection:EventConnection": "authParameters.oauth.authorizationEndpoint",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "httpEndpointConfiguration.url",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "url",
}

RULE = encryption_rule(
    id="no-plain-http",
    title="No address that a workload or a service is given starts with http://",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="The client uses the protocol of the address; nothing on the way adds TLS.",
    remedy="write https://, and give the target a certificate that the client trusts",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    expects={type_: (Expectation(path, HTTPS, optional=True),) for type_, path in ADDRESSES.items()},
)


@RULE.check
def uses_https(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == "aws:sns/topicSubscription:TopicSubscription":
        yield from RULE.require(node, "protocol", none_of("http"), optional=True)
    for setting in settings_of(node):
        if (setting.value is UNKNOWN or setting.value is SECRET) and (setting.name or "").endswith(_NAMED_FOR):
            yield RULE.undecided(node, setting.path)
        if setting.text and (host := _plain(setting.text)):
            yield RULE.violation(node, setting.path, f"uses plain HTTP to {host}: must be https://")
