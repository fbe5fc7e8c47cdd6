"""The table of host names holds what botocore resolves, for every service and region."""

from functools import cache

import botocore.session
import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import UnknownServiceError
from codekeep_contracts.service_hosts import SERVICE_HOSTS, covers, resource_hosts, service_hosts

from stacks.spec.regions import REGIONS

OTHER_PARTITIONS = ("cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1", "eusc-de-east-1")
BOTOCORE = {"aps": "amp", "ecr.api": "ecr", "elasticloadbalancing": "elbv2", "monitoring": "cloudwatch"}
NOT_IN_BOTOCORE = {"aps-workspaces", "ec2messages", "ecr.dkr", "guardduty-data", "ssmmessages"}


@cache
def provider(service: str) -> EndpointProvider:
    loader = botocore.session.get_session().get_component("data_loader")
    return EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), loader.load_data("partitions"))


def resolved(service: str, region: str) -> set[str]:
    rules = provider(BOTOCORE.get(service, service))
    urls = (rules.resolve_endpoint(Region=region, UseDualStack=dual, UseFIPS=False).url for dual in (False, True))
    return {url.removeprefix("https://") for url in urls}


@pytest.mark.parametrize("region", [*sorted(REGIONS), *OTHER_PARTITIONS])
def test_every_name_is_botocores(region: str) -> None:
    for service in SERVICE_HOSTS.keys() - NOT_IN_BOTOCORE:
        names, expected = set(service_hosts(service, region)), resolved(service, region)
        assert names == expected or (service == "secretsmanager" and names > expected), service


@pytest.mark.parametrize("service", sorted(NOT_IN_BOTOCORE))
def test_only_what_botocore_does_not_know_is_written_by_hand(service: str) -> None:
    with pytest.raises(UnknownServiceError):
        provider(service)


def test_a_pattern_covers_the_names_below_it() -> None:
    assert covers("*.eu-central-1.amazonaws.com", "kms.eu-central-1.amazonaws.com")
    assert covers("*.eu-central-1.amazonaws.com", "*.dkr.ecr.eu-central-1.amazonaws.com")
    assert covers("*.eu-central-1.amazonaws.com", "*.eu-central-1.amazonaws.com")
    assert not covers("*.eu-central-1.amazonaws.com", "eks-auth.eu-central-1.api.aws")
    assert not covers("git.example.com", "*.git.example.com")
    assert not covers("*.git.example.com", "git.example.com")
    assert not covers("*.example.com", "evilexample.com")
    assert resource_hosts("cn-north-1")["cluster"] == ("*.cn-north-1.eks.amazonaws.com.cn",)
