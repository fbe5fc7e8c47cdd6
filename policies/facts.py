"""What the rules must know about a tenant, read from the spec document in the stack's configuration.

The spec's types are not imported; tests/policies/test_facts.py compares the field names with stacks/spec.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

CONFIG_TENANT = "codekeep:tenant"
CONFIG_PLATFORM = "codekeep:platform"
CONFIG_REGIONS = "codekeep:allowedRegions"

DATA_CLASSES = ("code", "index", "model", "eval", "prompt", "audit", "log", "secret")


class FactsError(ValueError):
    """The configuration does not say what the rules must know."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The agreement that a keep is judged against, from the spec; empty or None where the spec says nothing."""

    tenant: str
    tier: str
    account_id: str
    primary_region: str
    allowed_regions: frozenset[str]
    recovery_region: str | None = None
    deployer_role_arn: str | None = None
    customer_key_accounts: frozenset[str] = frozenset()
    egress: str = "none"  # none | allow-list
    egress_domains: frozenset[str] = frozenset()
    transit_gateways: frozenset[str] = frozenset()  # that lead to the deployers
    endpoint_services: frozenset[str] = frozenset()
    entry_principals: frozenset[str] = frozenset()
    retention_days: Mapping[str, int] = field(default_factory=dict)
    audit_lock: str | None = None  # compliance | governance
    key_deletion_days: int | None = None
    protect: bool = True  # False: the keep is a trial, which may be deleted
    prompt_storage: Mapping[str, Any] = field(default_factory=dict)
    gpu_nodes: int | None = None
    monthly_budget_usd: float | None = None
    has_detectors: bool = False  # the account has GuardDuty and Access Analyzer already
    platform: bool = False
    admitted_tenants: frozenset[str] = frozenset()  # the keeps of a platform

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Facts":
        """Facts from a stack's configuration (full keys; objects as mappings or as JSON text).

        Raises:
            FactsError: neither a tenant nor a platform nor `codekeep:allowedRegions` is in it.
        """
        for key, platform in ((CONFIG_TENANT, False), (CONFIG_PLATFORM, True)):
            if key in config:
                return _of_document(_parsed(key, config[key]), platform=platform)
        if CONFIG_REGIONS in config:
            return _of_regions(config[CONFIG_REGIONS])
        raise FactsError(
            f"the configuration holds none of {CONFIG_TENANT}, {CONFIG_PLATFORM} and {CONFIG_REGIONS}; "
            f"for a program without a spec pass --config {CONFIG_REGIONS}=eu-central-1,eu-west-1"
        )

    def to_json(self) -> dict[str, Any]:
        """A document for a saved graph; it contains nothing secret."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, document: Any) -> "Facts":
        """Reads what `to_json` wrote.

        Raises:
            FactsError: it is no object, or a field is missing or unknown.
        """
        if not isinstance(document, Mapping):
            raise FactsError(f"facts must be an object, got {type(document).__name__}")
        sets = {each.name for each in fields(cls) if str(each.type).startswith("frozenset")}
        values: dict[str, Any] = {name: frozenset(value) if name in sets else value for name, value in document.items()}
        try:
            return cls(**values)
        except TypeError as fault:
            raise FactsError(f"facts: {fault}; save the graph again with `codekeep graph --format json`") from fault


def _of_document(document: Mapping[str, Any], *, platform: bool) -> Facts:
    account, regions = _part(document, "account"), _part(document, "regions")
    egress = _part(_part(document, "network"), "egress")
    api_access = _part(_part(document, "deployer"), "api_access")
    held = _part(_part(document, "keys"), "customer_held")
    links = [*document.get("git_links", ()), *document.get("registry_links", ())]
    caps, budget = _part(document, "caps"), _part(document, "budget")
    try:
        return Facts(
            tenant=document["name"],
            tier=document.get("tier", "pooled"),
            account_id=str(account["id"]),
            primary_region=regions["primary"],
            allowed_regions=frozenset(regions["allowed"]),
            recovery_region=regions.get("recovery"),
            deployer_role_arn=account.get("deployer_role_arn"),
            customer_key_accounts=frozenset(arn.split(":")[4] for arn in held.values()),
            egress=egress.get("mode", "none"),
            egress_domains=frozenset(egress.get("domains", ())),
            transit_gateways=frozenset(filter(None, [api_access.get("transit_gateway")])),
            endpoint_services=frozenset(link["endpoint_service"] for link in links),
            entry_principals=frozenset(_part(document, "access").get("entry_principals", ())),
            retention_days=_retention(document),
            audit_lock=_part(document, "retention").get("audit_lock"),
            key_deletion_days=_part(document, "keys").get("deletion_window_days"),
            protect=document.get("protect", True),
            prompt_storage=dict(_part(document, "prompt_storage")),
            gpu_nodes=caps.get("gpu_nodes", document.get("gpu_nodes")),
            monthly_budget_usd=budget.get("monthly_usd"),
            has_detectors=bool(account.get("has_detectors", False)),
            platform=platform,
            admitted_tenants=frozenset(document.get("tenants", ())),
        )
    except (KeyError, IndexError, TypeError, AttributeError) as fault:
        raise FactsError(f"the spec lacks what the rules need: {fault}; run codekeep spec check on it") from fault


def _retention(document: Mapping[str, Any]) -> Mapping[str, int]:
    """Days by data class; those of prompts are in another part of the spec."""
    days = {name: value for name, value in _part(document, "retention").items() if name != "audit_lock"}
    prompts = _part(document, "prompt_storage").get("retention_days")
    return days if prompts is None else {**days, "prompt": prompts}


def _of_regions(value: Any) -> Facts:
    regions = [each.strip() for each in value.split(",")] if isinstance(value, str) else list(value)
    if not regions or not all(regions):
        raise FactsError(f"{CONFIG_REGIONS} must name regions, separated by commas, got {value!r}")
    return Facts(
        tenant="", tier="", account_id="", primary_region=regions[0], allowed_regions=frozenset(regions), egress=""
    )


def _parsed(key: str, value: Any) -> Mapping[str, Any]:
    try:
        document = json.loads(value) if isinstance(value, str) else value
    except ValueError as fault:
        raise FactsError(f"{key} is not JSON: {fault}") from fault
    if not isinstance(document, Mapping):
        raise FactsError(f"{key} must be an object, got {type(document).__name__}")
    return document


def _part(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = document.get(key) or {}
    if not isinstance(part, Mapping):
        raise FactsError(f"{key} must be an object, got {part!r}")
    return part
