"""`ingest queue`: messages of a real queue (moto's), repositories of real Git."""

import signal
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.messages import Push
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.jobs.index_worker import run_worker
from codekeep_runtime.jobs.ingest_queue import work_queue
from codekeep_runtime.platform.aws.services import KeepServices
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.keep import KeepPlatform
from codekeep_runtime.platform.laptop import LaptopPlatform
from codekeep_runtime.platform.runtime import Runtime

from tests.runtime.cli.keep import keep_settings
from tests.runtime.platform.conftest import REGION, aws  # noqa: F401 - a fixture
from tests.runtime.repositories import Repository

LINK, HOST = "ghe", "github.demo.example"


class Work:
    """A keep's queue and repositories, and a runtime on this machine."""

    def __init__(self, client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sqs, self._folder = client, folder
        self._url = client.create_queue(QueueName="ingest")["QueueUrl"]
        self.sources: dict[str, Source] = {}
        monkeypatch.setattr(KeepServices, "sources", lambda _: ((LINK, each) for each in self.sources.values()))
        queue = {"url": self._url, "dead_letter_url": self._url}
        self.settings = keep_settings(queues={"ingest": queue})
        self._platform = LaptopPlatform(RuntimeContext(data=folder / "data", settings=self.settings))

    def repository(self, name: str) -> Repository:
        made = Repository(self._folder / "code" / name)
        made.commit({"a.py": f"def of_{name}():\n    return 1\n"})
        self.sources[name] = Source(repository=RepositoryId(HOST, "payments", name), location=str(made.path))
        return made

    def push(self, name: str) -> None:
        self.send(Push(link=LINK, repository=f"Payments/{name}", branch="main", commit="1" * 40).model_dump_json())

    def send(self, body: str) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)

    def run(self, seconds: float = 60) -> int:
        with Runtime(self._platform) as runtime:
            return work_queue(runtime, seconds)

    def indexed(self) -> set[str]:
        with Runtime(self._platform) as runtime:
            return {branch.repository.name for branch in runtime.index.branches()}

    def left(self) -> tuple[int, int]:
        """Numbers of visible and of invisible messages."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(names))["Attributes"]
        return int(found[names[0]]), int(found[names[1]])


@pytest.fixture
def work(aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:  # noqa: F811
    monkeypatch.setattr("codekeep_runtime.platform.aws.work_queue.WorkQueue.receive.__defaults__", (0,))
    return Work(aws("sqs"), tmp_path, monkeypatch)


def test_a_burst_of_pushes_is_one_run_over_the_pushed_repositories(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ledger", "shop"):
        work.repository(name)
    runs: list[list[str]] = []
    real = Runtime.ingest

    def counted(runtime: Runtime, sources: Any) -> Any:
        runs.append([each.repository.name for each in sources])
        return real(runtime, sources)

    monkeypatch.setattr(Runtime, "ingest", counted)
    for _ in range(12):
        work.push("ledger")
    assert work.run() == 12
    assert runs == [["ledger"]]
    assert work.indexed() == {"ledger"}
    assert work.left() == (0, 0)


def test_a_refresh_ingests_all_repositories(work: Work) -> None:
    for name in ("ledger", "shop"):
        work.repository(name)
    work.send('{"kind": "refresh", "version": 1}')
    assert work.run() == 1
    assert work.indexed() == {"ledger", "shop"}


def test_messages_about_unknown_repositories_are_deleted(work: Work) -> None:
    work.repository("ledger")
    work.send("not a message")
    work.push("unknown")
    assert work.run() == 2
    assert work.indexed() == set()
    assert work.left() == (0, 0)


def test_only_messages_of_failed_repositories_return_to_the_queue(work: Work) -> None:
    work.repository("ledger")
    work.sources["gone"] = Source(repository=RepositoryId(HOST, "payments", "gone"), location="/no/such/folder")
    for name in ("ledger", "gone"):
        work.push(name)
    assert work.run() == 1
    assert work.indexed() == {"ledger"}
    assert work.left() == (0, 1)  # for a minute


def test_files_go_from_an_ingest_pod_to_the_indexer(
    work: Work,
    aws: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    """The pod reaches no index and no model, and its files are lost with it."""
    bucket = work.settings.buckets["code"].name
    aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name in ("ledger", "shop"):
        work.repository(name)
    work.send('{"kind": "refresh", "version": 1}')
    pod = KeepPlatform(RuntimeContext(data=tmp_path / "pod", settings=work.settings))
    with Runtime(pod) as runtime:
        assert work_queue(runtime, 60) == 1
    indexer = LaptopPlatform(RuntimeContext(data=tmp_path / "indexer", settings=work.settings))
    before = signal.getsignal(signal.SIGTERM)
    run_worker(indexer, None, is_full=False, once=True)
    signal.signal(signal.SIGTERM, before)
    with Runtime(indexer) as runtime:
        assert {branch.repository.name for branch in runtime.index.branches()} == {"ledger", "shop"}
        scope = Scope("demo", "0" * 16, "", frozenset(runtime.indexed()))
        assert runtime.retriever.search(scope, "of_shop", 1)[0].chunk.symbol == "of_shop"
        assert runtime.index.counts(scope).unembedded == 0


def test_messages_return_at_once_when_the_worker_stops(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.repository("ledger")
    work.push("ledger")
    with monkeypatch.context() as stopped:

        def stop(*_: Any) -> None:
            raise SystemExit(143)

        stopped.setattr(Runtime, "ingest", stop)
        with pytest.raises(SystemExit):
            work.run()
    assert work.left() == (1, 0)
    assert work.run() == 1
