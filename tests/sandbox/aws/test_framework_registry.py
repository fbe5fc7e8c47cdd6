"""Properties of every type that the stand-in has."""

import pytest

from awsread.schema import schema_of
from sandbox.aws.check import value_problems
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.registry import all_tokens, is_recorded, resource_for

TOKENS = all_tokens()


def test_every_type_is_found_by_its_token():
    assert len(TOKENS) > 100
    assert all(resource_for(token).token == token for token in TOKENS)


@pytest.mark.parametrize("token", TOKENS)
def test_properties_that_a_type_names_exist_in_the_official_schema(token):
    resource, schema = resource_for(token), schema_of(token)
    inputs = schema.inputs.properties.keys()
    assert resource.replace_on <= inputs, sorted(resource.replace_on - inputs)
    assert resource.ordered <= inputs, sorted(resource.ordered - inputs)
    assert resource.defaults.keys() <= inputs, sorted(resource.defaults.keys() - inputs)
    assert resource.auto_name is None or resource.auto_name in inputs
    faults = [
        fault
        for name, value in resource.defaults.items()
        for fault in value_problems(schema.inputs.properties[name], value, name)
    ]
    assert faults == []


def test_recorded_types_are_marked_as_recorded():
    recorded = [token for token in TOKENS if isinstance(resource_for(token), RecordedResource)]
    assert recorded
    assert all(is_recorded(token) for token in recorded)
    assert not is_recorded("aws:kms/key:Key")
    assert is_recorded("kubernetes:core/v1:Namespace")
