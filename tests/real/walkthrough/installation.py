"""The AWS command line, in a virtual environment of its own: it pins a botocore that codekeep does not use.

`python -m tests.real.walkthrough.installation` installs it: 20 MB, half a minute.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.real.cache import made_once

LOCK = Path(__file__).resolve().parents[3] / "requirements" / "awscli.txt"


class NoAwsCliError(Exception):
    """It cannot be installed here."""


def installed() -> Path:
    """The folder of the environment, which the first call makes.

    Raises:
        NoAwsCliError: it cannot be installed.
    """
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return made_once(f"awscli-{digest}-py{sys.version_info.major}{sys.version_info.minor}", _make)


def aws(folder: Path) -> tuple[str, str]:
    """The command: by its interpreter, since the script in `bin` names the folder in which it was installed."""
    return str(folder / "bin" / "python"), str(folder / "bin" / "aws")


def _make(folder: Path) -> None:
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    for command in ([sys.executable, "-m", "venv", str(folder)], [*install, "-r", str(LOCK)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoAwsCliError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


def main() -> None:
    """Installs and prints the folder. A failure is only reported: the tests are then skipped with the same reason."""
    try:
        print(f"AWS command line in {installed()}")
    except NoAwsCliError as error:
        print(f"no AWS command line: {error}")


if __name__ == "__main__":
    main()
