"""A pooled keep against the platform it names: the checks that need both specs."""

from collections.abc import Iterator

from stacks.spec.problems import Problem, shown
from stacks.spec.rules import Draft
from stacks.spec.rules.compute import model_problems
from stacks.spec.tenant import PlatformSpec, TenantSpec


def platform_problems(spec: TenantSpec, platform: PlatformSpec, source: str = "") -> Iterator[Problem]:
    """Everything in a pooled keep's spec that its platform contradicts."""
    yield from _place_problems(spec, platform, source)
    yield from _link_problems(spec, platform, source)
    if spec.name not in platform.tenants:
        yield Problem(
            path="name",
            got=shown(spec.name),
            allowed=f"a tenant the platform admits: {', '.join(platform.tenants) or 'none yet'}",
            remedy=f"add {spec.name} to tenants in Pulumi.{_stack(spec)}.yaml",
            source=source,
        )
    pools = {pool.name: pool for pool in platform.pools}
    for problem in model_problems(Draft.of(spec), pools):
        yield Problem(**{**problem.as_json(), "source": source})


def _link_problems(spec: TenantSpec, platform: PlatformSpec, source: str) -> Iterator[Problem]:
    for name in ("git_links", "registry_links"):
        for index, link in enumerate(getattr(spec, name)):
            if link.host not in platform.link_domains:
                yield Problem(
                    path=f"{name}[{index}].host",
                    got=shown(link.host),
                    allowed=f"a host the platform resolves: {', '.join(platform.link_domains) or 'none yet'}",
                    remedy=f"add {link.host} to link_domains in Pulumi.{_stack(spec)}.yaml",
                    source=source,
                )


def _place_problems(spec: TenantSpec, platform: PlatformSpec, source: str) -> Iterator[Problem]:
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
                got=shown(got),
                allowed=f"{wanted}, the {what} of the platform {_stack(spec)}",
                remedy=f"choose a platform in that {what}, or correct {path}",
                source=source,
            )


def _stack(spec: TenantSpec) -> str:
    return spec.platform.stack if spec.platform is not None else ""
