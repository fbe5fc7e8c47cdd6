"""Account-wide block storage settings through the provider. In a region of their own: they are one per region."""

ENCRYPTION = "aws:ebs/encryptionByDefault:EncryptionByDefault"
KEY = "aws:ebs/defaultKmsKey:DefaultKmsKey"
REGION = "eu-north-1"


def test_encryption_by_default_lives(lifecycle, plugin):
    def drift(api, held):
        api.client("ec2").disable_ebs_encryption_by_default()

    lifecycle(
        ENCRYPTION,
        {"enabled": True, "region": REGION},
        {"enabled": False, "region": REGION},
        drift=drift,
        importable=False,
        gone_after_delete=False,
    )
    assert plugin.api(REGION).client("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


def test_the_default_key_lives(lifecycle, plugin):
    first, second = (plugin.api(REGION).client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    held = lifecycle(
        KEY,
        {"keyArn": first, "region": REGION},
        {"keyArn": second, "region": REGION},
        expect_replace={"keyArn"},
        importable=False,
    )
    assert held.id == first
