"""The list of rules in the documentation is the catalogue's."""

from policies.catalogue import catalogue
from policies.reference import reference
from tests.policies.tenants import ROOT

DOCUMENT = ROOT / "docs" / "policies" / "rules.md"


def test_the_documented_rules_are_those_of_the_catalogue() -> None:
    assert catalogue()
    assert DOCUMENT.read_text(encoding="utf-8") == reference(), (
        "run python -m policies.reference > docs/policies/rules.md"
    )
