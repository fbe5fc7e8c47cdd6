"""The plugin as a process that serves gRPC, as an engine starts it."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc

from tests.sandbox.aws.harness import _plain, _struct, urn

GROUP = "aws:cloudwatch/logGroup:LogGroup"


@pytest.fixture
def provider(sandbox_environment: Path) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.aws", "127.0.0.1:1", "-logflow"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(proto.ConfigureRequest(args=_struct({"region": "eu-central-1"}), acceptSecrets=True))
        yield stub
    process.terminate()
    process.wait()
    process.stdout.close()


def test_resources_are_created_concurrently(provider):
    assert provider.GetPluginInfo(proto.PluginInfo()).version.startswith("7.")

    def create(number: int) -> str:
        name = f"plugin-{number}"
        checked = provider.Check(proto.CheckRequest(urn=urn(GROUP, name), news=_struct({}), randomSeed=b"x"))
        made = provider.Create(proto.CreateRequest(urn=urn(GROUP, name), properties=checked.inputs))
        assert _plain(made.properties)["arn"].endswith(made.id)
        return str(made.id)

    with ThreadPoolExecutor(16) as threads:
        ids = list(threads.map(create, range(60)))
    assert len(set(ids)) == 60


def test_errors_are_one_line_without_a_traceback(provider):
    with pytest.raises(grpc.RpcError) as error:
        provider.Check(proto.CheckRequest(urn=urn("aws:kms/kye:Kye", "a"), news=_struct({})))
    assert error.value.details() == "the official aws provider has no type 'aws:kms/kye:Kye'; did you mean 'Key'?"
    checked = provider.Check(proto.CheckRequest(urn=urn(GROUP, "a"), news=_struct({"tagz": {}})))
    assert [failure.property for failure in checked.failures] == ["tagz"]


def test_a_change_of_configuration_does_not_replace_a_provider(provider):
    request = proto.DiffRequest(
        urn="urn:pulumi:test::codekeep::pulumi:providers:aws::keep",
        old_inputs=_struct({"region": "eu-central-1"}),
        news=_struct({"region": "eu-west-1"}),
    )
    answer = provider.DiffConfig(request)
    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == []
