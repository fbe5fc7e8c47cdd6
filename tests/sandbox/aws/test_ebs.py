"""Account-wide block storage settings through the provider. In a region of their own: they are one per region."""

ENCRYPTION = "aws:ebs/encryptionByDefault:EncryptionByDefault"
KEY = "aws:ebs/defaultKmsKey:DefaultKmsKey"
REGION = "eu-north-1"


def test_encryption_by_default_passes_the_lifecycle(lifecycle, plugin):
    def drift(api, made):
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


def test_the_default_key_passes_the_lifecycle(lifecycle, plugin):
    first, second = (plugin.api(REGION).client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    made = lifecycle(
        KEY,
        {"keyArn": first, "region": REGION},
        {"keyArn": second, "region": REGION},
        expect_replace={"keyArn"},
        importable=False,
    )
    assert made.id == first


def test_a_key_outside_the_account_can_be_the_default(plugin, unique):
    arn = "arn:aws:kms:eu-north-1:444455556666:key/11111111-1111-1111-1111-111111111111"
    made = plugin.create(KEY, unique, {"keyArn": arn, "region": REGION})
    assert plugin.read(made).outputs["keyArn"] == arn
    plugin.delete(made)
    assert plugin.read(made) is None
