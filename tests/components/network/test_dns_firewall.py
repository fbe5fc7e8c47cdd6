"""The DNS firewall: names that a keep can resolve, and names that it cannot."""

import re
from typing import Any

import pytest

from components.naming import Keep
from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs, aws_domains
from components.network.endpoints import INTERFACE_SERVICES
from tests.components.contract import assert_contract
from tests.components.recording import REGION, Recording, record

RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
NAMES = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
DUAL_STACK = {"cn-north-1": "api.amazonwebservices.com.cn", "eusc-de-east-1": "api.amazonwebservices.eu"}
ATTACHED = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"


def build(keep: Keep, **args: Any) -> Recording[DnsFirewall]:
    return record(lambda: DnsFirewall("acme-dns", DnsFirewallArgs(keep=keep, vpc_id="vpc-1", **args)))


def resolves(recording: Recording[DnsFirewall], name: str) -> bool:
    """Whether a name resolves: evaluates the rules by priority, as the resolver does."""
    for rule in sorted(recording.of_type(RULE), key=lambda node: int(node.inputs["priority"])):
        domains = next(node for node in recording.of_type(NAMES) if node.id == rule.inputs["firewallDomainListId"])
        if any(_matches(domain, name) for domain in domains.inputs["domains"]):
            return bool(rule.inputs["action"] == "ALLOW")
    return True


def _matches(domain: str, name: str) -> bool:
    return domain == "*" or (name.endswith(domain[1:]) if domain.startswith("*.") else name == domain)


@pytest.mark.parametrize(
    "name",
    [
        f"sts.{REGION}.amazonaws.com",
        f"123456789012.dkr.ecr.{REGION}.amazonaws.com",
        f"codekeep-acme-models.s3.{REGION}.amazonaws.com",
        f"vpc-acme-index-abc.{REGION}.es.amazonaws.com",
        f"ABCDEF.gr7.{REGION}.eks.amazonaws.com",
        f"eks-auth.{REGION}.api.aws",  # EKS Pod Identity
        f"ecr.{REGION}.api.aws",  # dual-stack
        f"vpce-0123.vpce-svc-0456.{REGION}.vpce.amazonaws.com",
        f"ip-10-0-0-1.{REGION}.compute.internal",
        "1.0.64.10.in-addr.arpa",
        "git.example.com",
        "files.pythonhosted.org",
    ],
)
def test_what_a_keep_can_resolve(keep: Keep, name: str) -> None:
    assert resolves(build(keep, domains=("git.example.com", "*.pythonhosted.org")), name)


@pytest.mark.parametrize(
    "name",
    [
        "example.com",
        "secret.thief.example.com",
        "evil-git.example.com",
        "git.example.com.thief.net",
        "amazonaws.com.thief.net",
        "sts.us-east-1.amazonaws.com",
        "eks-auth.us-east-1.api.aws",
        f"thief.{REGION}.api.aws",
        "4.3.2.1.in-addr.arpa",  # answered by the owner of 1.2.3.4
        "pythonhosted.org",
    ],
)
def test_what_a_keep_cannot_resolve(keep: Keep, name: str) -> None:
    assert not resolves(build(keep, domains=("git.example.com", "*.pythonhosted.org")), name)


def test_other_names_get_nxdomain_and_a_failure_blocks(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    allowed, blocked = sorted(recording.of_type(RULE), key=lambda node: int(node.inputs["priority"]))
    assert (allowed.inputs["action"], blocked.inputs["action"]) == ("ALLOW", "BLOCK")
    assert blocked.inputs["blockResponse"] == "NXDOMAIN"
    config = recording.one("aws:route53/resolverFirewallConfig:ResolverFirewallConfig")
    assert config.inputs == {"resourceId": "vpc-1", "firewallFailOpen": "DISABLED"}


def test_rules_are_attached_once_complete(keep: Keep) -> None:
    recording = build(keep)
    attached = recording.one(ATTACHED)
    assert len(recording.of_type(RULE)) == 2
    assert all(recording.depends_on(attached, rule) for rule in recording.of_type(RULE))
    assert attached.inputs["mutationProtection"] == "DISABLED"
    assert 100 < attached.inputs["priority"] < 9900  # the priorities that AWS allows
    assert build(keep, protect=True).one(ATTACHED).inputs["mutationProtection"] == "ENABLED"


@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
def test_aws_names_contain_no_bare_wildcard(region: str) -> None:
    domains = aws_domains(region, INTERFACE_SERVICES)
    assert domains
    assert f"eks-auth.{region}.{DUAL_STACK.get(region, 'api.aws')}" in domains
    for domain in domains:
        assert re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", domain), domain
        assert domain.count(".") >= 2, domain


@pytest.mark.parametrize("domain", ["*", "*.", "", "example.com.", ".example.com"])
def test_a_domain_that_matches_too_much_or_nothing_is_refused(keep: Keep, domain: str) -> None:
    with pytest.raises(ValueError, match="domains must be names like"):
        DnsFirewallArgs(keep=keep, vpc_id="vpc-1", domains=(domain,))
