"""What botocore's models say of parameters is read whole."""

from sandbox.aws import clients
from sandbox.aws.refusals import model
from sandbox.aws.services.requests import TAGGING

MORE = ("accessanalyzer", "autoscaling", "budgets", "guardduty", "iam", "network-firewall", "opensearch", "route53")
ALSO = ("route53resolver", "s3", "sts")


def test_every_pattern_of_the_services_that_we_call_can_be_read():
    boto = clients.session()
    seen = 0
    for service in sorted({*TAGGING, *MORE, *ALSO}):
        client = boto.client(
            service,
            region_name="eu-central-1",
            endpoint_url="http://127.0.0.1:9",
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        shapes = client.meta.service_model
        for name in shapes.shape_names:
            pattern = shapes.shape_for(name).metadata.get("pattern")
            if pattern:
                assert model._compiled(pattern) is not None
                seen += 1
    assert seen > 500


def test_rewritten_patterns_take_what_aws_takes():
    name = model._compiled(r"^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$")
    assert all(name.fullmatch(each) for each in ("codekeep-acme", "a/b"))
    assert not any(name.fullmatch(each) for each in ("a:b", "a/action/b", "<SCRIPT></script>"))
