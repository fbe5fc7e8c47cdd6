"""Launch templates through the provider."""

import base64

import pytest

from sandbox.aws.values import UNKNOWN
from tests.sandbox.aws.harness import ProviderError

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FULL = {
    "imageId": "ami-1",
    "instanceType": "p5.48xlarge",
    "userData": base64.b64encode(b"[settings.kubernetes]").decode(),
    "updateDefaultVersion": True,
    "description": "of a test",
    "vpcSecurityGroupIds": ["sg-2", "sg-1"],
    "blockDeviceMappings": [
        {
            "deviceName": "/dev/xvdb",
            "ebs": {
                "volumeSize": 500,
                "volumeType": "gp3",
                "iops": 3000,
                "throughput": 125,
                "encrypted": "true",
                "kmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/k",
                "deleteOnTermination": "true",
            },
        }
    ],
    "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
    "monitoring": {"enabled": True},
    "ebsOptimized": "true",
    "placement": {"tenancy": "host", "hostResourceGroupArn": "arn:aws:resource-groups:eu-central-1:1:group/g"},
    "capacityReservationSpecification": {"capacityReservationTarget": {"capacityReservationId": "cr-1"}},
    "networkInterfaces": [{"deviceIndex": 0, "interfaceType": "efa", "securityGroups": ["sg-1"]}],
    "privateDnsNameOptions": {"hostnameType": "resource-name", "enableResourceNameDnsAaaaRecord": False},
    "tagSpecifications": [{"resourceType": "instance", "tags": {"a": "b"}}],
    "tags": {"a": "b"},
}


def test_a_template_passes_the_lifecycle(lifecycle):
    def drift(api, made):
        data = {"ImageId": "ami-evil", "InstanceType": "p5.48xlarge"}
        api.client("ec2").create_launch_template_version(LaunchTemplateId=made.id, LaunchTemplateData=data)

    changed = {**FULL, "instanceType": "p4d.24xlarge", "metadataOptions": {"httpTokens": "required"}, "tags": {}}
    made = lifecycle(TEMPLATE, FULL, changed, drift=drift)
    assert made.outputs["latestVersion"] == made.outputs["defaultVersion"] == 1
    assert made.outputs["name"].startswith(made.name)


def test_each_change_makes_a_version_which_becomes_the_default_if_requested(plugin, unique):
    made = plugin.create(TEMPLATE, unique, FULL)
    second = plugin.update(made, {**FULL, "imageId": "ami-2"})
    assert (second.outputs["latestVersion"], second.outputs["defaultVersion"]) == (2, 2)
    third = plugin.update(second, {**FULL, "imageId": "ami-3", "updateDefaultVersion": False})
    assert (third.outputs["latestVersion"], third.outputs["defaultVersion"]) == (3, 2)
    tagged = plugin.update(third, {**third.inputs, "tags": {"c": "d"}})
    assert tagged.outputs["latestVersion"] == 3, "tags are the template's, not a version's"


def test_a_preview_shows_the_version_as_unknown(plugin, unique):
    made = plugin.create(TEMPLATE, unique, FULL)
    assert plugin.update(made, {**FULL, "imageId": "ami-2"}, preview=True).outputs["latestVersion"] is UNKNOWN
    assert plugin.update(made, {**FULL, "tags": {}}, preview=True).outputs["latestVersion"] == 1


def test_another_name_replaces_a_template(lifecycle, unique):
    inputs = {"name": f"{unique}-a", "imageId": "ami-1"}
    lifecycle(TEMPLATE, inputs, {**inputs, "name": f"{unique}-b"}, expect_replace={"name"})


def test_a_value_that_the_api_lacks_is_refused_by_name(plugin, unique):
    with pytest.raises(ProviderError, match="HttpTokens"):
        plugin.create(TEMPLATE, unique, {**FULL, "metadataOptions": {"httpTokens": "sometimes"}})
