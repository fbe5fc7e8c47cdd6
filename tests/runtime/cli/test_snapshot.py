"""`snapshot` on one machine, and its requests to a keep's domain. tests/real takes and restores real snapshots."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from codekeep_contracts.faults import SettingsFault, UsageFault
from codekeep_contracts.settings.document import RuntimeSettings
from codekeep_runtime.cli.main import cli
from codekeep_runtime.platform.aws import snapshots
from codekeep_runtime.platform.aws.snapshots import Location
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.keep import KeepPlatform
from opensearchpy import NotFoundError

from components.naming import Keep
from components.storage.vector_index import snapshot_role_arn
from tests.runtime.cli.keep import keep_settings

BUCKET = {"name": "codekeep-demo-snapshots", "prefix": "demo/", "key_arn": None}
ROLE = "arn:aws:iam::111122223333:role/codekeep-demo-index-snapshots"


def settings(**tenant: Any) -> RuntimeSettings:
    return keep_settings(buckets={"snapshots": BUCKET}, tenant=tenant)


def platform(of: RuntimeSettings) -> KeepPlatform:
    return KeepPlatform(RuntimeContext(data=Path("/nowhere"), settings=of))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Mock:
    client = Mock()
    client.snapshot.get_repository.side_effect = NotFoundError(404, "repository_missing_exception", {})
    monkeypatch.setattr("codekeep_runtime.index.opensearch.connect", lambda *_: client)
    return client


@pytest.mark.parametrize("arguments", [["take"], ["list"], ["restore", "first", "--yes"]])
def test_snapshot_on_one_machine_names_the_folder_to_copy(tmp_path: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, ["snapshot", *arguments, "--data", str(tmp_path)], standalone_mode=False)
    assert type(result.exception) is UsageFault
    assert "copy that folder" in str(result.exception)
    assert str(tmp_path / "laptop") in str(result.exception)


def test_the_repository_is_the_keeps_bucket_written_by_its_stacks_role(client: Mock) -> None:
    with platform(settings()).snapshots(Location()):
        pass
    registered = client.snapshot.create_repository.call_args.kwargs
    assert registered["repository"] == "codekeep-demo"
    place_ = {"bucket": BUCKET["name"], "base_path": "demo", "region": settings().regions.primary, "role_arn": ROLE}
    assert registered["body"] == {"type": "s3", "settings": place_}


def test_an_equal_registration_is_left_unchanged(client: Mock) -> None:
    place_ = {"bucket": BUCKET["name"], "base_path": "demo", "region": settings().regions.primary, "role_arn": ROLE}
    client.snapshot.get_repository.side_effect = None
    client.snapshot.get_repository.return_value = {"codekeep-demo": {"type": "s3", "settings": {**place_, "x": "1"}}}
    with platform(settings()).snapshots(Location()):
        pass
    client.snapshot.create_repository.assert_not_called()
    with platform(settings()).snapshots(Location(bucket="other")):
        pass
    client.snapshot.create_repository.assert_called_once()


def test_the_role_is_named_as_the_stack_names_it() -> None:
    keep = Keep(
        tenant="demo",
        tier="dedicated",
        account_id="111122223333",
        region="eu-central-1",
        deployer_role_arn="arn:aws:iam::111122223333:role/deployer",
        spec_digest="0" * 12,
    )
    assert snapshots.snapshot_role_arn(settings()) == snapshot_role_arn(keep) == ROLE


def test_a_pooled_keep_needs_its_platforms_bucket_and_role(client: Mock) -> None:
    pooled = platform(settings(tier="pooled"))
    with pytest.raises(UsageFault, match="--bucket and --role-arn"), pooled.snapshots(Location(bucket="x")):
        pass
    with pooled.snapshots(Location(bucket="platform-snapshots", role_arn=ROLE)):
        pass
    registered = client.snapshot.create_repository.call_args.kwargs["body"]["settings"]
    assert (registered["bucket"], registered["base_path"]) == ("platform-snapshots", "demo")


def test_settings_without_the_bucket_are_reported() -> None:
    with pytest.raises(SettingsFault, match=r"buckets\.snapshots"), platform(keep_settings()).snapshots(Location()):
        pass


def test_folder_and_bucket_exclude_each_other() -> None:
    result = CliRunner().invoke(cli, ["snapshot", "list", "--folder", "/x", "--bucket", "y"])
    assert result.exit_code == 2
    assert "--folder goes without" in result.output
