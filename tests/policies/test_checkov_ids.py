"""Our rules inside Checkov: their numbers never change, and they need no Pulumi."""

import hashlib
import json
import subprocess
import sys

from policies.catalogue import catalogue
from policies.checkov_ids import PREFIX, check_id, is_check, numbers, rule_id, unnumbered
from policies.rule import Scope
from tests.policies.tenants import ROOT

GIVEN = 77
GIVEN_DIGEST = "2e2819179c0861757e6a5575137b92a1ad00f97841c4e25fa5cfa727ca83f97c"
"""The numbers as they were first published: customers' waivers name them."""


def test_every_rule_that_decides_from_one_aws_resource_has_a_number() -> None:
    checks = [rule for rule in catalogue() if is_check(rule)]
    assert len(checks) >= 50
    assert unnumbered() == [], "run python -m policies.checkov_ids"
    for rule in checks:
        assert rule.scope is Scope.RESOURCE
        assert rule_id(check_id(rule)) == rule.id


def test_numbers_are_given_once_and_for_ever() -> None:
    given = list(numbers().items())
    assert [number for _, number in given] == list(range(1, len(given) + 1))
    first = json.dumps(given[:GIVEN]).encode()
    assert hashlib.sha256(first).hexdigest() == GIVEN_DIGEST, "a number was moved or renamed; put it back"


def test_checks_of_others_are_no_rules() -> None:
    assert rule_id("CKV_AWS_1") is None
    assert rule_id(f"{PREFIX}0") is None


def test_rules_and_adapter_import_where_pulumi_is_not_installed() -> None:
    """Checkov's environment has neither Pulumi nor YAML of ours."""
    program = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("pulumi", "pulumi_aws", "pulumi_policy", "pydantic", "click", "jinja2", "rich"):
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from policies.catalogue import catalogue
from policies.checkov_ids import is_check
from policies.tfplan.conf import node_of
assert node_of("aws_kms_key", "k", {"enable_key_rotation": [True]}).inputs == {"enableKeyRotation": True}
print(len([rule for rule in catalogue() if is_check(rule)]))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 50
