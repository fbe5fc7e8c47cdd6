"""The background process: python -m sandbox.account.server --home DIR --run ID."""

import argparse
import os
import signal
import sys
import threading
import uuid
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from sandbox.account.application import JournalledApplication
from sandbox.account.determinism import Randomness
from sandbox.account.files import AccountFiles, ServerRecord
from sandbox.account.journal import VERSION, Header, Journal

HOST = "127.0.0.1"
USED_BY_EVERY_KEEP = ("ec2", "sts", "kms", "iam", "s3", "logs", "cloudwatch", "sqs", "sns", "elbv2", "eks", "route53")


class QuietHandler(MotoRequestHandler):  # type: ignore[misc]  # moto has no types
    """Does not log requests."""

    def log_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def main(arguments: list[str]) -> None:
    """Restores the account from its journal, listens, writes its record, and serves until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--run", required=True)
    options = parser.parse_args(arguments)
    files = AccountFiles(options.home)
    files.home.mkdir(parents=True, exist_ok=True)

    journal = _open_journal(files)
    randomness = Randomness(journal.header.epoch)
    randomness.seed_new_backends()
    randomness.leave_request_ids_out()
    identity: dict[str, Any] = {"run": options.run, "pid": os.getpid(), "epoch": journal.header.epoch}
    moto = DomainDispatcherApplication(partial(_create_app, randomness))
    application = JournalledApplication(moto, journal, randomness, identity)
    replayed, failed = application.replay()

    server = _listen(journal.header.port, application)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    files.write_record(
        ServerRecord(
            pid=os.getpid(),
            run=options.run,
            port=server.server_port,
            epoch=journal.header.epoch,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            replayed=replayed,
            failed=failed,
        )
    )
    threading.Thread(target=_load_ahead, args=(application,), daemon=True).start()
    server.serve_forever(poll_interval=0.05)


def _create_app(randomness: Randomness, service: str) -> Any:
    """A service's application, loaded at its first request: EC2 alone takes half a second."""
    with randomness.apart():
        if service == "ec2":
            from sandbox.account import debris  # noqa: PLC0415

            debris.install()
        elif service == "ssm":  # which loads EC2
            from sandbox.account import preload  # noqa: PLC0415

            preload.install()
        elif service == "s3":
            from sandbox.account import bucket_policies  # noqa: PLC0415

            bucket_policies.leave_to_others()
            randomness.name_access_logs_by_request_time()
        return create_backend_app(service)


def _load_ahead(application: JournalledApplication) -> None:
    """Loads the services that every keep uses while the caller's program starts."""
    for service in USED_BY_EVERY_KEEP:
        application.load(service)


def _open_journal(files: AccountFiles) -> Journal:
    """The account's journal; a new account where there is none, or one of another moto version."""
    moto = version("moto")
    journal = Journal.open(files.journal)
    if journal is not None and journal.header.version == VERSION and journal.header.moto == moto:
        return journal
    files.remove_ledger()
    return Journal.create(files.journal, Header(version=VERSION, epoch=uuid.uuid4().hex, moto=moto, port=_free_port()))


def _free_port() -> int:
    probe = make_server(HOST, 0, lambda environ, start_response: [])
    port = probe.server_port
    probe.server_close()
    return port


def _listen(port: int, application: Any) -> Any:
    """Listens on the account's port, which URLs in states contain; on another one if a foreign process uses it."""
    try:
        return make_server(HOST, port, application, threaded=True, request_handler=QuietHandler)
    except (OSError, SystemExit):
        sys.stderr.write(f"port {port} is taken, the account moves to another one\n")
        return make_server(HOST, 0, application, threaded=True, request_handler=QuietHandler)


if __name__ == "__main__":
    main(sys.argv[1:])
