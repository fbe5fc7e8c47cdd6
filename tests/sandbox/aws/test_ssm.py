"""Parameters of the account and those that AWS publishes."""

import pytest

from tests.sandbox.aws.harness import ProviderError

PARAMETER = "aws:ssm/parameter:Parameter"
GET = "aws:ssm/getParameter:getParameter"
IMAGES = "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64"


def test_a_parameter_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        PARAMETER,
        {"name": "/codekeep/acme/endpoint", "type": "String", "value": "a", "description": "d", "tags": {"a": "b"}},
        {"name": "/codekeep/acme/endpoint", "type": "String", "value": "b", "tags": {"a": "c", "d": "e"}},
        drift=lambda api, made: api.client("ssm").put_parameter(Name=made.id, Value="x", Overwrite=True),
        unreadable={"dataType", "tier", "insecureValue"},
    )
    assert made.id == "/codekeep/acme/endpoint"
    assert made.outputs["arn"] == "arn:aws:ssm:eu-central-1:123456789012:parameter/codekeep/acme/endpoint"
    assert made.outputs["version"] == 1


def test_a_secure_parameter_passes_the_lifecycle(lifecycle):
    key = "alias/aws/ssm"
    lifecycle(
        PARAMETER,
        {"type": "SecureString", "keyId": key, "value": "one"},
        {"type": "SecureString", "keyId": key, "value": "two", "tier": "Advanced"},
        unreadable={"dataType", "tier"},
    )


def test_an_insecure_value_is_not_copied_into_the_secret_one(lifecycle):
    made = lifecycle(
        PARAMETER,
        {"type": "StringList", "insecureValue": "a,b", "allowedPattern": "[a-z,]+"},
        {"type": "StringList", "insecureValue": "a,b,c", "allowedPattern": "[a-z,]+"},
        unreadable={"dataType", "tier", "value"},
    )
    assert "value" not in made.outputs


@pytest.mark.parametrize("change", [{"tier": "Standard"}, {"dataType": "aws:ec2:image"}])
def test_some_properties_replace_a_parameter(plugin, unique, change):
    inputs = {"type": "String", "value": "a", "tier": "Advanced", "dataType": "text"}
    made = plugin.create(PARAMETER, unique, inputs)
    assert plugin.diff(made, {**inputs, **change}).replaces == list(change)


def test_a_parameter_is_found(plugin, unique):
    made = plugin.create(PARAMETER, unique, {"type": "String", "value": "a"})
    found = plugin.invoke(GET, {"name": made.id})
    assert (found["value"], found["insecureValue"], found["arn"]) == ("a", "a", made.outputs["arn"])
    with pytest.raises(ProviderError, match="ParameterNotFound"):
        plugin.invoke(GET, {"name": "/nobody"})


def test_public_image_parameters_are_found(plugin):
    linux = plugin.invoke(GET, {"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"})
    assert linux["value"].startswith("ami-")
    image = plugin.invoke(GET, {"name": f"{IMAGES}/standard/recommended/image_id"})["value"]
    assert image.startswith("ami-")
    assert image == plugin.invoke(GET, {"name": f"{IMAGES}/standard/recommended/image_id"})["value"]
    assert image != plugin.invoke(GET, {"name": f"{IMAGES}/nvidia/recommended/image_id"})["value"]
    elsewhere = {"name": f"{IMAGES}/standard/recommended/image_id", "region": "eu-west-1"}
    assert image != plugin.invoke(GET, elsewhere)["value"]
    release = plugin.invoke(GET, {"name": f"{IMAGES}/nvidia/recommended/release_version"})["value"]
    assert release.startswith("1.34.")
    with pytest.raises(ProviderError, match="ParameterNotFound"):
        plugin.invoke(GET, {"name": f"{IMAGES}/unheard-of/recommended/image_id"})
