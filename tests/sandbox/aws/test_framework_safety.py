"""The stand-in connects to loopback only and ignores the machine's own AWS settings."""

import json
import os
import subprocess
import sys

import pytest

from sandbox.aws.api import DUMMY, AwsSession
from sandbox.aws.endpoint import require_loopback
from sandbox.aws.errors import InvalidParameterError, UnsafeEndpointError
from tests.sandbox.aws.harness import Plugin, ProviderError, environment

GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "arn:aws:iam::111122223333:role/deployer"


@pytest.mark.parametrize(
    "url",
    [
        "https://logs.eu-central-1.amazonaws.com",
        "http://logs.eu-central-1.amazonaws.com",
        "http://10.0.0.1:5000",
        "http://0.0.0.0:5000",
        "http://169.254.169.254",
        "http://[2001:db8::1]:80",
        "http://localhost.example.org:5000",
        "http://127.0.0.1.example.org:5000",
        "http://127.0.0.1@example.org/",
        "http://user@127.0.0.1:5000",
        "ftp://127.0.0.1",
        "127.0.0.1:5000",
        "",
    ],
)
def test_endpoints_beyond_the_loopback_interface_are_refused(url):
    with pytest.raises(UnsafeEndpointError, match="refused endpoint"):
        require_loopback(url)
    with pytest.raises(UnsafeEndpointError):
        AwsSession(url, DUMMY, "123456789012")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000", "http://127.9.9.9:1", "http://[::1]:5000", "http://localhost:5000"]
)
def test_loopback_endpoints_pass(url):
    assert require_loopback(url) == url


def test_a_provider_with_an_endpoint_beyond_loopback_is_refused(sandbox_environment):
    with (
        environment(CODEKEEP_SANDBOX_ENDPOINT="https://sts.amazonaws.com"),
        pytest.raises(ProviderError, match="refused"),
    ):
        Plugin()
    with environment(CODEKEEP_SANDBOX_ENDPOINT=""), pytest.raises(ProviderError, match="codekeep sandbox start"):
        Plugin()


def test_a_client_redirected_beyond_loopback_sends_nothing(moto_endpoint):
    client = AwsSession(moto_endpoint, DUMMY, "123456789012").client("sns", "eu-central-1")
    client.meta.events.register("request-created", lambda request, **_: setattr(request, "url", "http://192.0.2.1/"))
    with pytest.raises(UnsafeEndpointError):
        client.list_topics()


def test_the_machines_own_aws_settings_are_ignored(moto_endpoint, tmp_path):
    """Runs in a separate process, because botocore reads its environment once."""
    (tmp_path / "config").write_text("[profile prod]\nregion = us-east-1\nendpoint_url = https://example.org\n")
    script = (
        "import sys\n"
        "from sandbox.aws.api import DUMMY, AwsSession\n"
        "client = AwsSession(sys.argv[1], DUMMY, '123456789012').client('sts', 'eu-central-1')\n"
        "seen = []\n"
        "client.meta.events.register('before-send', lambda request, **_: seen.append(str(request.headers)))\n"
        "print(client.get_caller_identity()['Account'], client.meta.endpoint_url)\n"
        "assert 'AKIAREAL' not in seen[0] and 'AKIASANDBOX' in seen[0], seen\n"
    )
    hostile = {
        "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_PROFILE": "nowhere",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_ENDPOINT_URL": "https://example.org",
        "AWS_ENDPOINT_URL_STS": "https://example.org",
        "AWS_CA_BUNDLE": "/nowhere",
        "HTTP_PROXY": "http://192.0.2.1:3128",
        "http_proxy": "http://192.0.2.1:3128",
    }
    found = subprocess.run(
        [sys.executable, "-c", script, moto_endpoint],
        env={**os.environ, **hostile},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.split() == ["123456789012", moto_endpoint]


def test_check_and_preview_make_no_aws_call(sandbox_environment, tmp_path, unique):
    log = tmp_path / "calls"
    with environment(CODEKEEP_SANDBOX_CALL_LOG=str(log)):
        plugin = Plugin(config={"assumeRoles": json.dumps([{"roleArn": ROLE}])})
        plugin.check(GROUP, unique, {})
        plugin.preview(GROUP, unique, {"retentionInDays": 7})
        assert not log.exists()
        made = plugin.create(GROUP, unique, {"tags": {"secret": "canary-value"}})
        plugin.diff(made, {"retentionInDays": 7})
        before = log.read_text()
        plugin.update(made, {"retentionInDays": 7}, preview=True)
        assert log.read_text() == before
    calls = [json.loads(line) for line in before.splitlines()]
    assert [call["operation"] for call in calls][:3] == ["GetCallerIdentity", "AssumeRole", "CreateLogGroup"]
    created = calls[2]
    assert created["account"] == "111122223333"
    assert created["region"] == "eu-central-1"
    assert created["urn"].endswith(f"::{unique}")
    assert "canary-value" not in before


def test_assuming_a_role_enters_its_account(sandbox_environment, unique):
    plugin = Plugin(config={"assumeRoles": [{"role_arn": ROLE}], "allowedAccountIds": ["111122223333"]})
    made = plugin.create(GROUP, unique, {})
    assert ":111122223333:" in made.outputs["arn"]
    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "111122223333"
    assert Plugin().read(made) is None, "the other account has no such group"


def test_an_account_that_is_not_allowed_is_refused_before_any_call(sandbox_environment, tmp_path):
    log = tmp_path / "calls"
    with environment(CODEKEEP_SANDBOX_CALL_LOG=str(log)):
        with pytest.raises(ProviderError, match="AWS account ID not allowed: 111122223333"):
            Plugin(config={"assumeRoles": [{"roleArn": ROLE}], "allowedAccountIds": ["444455556666"]})
        assert not log.exists()
    with pytest.raises(ProviderError, match="AWS account ID not allowed: 123456789012"):
        Plugin(config={"allowedAccountIds": ["444455556666"]}).create(GROUP, "x", {})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"region": "Frankfurt"}, "region is 'Frankfurt'"),
        ({"assumeRoles": [{"roleArn": "deployer"}]}, r"assumeRoles\[0\].roleArn is 'deployer'"),
        ({"defaultTags": "{"}, "defaultTags is not JSON"),
    ],
)
def test_configuration_errors_name_the_field(sandbox_environment, config, message):
    with pytest.raises(ProviderError, match=message):
        Plugin(config=config)


def test_an_unreachable_account_is_reported_with_the_remedy(sandbox_environment, unique):
    with environment(CODEKEEP_SANDBOX_ENDPOINT="http://127.0.0.1:9"):
        plugin = Plugin()
        with pytest.raises(ProviderError, match=r"does not answer at http://127.0.0.1:9; .*codekeep sandbox start"):
            plugin.create(GROUP, unique, {})


def test_parameters_are_checked_against_the_services_model(moto_endpoint):
    session = AwsSession(moto_endpoint, DUMMY, "123456789012")
    cases = [
        ("kms", "create_key", {"KeySpec": "RSA_1"}, "KeySpec is 'RSA_1'; allowed: RSA_2048"),
        (
            "logs",
            "create_log_group",
            {"logGroupName": "a b"},
            r"logGroupName is 'a b'; it must match \[\\.\\-_/#A-Za-z0-9\]\+",
        ),
        (
            "kms",
            "schedule_key_deletion",
            {"KeyId": "k", "PendingWindowInDays": 400},
            "PendingWindowInDays is 400; allowed: 1 to 365",
        ),
        (
            "sns",
            "create_topic",
            {"Name": "t", "Tags": [{"Key": "k" * 129, "Value": ""}]},
            r"Tags\[0\].Key has 129 characters",
        ),
    ]
    for service, operation, parameters, message in cases:
        with pytest.raises(InvalidParameterError, match=message):
            getattr(session.client(service, "eu-central-1"), operation)(**parameters)


def test_aws_errors_are_reported_with_resource_operation_and_code(plugin, unique):
    plugin.create(GROUP, f"{unique}a", {"name": f"{unique}-taken"})
    with pytest.raises(ProviderError) as error:
        plugin.create(GROUP, f"{unique}b", {"name": f"{unique}-taken"})
    assert "Traceback" not in str(error.value)
    assert f"create {GROUP} '{unique}b': CreateLogGroup: ResourceAlreadyExistsException" in str(error.value)
