"""The two scripts that the image builds use: health checks and collecting a program's libraries."""

import http.server
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from images.render import ROOT
from images.shared import probe

COLLECT = ROOT / "images/shared/collect.py"


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_a_service_is_healthy_while_it_answers(server):
    assert probe.main(f"{server}/health") == 0
    assert probe.main(f"{server}/other") == 1
    assert probe.main("http://127.0.0.1:1/health") == 1


@pytest.mark.parametrize(("state", "healthy"), [("S (sleeping)", True), ("Z (zombie)", False), ("T (stopped)", False)])
def test_a_job_is_healthy_while_its_process_runs(tmp_path, state, healthy):
    status = tmp_path / "status"
    status.write_text(f"Name:\tcodekeep\nState:\t{state}\nPid:\t1\n")
    assert probe.process_runs(status) is healthy
    status.write_text("Name:\tcodekeep\n")
    assert probe.process_runs(status) is False


@pytest.fixture
def program(tmp_path):
    """A real program with its libraries, a script, and files that are not needed."""
    folder = tmp_path / "opt"
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(Path(sys.executable).resolve(), folder / "bin" / "program")
    (folder / "bin" / "alias").symlink_to("program")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"x")
    return folder


def _collect(base, to, *rest):
    command = [sys.executable, str(COLLECT), "--base", str(base), "--to", str(to), *map(str, rest)]
    subprocess.run(command, check=True, capture_output=True)
    return {"/" + str(file.relative_to(to)) for file in to.rglob("*") if not file.is_dir()}


def test_libraries_are_copied_and_caches_are_not(tmp_path, program):
    got = _collect(tmp_path / "empty", tmp_path / "root", program)
    assert f"{program}/bin/program" in got
    assert (tmp_path / "root" / f"{program}/bin/alias".lstrip("/")).is_symlink()
    assert any(file.rpartition("/")[2] == "libc.so.6" for file in got)
    assert not any("__pycache__" in file for file in got)


def test_files_of_the_base_image_are_not_copied(tmp_path, program):
    first = _collect(tmp_path / "empty", tmp_path / "base", program)
    assert first
    shutil.rmtree(tmp_path / "base" / str(program).lstrip("/"))
    second = _collect(tmp_path / "base", tmp_path / "root", program)
    assert second == {f"{program}/bin/program", f"{program}/bin/alias"}


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="needs Debian's package manager")
def test_a_package_is_copied_without_its_scripts_and_with_its_status_entry(tmp_path):
    got = _collect(tmp_path / "empty", tmp_path / "root", "--package", "gzip")
    names = {file.rpartition("/")[2] for file in got}
    assert "gzip" in names
    assert "zgrep" not in names  # a shell script
    record = tmp_path / "root/var/lib/dpkg/status.d/gzip"
    assert "Package: gzip" in record.read_text()
