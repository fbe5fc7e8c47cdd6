"""`codekeep check --live` on a deployed stack: no finding as deployed; changes made outside of Pulumi are reported."""

import json
from typing import Any

from tests.cli.conftest import Keep

PROGRAM = """
import pulumi
import pulumi_aws as aws

role = "arn:aws:iam::111122223333:role/deployer"
home = aws.Provider("home", region="eu-west-1", assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role)])
inside = pulumi.ResourceOptions(provider=home)
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", opts=inside)
group = aws.ec2.SecurityGroup("api", vpc_id=vpc.id, description="api", opts=inside)
aws.vpc.SecurityGroupIngressRule(
    "https",
    security_group_id=group.id,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="10.0.0.0/16",
    opts=inside,
)
aws.kms.Key("data", enable_key_rotation=True, opts=inside)
aws.s3.Bucket("files", bucket="small-files", opts=inside)
pulumi.export("group", group.id)
"""
SPEC = {
    "name": "small",
    "tier": "dedicated",
    "account": {"id": "111122223333", "deployer_role_arn": "arn:aws:iam::111122223333:role/deployer"},
    "regions": {"primary": "eu-west-1", "allowed": ["eu-west-1"]},
}


def deployed(keep: Keep) -> Keep:
    keep.write(program=PROGRAM)
    keep.sandbox("up", "dev", "--yes")
    # The agreement is only for the rules: this program knows no spec.
    (keep.root / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"codekeep:tenant": SPEC}}))
    return keep


def live(keep: Keep) -> list[dict[str, Any]]:
    document = json.loads(keep.sandbox("check", "--live", "dev", "--format", "json", code=None).out)
    assert document["faults"] == []
    (stack,) = document["stacks"]
    assert next(rule["resources"] for rule in stack["rules"] if rule["id"] == "live-missing") == 5
    return [*stack["violations"], *stack["undecided"]]


def account(keep: Keep, service: str) -> Any:
    """A boto3 client in the account that the stack was deployed into."""
    import boto3

    url = json.loads(keep.run("sandbox", "status", "--json").out)["url"]
    plain = {"endpoint_url": url, "region_name": "eu-west-1"}
    sts = boto3.client("sts", **plain, aws_access_key_id="x", aws_secret_access_key="x")
    role = SPEC["account"]["deployer_role_arn"]  # type: ignore[index]
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.client(
        service,
        **plain,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def named(findings: list[dict[str, Any]], rule: str) -> list[str]:
    return [each["urn"].rpartition("::")[2] for each in findings if each["rule"] == rule]


def test_changes_made_outside_of_pulumi_are_reported(keep: Keep) -> None:
    before = live(deployed(keep))
    ec2, kms, s3 = (account(keep, service) for service in ("ec2", "kms", "s3"))
    group = json.loads(keep.sandbox("outputs", "dev", "--json").out)["group"]
    opened = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=opened)
    (key,) = [each["KeyId"] for each in kms.list_keys()["Keys"]]
    kms.disable_key_rotation(KeyId=key)
    s3.delete_bucket(Bucket="small-files")
    after = live(keep)

    assert not [each for each in before if each["rule"].startswith("live-")]
    assert not [each for each in before if each["rule"] == "key-rotation" and each["verdict"] == "violation"]
    (stray,) = named(after, "live-stray")
    assert stray.startswith("api/")
    about_stray = {each["rule"] for each in after if each["urn"].endswith(stray)} - {"live-stray"}
    assert about_stray & {each["rule"] for each in after if "0.0.0.0/0" in each["message"]}
    assert named(after, "live-missing") == ["files"]
    rotation = [each for each in after if each["rule"] == "key-rotation" and each["property"] == "enableKeyRotation"]
    assert [each["verdict"] for each in rotation] == ["violation"]


def test_a_live_check_of_a_stack_never_deployed_is_refused(keep: Keep) -> None:
    keep.write()
    (keep.root / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"codekeep:tenant": SPEC}}))
    ran = keep.sandbox("check", "--live", "dev", code=2)
    assert "was never brought up" in ran.out
