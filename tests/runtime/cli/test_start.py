"""Commands load only the modules that they need."""

import subprocess
import sys

from tests.runtime.cli.conftest import Command
from tests.runtime.repositories import Repository

HEAVY = ("boto3", "botocore", "numpy", "tantivy", "opensearchpy", "tree_sitter", "pydantic", "starlette", "httpx")


def test_help_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from codekeep_runtime.cli.main import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "ingest" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_of_each_command_loads_no_cloud_sdk_and_no_index():
    script = (
        "import sys\n"
        "from codekeep_runtime.cli.main import COMMANDS, cli\n"
        "for name in COMMANDS:\n"
        "    cli.main([name, '--help'], standalone_mode=False)\n"
        "print(sorted({'boto3', 'numpy', 'tantivy', 'opensearchpy', 'tree_sitter'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_laptop_loads_no_modules_of_a_keep(command: Command, code: Repository):
    script = (
        "import sys\n"
        "from codekeep_runtime.cli.main import cli\n"
        f"cli.main(['ingest', {str(code.path)!r}, '--name', 'git.example/acme/shop'], standalone_mode=False)\n"
        "cli.main(['search', 'refund'], standalone_mode=False)\n"
        "cli.main(['ask', 'Who reserves an item?'], standalone_mode=False)\n"
        "print(sorted({'boto3', 'botocore', 'opensearchpy', 'ray'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=command.environment
    )
    assert done.stdout.splitlines()[-1] == "[]"
