"""Warnings about a valid spec: what may be wrong, where our sources disagree or do not know."""

from collections.abc import Iterator
from dataclasses import replace

from stacks.spec.offerings import offerings
from stacks.spec.problems import Problem, shown_value
from stacks.spec.tenant import PlatformSpec, TenantSpec, is_pooled


def warnings_of(spec: TenantSpec | PlatformSpec, source: str = "") -> list[Problem]:
    """Every warning. They forbid nothing: `up` asks the account."""
    found = (*_no_way_in(spec), *_doubtful_types(spec), *_unlisted_search_type(spec))
    return [replace(warning, source=source) for warning in found]


def _no_way_in(spec: TenantSpec | PlatformSpec) -> Iterator[Problem]:
    if spec.deployer is None and not is_pooled(spec):
        yield Problem(
            path="deployer.api_access",
            got="nothing, so that nobody but the nodes reaches the private Kubernetes API: `up` on AWS will refuse",
            allowed="the private ranges of the machines that run `up`, and the transit gateway that leads there",
            remedy="add deployer.api_access before the first `up`",
        )


def _doubtful_types(spec: TenantSpec | PlatformSpec) -> Iterator[Problem]:
    region = spec.regions.primary
    for index, pool in enumerate(spec.pools):
        for position, name in enumerate(pool.instance_types):
            if (reason := offerings().doubt(name, region)) is not None:
                yield Problem(
                    path=f"pools[{index}].instance_types[{position}]",
                    got=f"{shown_value(name)} in {region}, of which sources disagree: {reason}",
                    allowed="a type that the account is offered",
                    remedy=f"aws ec2 describe-instance-type-offerings --region {region} "
                    f"--filters Name=instance-type,Values={name}",
                )


def _unlisted_search_type(spec: TenantSpec | PlatformSpec) -> Iterator[Problem]:
    own = spec.vector_index.domain if isinstance(spec, TenantSpec) else None
    path, domain = (
        ("vector_index.domain", own) if isinstance(spec, TenantSpec) else ("search_domain", spec.search_domain)
    )
    if domain is not None and domain.instance_type not in offerings().search_types:
        yield Problem(
            path=f"{path}.instance_type",
            got=f"{shown_value(domain.instance_type)}, which neither AWS's API model nor its guide lists",
            allowed="a type that OpenSearch Service offers in the region",
            remedy=f"aws opensearch list-instance-type-details --region {spec.regions.primary} "
            "--engine-version OpenSearch_2.19",
        )
