"""Compares a pooled keep with the platform it names: the checks that need both specs."""

from collections.abc import Iterator

from stacks.spec.problems import Problem, shown_value
from stacks.spec.rules import Draft
from stacks.spec.rules.compute import platform_model_problems
from stacks.spec.tenant import PlatformSpec, TenantSpec


def platform_problems(spec: TenantSpec, platform: PlatformSpec) -> Iterator[Problem]:
    """Returns a problem for everything in a pooled keep's spec that contradicts its platform."""
    stack = spec.platform.stack if spec.platform is not None else ""
    yield from _location_problems(spec, platform, stack)
    for name in ("git_links", "registry_links"):
        for index, link in enumerate(getattr(spec, name)):
            if link.host not in platform.link_domains:
                yield Problem(
                    path=f"{name}[{index}].host",
                    got=shown_value(link.host),
                    allowed=f"a host the platform resolves: {', '.join(platform.link_domains) or 'none yet'}",
                    remedy=f"add {link.host} to link_domains in Pulumi.{stack}.yaml",
                )
    if spec.name not in platform.tenants:
        yield Problem(
            path="name",
            got=shown_value(spec.name),
            allowed=f"a tenant the platform admits: {', '.join(platform.tenants) or 'none yet'}",
            remedy=f"add {spec.name} to tenants in Pulumi.{stack}.yaml",
        )
    yield from platform_model_problems(Draft.of(spec), {pool.name: pool for pool in platform.pools})


def _location_problems(spec: TenantSpec, platform: PlatformSpec, stack: str) -> Iterator[Problem]:
    zones = spec.platform.zones if spec.platform is not None else ()
    places: tuple[tuple[str, object, object, str], ...] = (
        ("platform.zones", list(zones), list(platform.network.zones), "list of zones"),
        ("regions.primary", spec.regions.primary, platform.regions.primary, "region"),
        ("account.id", spec.account.id, platform.account.id, "account"),
    )
    for path, got, wanted, what in places:
        if got != wanted:
            yield Problem(
                path=path,
                got=shown_value(got),
                allowed=f"{wanted}, the {what} of the platform {stack}",
                remedy=f"choose a platform in that {what}, or correct {path}",
            )
