"""Which infrastructure the tier gives a keep."""

from codekeep_contracts.search_administration import SEARCH_NAMESPACE

from policies.facts import Facts
from policies.rule import Case


def is_pooled(facts: Facts) -> bool:
    """A keep on a shared platform; the platform itself is not one."""
    return bool(facts.tenant) and facts.tier == "pooled" and not facts.platform


def has_own_infrastructure(facts: Facts) -> bool:
    """A keep whose network and cluster are its own."""
    return facts.tier in ("dedicated", "premium") and not facts.platform


def is_platforms_namespace(name: str, facts: Facts) -> bool:
    """Where a pooled keep's roles in the search domain are made. The platform's stack has its policies and limits."""
    return is_pooled(facts) and name == SEARCH_NAMESPACE


def own_prefix(case: Case) -> str:
    """The prefix of the keep's names in AWS and Kubernetes."""
    return f"codekeep-{case.facts.tenant}"
