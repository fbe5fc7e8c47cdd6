"""Drives a real headless Chromium over its DevTools protocol."""

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

VARIABLE = "CODEKEEP_CHROMIUM"  # the path of a Chromium or Chrome
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
START_SECONDS = 180.0  # Chromium waits for the disk, which an earlier build may keep busy
PATIENCE_SECONDS = 60.0


def program() -> str | None:
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, PROGRAMS)), None)


class Tab:
    """A browser tab. `complaints` are violations of the page's policy, exceptions of its script, and dialogs."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._numbers = connection, itertools.count(1)
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def open(self, url: str) -> None:
        self._send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.protocol === 'http:'")

    def value(self, script: str) -> Any:
        message = self._send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in message, message
        return message["result"].get("value")

    def wait(self, condition: str) -> None:
        """Waits until the condition is true."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.value(f"Boolean({condition})"):
            assert time.monotonic() < deadline, f"never came true: {condition}"
            time.sleep(0.02)

    def press(self, key: str, code: int, text: str = "", modifiers: int = 0) -> None:
        for kind in ("keyDown", "keyUp"):
            self._send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                windowsVirtualKeyCode=code,
                modifiers=modifiers,
                **({"text": text} if text and kind == "keyDown" else {}),
            )

    def type(self, text: str) -> None:
        self._send("Input.insertText", text=text)

    def resize(self, width: int, *, dark: bool) -> None:
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=700, deviceScaleFactor=1, mobile=True)
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", features=[feature])

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(timeout=PATIENCE_SECONDS))
            if message.get("id") == number:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        if message["method"] == "Page.javascriptDialogOpening":
            self.complaints.append("a dialog opened")
        if message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(message["params"]["exceptionDetails"]["text"])
        if message["method"] == "Log.entryAdded" and message["params"]["entry"]["source"] == "security":
            self.complaints.append(message["params"]["entry"]["text"])


@contextmanager
def tab(chromium: str) -> Iterator[Tab]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        flags += ["--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        output = Path(profile) / "output"
        with output.open("wb") as file:
            process = subprocess.Popen([chromium, *flags, "about:blank"], stdout=file, stderr=file)
        try:
            with connect(_address(Path(profile), process, output), max_size=None) as connection:
                yield Tab(connection)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _address(profile: Path, process: subprocess.Popen[bytes], output: Path) -> str:
    """The address of the first tab, from the port that the browser writes into its profile."""
    deadline = time.monotonic() + START_SECONDS
    written = profile / "DevToolsActivePort"
    while not (written.exists() and written.read_text().count("\n")):
        assert process.poll() is None, f"Chromium ended at its start: {output.read_text()}"
        assert time.monotonic() < deadline, f"Chromium did not start in {START_SECONDS:.0f} s: {output.read_text()}"
        time.sleep(0.05)
    port = written.read_text().splitlines()[0]
    tabs = httpx.get(f"http://127.0.0.1:{port}/json/list").json()
    return str(next(each["webSocketDebuggerUrl"] for each in tabs if each["type"] == "page"))
