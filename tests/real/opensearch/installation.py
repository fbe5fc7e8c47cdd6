"""OpenSearch with its k-NN and security plugins, downloaded once as Maven packages and kept outside the repository.

`python -m tests.real.opensearch.installation` downloads them: 100 MB, a few seconds. Maven's own configuration names
the repository; programs/packages.sha256 lists the digest that each package must have.
"""

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.real.cache import Say, made_once, say

PROGRAMS = Path(__file__).resolve().parent / "programs"
LOCK = PROGRAMS / "packages.sha256"  # as sha256sum writes it
VERSION = "2.19.1"  # as pom.xml has it
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
PLUGINS = KNN, SECURITY = "knn", "security"
OLDEST_JAVA = 17
JAVA_VARIABLE, MAVEN_VARIABLE = "CODEKEEP_JAVA", "CODEKEEP_MAVEN"
_JAVA_VERSION = re.compile(r'version "(\d+)[^"]*"')


class NoJavaError(Exception):
    """There is no recent Java, or the packages are not downloaded yet and there is no Maven."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """The Java and the packages that run a server."""

    java: str
    folder: Path

    def class_path(self, *plugins: str) -> str:
        return os.pathsep.join(str(self.folder / name / "*") for name in ("server", *plugins))


def ready(say: Say) -> Programs:
    """The programs, which the first call downloads.

    Raises:
        NoJavaError: no Java, or no Maven to download with.
        RuntimeError: the download failed, or a package is not the one in the lock.
    """
    java = _java()
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return Programs(java=java, folder=made_once(f"opensearch-{VERSION}-{digest}", lambda folder: _fetch(folder, say)))


def _java() -> str:
    """The Java of CODEKEEP_JAVA, else of JAVA_HOME, else of PATH."""
    configured, home = os.environ.get(JAVA_VARIABLE), os.environ.get("JAVA_HOME")
    tried = []
    for candidate in [configured] if configured else [*([f"{home}/bin/java"] if home else []), "java"]:
        path = shutil.which(candidate)
        version = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr if path else ""
        found = _JAVA_VERSION.search(version)
        if path and found and int(found[1]) >= OLDEST_JAVA:
            return path
        tried.append(f"{candidate} ({found[1] if found else 'not there'})")
    raise NoJavaError(
        f"a real OpenSearch runs on Java {OLDEST_JAVA} or later; tried: {', '.join(tried)}."
        f" Install one, or name one with {JAVA_VARIABLE}"
    )


def _fetch(folder: Path, say: Say) -> None:
    maven = shutil.which(os.environ.get(MAVEN_VARIABLE) or "mvn")
    if maven is None:
        raise NoJavaError(
            f"OpenSearch {VERSION} is fetched once with Maven, and there is no mvn on PATH; install it, or name it with"
            f" {MAVEN_VARIABLE}"
        )
    say(f"Fetching OpenSearch {VERSION}, once")
    server = folder / "server"
    command = [maven, "-B", "-q", "-f", str(PROGRAMS / "pom.xml"), COPY, f"-DoutputDirectory={server}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    _verify(server)
    for name in PLUGINS:
        (plugin,) = server.glob(f"opensearch-{name}-*.zip")
        with zipfile.ZipFile(plugin) as archive:
            archive.extractall(folder / name)
        plugin.unlink()


def _verify(folder: Path) -> None:
    """Raises RuntimeError unless the folder contains exactly the packages of the lock."""
    wanted = {name: digest for digest, name in (line.split() for line in LOCK.read_text().splitlines())}
    got = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    if wrong := sorted(name for name in wanted.keys() | got.keys() if wanted.get(name) != got.get(name)):
        raise RuntimeError(f"these packages are not those of {LOCK.name}: {', '.join(wrong)}")


def main() -> None:
    """Downloads and prints the folder. A missing Java is only reported, since tests are then skipped."""
    try:
        programs = ready(say)
    except NoJavaError as error:
        say(f"{error}\n")
        return
    say(f"OpenSearch {VERSION} in {programs.folder}\n")


if __name__ == "__main__":
    main()
