"""The ledger: storage of what moto does not emulate."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sandbox.aws.ledger import SqliteLedger, count_by_token


def test_entries_are_seen_by_other_processes_and_separate_by_account(tmp_path):
    path = tmp_path / "new" / "ledger.sqlite"
    ledger = SqliteLedger(path, "1")
    ledger.put("eu", "t", "a", {"x": [1, {"y": None}]})
    ledger.put("eu", "t", "a", {"x": 2})
    assert SqliteLedger(path, "2").list() == []
    script = (
        "import sys; from pathlib import Path; from sandbox.aws.ledger import SqliteLedger; "
        "print(SqliteLedger(Path(sys.argv[1]), '1').list())"
    )
    found = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[('eu', 't', 'a', {'x': 2})]"


def test_lists_by_region_and_type(tmp_path):
    ledger = SqliteLedger(tmp_path / "l", "1")
    entries = [("eu", "t", "a"), ("eu", "u", "b"), ("us", "t", "c")]
    for region, token, id_ in entries:
        ledger.put(region, token, id_, {})
    assert [row[:3] for row in ledger.list()] == entries
    assert [row[2] for row in ledger.list(region="eu")] == ["a", "b"]
    assert [row[2] for row in ledger.list(token="t")] == ["a", "c"]
    assert count_by_token(tmp_path / "l") == {"t": 2, "u": 1}
    ledger.remove("eu", "t", "a")
    ledger.remove("eu", "t", "a")
    assert ledger.get("eu", "t", "a") is None
    assert count_by_token(tmp_path / "none") == {}


def test_concurrent_writes_lose_no_entry(tmp_path):
    ledger = SqliteLedger(tmp_path / "l", "1")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: ledger.put("eu", "t", str(number), {"n": number}), range(200)))
    assert len(ledger.list()) == 200
