"""What the agreement says of a keep's ground."""

from policies.facts import Facts
from policies.rule import Case


def is_pooled(facts: Facts) -> bool:
    """A keep on a shared platform; the platform itself is none."""
    return bool(facts.tenant) and facts.tier == "pooled" and not facts.platform


def has_own_ground(facts: Facts) -> bool:
    """A keep whose network and cluster are its own."""
    return facts.tier in ("dedicated", "premium") and not facts.platform


def own_prefix(case: Case) -> str:
    """What the names of the keep's things in AWS and Kubernetes begin with."""
    return f"codekeep-{case.facts.tenant}"
