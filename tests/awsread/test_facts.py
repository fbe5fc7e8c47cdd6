"""The two tables of facts about types: the generated one, and the one written by hand."""

import json
import tomllib

import pytest

from awsread.facts import FACTS_FILE, SCHEMA_FILE, facts_of
from awsread.schema import schema_of

SCHEMA = json.loads(SCHEMA_FILE.read_text())
FACTS = tomllib.loads(FACTS_FILE.read_text())


def test_the_generated_table_names_its_source():
    assert all(SCHEMA[name] for name in ("source", "commit", "date", "licence"))
    assert len(SCHEMA["replace"]) > 100


@pytest.mark.parametrize("token", sorted({*SCHEMA["replace"], *FACTS}))
def test_every_fact_is_about_an_input(token):
    facts = facts_of(token)
    named = {*facts.replace, *facts.ordered, *facts.defaults, *FACTS.get(token, {}).get("in_place", ())}
    assert named <= schema_of(token).inputs.properties.keys()


@pytest.mark.parametrize("token", sorted(FACTS))
def test_no_exception_repeats_the_generated_table(token):
    generated, written = set(SCHEMA["replace"].get(token, ())), FACTS[token]
    assert not generated & set(written.get("replace", ())), "the generated table has it"
    assert set(written.get("in_place", ())) <= generated, "the generated table does not have it"


def test_exceptions_add_to_the_schema_and_remove_from_it():
    assert {"keyUsage", "xksKeyId"} <= facts_of("aws:kms/key:Key").replace
    assert facts_of("aws:ecr/lifecyclePolicy:LifecyclePolicy").replace == {"repository"}
    assert facts_of("aws:kms/key:Key").defaults["keyUsage"] == "ENCRYPT_DECRYPT"
    assert facts_of("aws:none/none:None").replace == frozenset()
