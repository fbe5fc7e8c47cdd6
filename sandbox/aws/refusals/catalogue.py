"""The catalogue of refusals, by service and operation."""

from functools import cache
from importlib import import_module

from sandbox.aws.refusals.refusal import CATALOGUE, Refusal

MODULES = (
    "backup",
    "budgets",
    "cloudtrail",
    "cloudwatch",
    "ec2",
    "ecr",
    "eks",
    "elbv2",
    "events",
    "guardduty",
    "iam",
    "kms",
    "logs",
    "opensearch",
    "route53",
    "s3",
    "secretsmanager",
    "sqs",
    "ssm",
)


def of(service: str, operation: str) -> tuple[Refusal, ...]:
    """What may be refused of an operation."""
    return _table().get((service, operation), ())


def entries() -> tuple[Refusal, ...]:
    """Every refusal."""
    _load()
    return tuple(CATALOGUE.values())


@cache
def _table() -> dict[tuple[str, str], tuple[Refusal, ...]]:
    table: dict[tuple[str, str], tuple[Refusal, ...]] = {}
    for entry in entries():
        for operation in entry.operations:
            key = (entry.service, operation)
            table[key] = (*table.get(key, ()), entry)
    return table


@cache
def _load() -> None:
    for name in MODULES:
        import_module(f"sandbox.aws.refusals.{name}")
