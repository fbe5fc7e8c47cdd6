"""The client of a re-ranking model, against a real HTTP server that counts common words."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from codekeep_runtime.models import reranker
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.reranker import RERANKED_MAX, ServedReranker
from codekeep_runtime.retrieval import FoundChunk, Retriever
from codekeep_runtime.retrieval.terms import stems

from tests.runtime.retrieval.world import BOTH, SHOP, Synonyms, chunk_of, index_of

Answer = Callable[[dict[str, Any]], tuple[int, Any]]
FOUND = [
    FoundChunk(chunk_of(SHOP, f"src/file{n}.py", "f", text), 1.0 - n / 10)
    for n, text in enumerate(["open the door", "paint the wall red", "paint it"])
]


def overlap(body: dict[str, Any]) -> tuple[int, Any]:
    asked = stems(body["query"])
    scores = [len(asked & stems(document)) for document in body["documents"]]
    return 200, {"results": [{"index": n, "relevance_score": score} for n, score in reversed([*enumerate(scores)])]}


@contextmanager
def serving(answer: Answer, got: list[tuple[str, dict[str, Any]]] | None = None) -> Iterator[EngineClient]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if got is not None:
                got.append((self.path, body))
            status, content = answer(body)
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield client_of(server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def client_of(port: int) -> EngineClient:
    return EngineClient(f"http://127.0.0.1:{port}", "rerank", "gateway", 4)


def texts(found: Any) -> list[str]:
    return [each.chunk.text for each in found]


def test_the_models_scores_set_the_order() -> None:
    got: list[tuple[str, dict[str, Any]]] = []
    with serving(overlap, got) as client:
        found = ServedReranker(client, "ranker", "/rerank").rerank("paint wall", FOUND)
    assert texts(found) == ["paint the wall red", "paint it", "open the door"]
    assert [each.score for each in found] == [2, 1, 0]
    assert got[0][0] == "/rerank"
    assert got[0][1]["model"] == "ranker"
    assert got[0][1]["documents"][0].startswith("src/file0.py f\n")


def test_chunks_that_are_not_sent_keep_their_order_at_the_end() -> None:
    texts_of_all = ["open"] * (RERANKED_MAX + 1) + ["paint"] * 4
    many = [FoundChunk(chunk_of(SHOP, f"src/{n}.py", "f", text), -n) for n, text in enumerate(texts_of_all)]
    got: list[tuple[str, dict[str, Any]]] = []
    with serving(overlap, got) as client:
        found = ServedReranker(client, "ranker").rerank("paint", many)
    assert len(got[0][1]["documents"]) == RERANKED_MAX
    assert found[RERANKED_MAX:] == [
        FoundChunk(each.chunk, found[RERANKED_MAX - 1].score) for each in many[RERANKED_MAX:]
    ]
    assert len(found) == RERANKED_MAX + 5


def test_without_results_no_request_is_sent() -> None:
    assert ServedReranker(client_of(1), "ranker").rerank("paint", []) == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"error": "down"}),
        (429, {}),
        (200, b"no json"),
        (200, []),
        (200, {"results": [{"index": 0, "relevance_score": 1}]}),
        (200, {"results": [{"index": 7, "relevance_score": 1} for _ in range(3)]}),
        (200, {"results": [{"index": n, "relevance_score": None} for n in range(3)]}),
        (200, b'{"results": [%s]}' % b",".join(b'{"index": %d, "relevance_score": NaN}' % n for n in range(3))),
    ],
)
def test_a_failing_server_leaves_the_order_and_logs_no_code(
    answer: tuple[int, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda _: answer) as client:
        assert ServedReranker(client, "ranker").rerank("paint the wall", FOUND) == FOUND
    errors = capsys.readouterr().err
    assert "rerank-failed" in errors
    assert "paint" not in errors


def test_a_slow_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reranker, "ANSWER_SECONDS", 0.1)

    gave_up = threading.Event()

    def slow(body: dict[str, Any]) -> tuple[int, Any]:
        assert gave_up.wait(60), "it was waited for"
        return overlap(body)

    with serving(slow) as client:
        try:
            assert ServedReranker(client, "ranker").rerank("paint the wall", FOUND) == FOUND
        finally:
            gave_up.set()


def test_the_retriever_uses_the_reranker(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, (SHOP, "invoice.total", "def total(invoice): pass"), (SHOP, "bill.paint", "def paint(bill): pass")
    )
    last_first: Answer = lambda body: (  # noqa: E731
        200,
        {"results": [{"index": n, "relevance_score": n} for n in range(len(body["documents"]))]},
    )
    plain = Retriever(index, Synonyms()).search(BOTH, "invoice total", 5)
    with serving(last_first) as client:
        turned = Retriever(index, Synonyms(), ServedReranker(client, "ranker")).search(BOTH, "invoice total", 5)
    assert len(plain) == 2
    assert texts(turned) == texts(plain)[::-1]
