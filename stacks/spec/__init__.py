"""The spec of a keep: what `Pulumi.<stack>.yaml` may contain, and the problems it may have."""

from stacks.spec.check import (
    Spec,
    check,
    check_platform,
    digest,
    document_in,
    json_schema,
    load,
    load_spec,
    parse,
    parse_platform,
)
from stacks.spec.problems import Problem, SpecError
from stacks.spec.source import PLATFORM_KEY, TENANT_KEY
from stacks.spec.tenant import PlatformSpec, TenantSpec, is_pooled
from stacks.spec.warnings import warnings_of

__all__ = [
    "PLATFORM_KEY",
    "TENANT_KEY",
    "PlatformSpec",
    "Problem",
    "Spec",
    "SpecError",
    "TenantSpec",
    "check",
    "check_platform",
    "digest",
    "document_in",
    "is_pooled",
    "json_schema",
    "load",
    "load_spec",
    "parse",
    "parse_platform",
    "warnings_of",
]
