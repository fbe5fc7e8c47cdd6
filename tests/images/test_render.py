"""Rendered Dockerfiles: pinned, unprivileged, and without a shell where possible."""

import json
import re

import pytest

from images.bases import BASES
from images.catalog import BUILDS, Kind
from images.render import ROOT, dockerfile, rendered_files
from tests.images.documents import stages

REFERENCES = {base.reference for base in BASES}
IDS = [image.label for image in BUILDS]


def test_committed_files_are_as_rendered():
    files = rendered_files()
    assert len(files) == 1 + 2 * len(BUILDS) + 8  # build stage; Dockerfile and filter of each build; requirements
    for path, text in files.items():
        assert (ROOT / path).read_text() == text, path


def test_rendering_twice_gives_the_same():
    assert rendered_files() == rendered_files()


@pytest.mark.parametrize("image", BUILDS, ids=IDS)
def test_every_stage_starts_from_a_digest_or_an_earlier_stage(image):
    found = stages(dockerfile(image))
    assert len(found) >= 2
    named: set[str] = set()
    for stage in found:
        assert stage.source in REFERENCES | named
        named.add(stage.name)


@pytest.mark.parametrize("image", BUILDS, ids=IDS)
def test_the_last_stage_runs_as_an_unprivileged_user_and_checks_health_without_a_shell(image):
    last = stages(dockerfile(image))[-1]
    assert last.steps[-1][0] in {"CMD", "ENTRYPOINT"}
    assert last.all("USER") == ("65532:65532",)
    (health,) = last.all("HEALTHCHECK")
    assert json.loads(health.partition("CMD ")[2])[1] == "/opt/codekeep/probe.py"
    for command in (*last.all("ENTRYPOINT"), *last.all("CMD")):
        assert all(isinstance(word, str) for word in json.loads(command))


@pytest.mark.parametrize("image", BUILDS, ids=IDS)
def test_nothing_is_fetched_that_is_not_pinned(image):
    text = dockerfile(image)
    assert "ADD " not in text
    assert not re.search(r"\b(curl|git clone)\b", text)
    steps = [rest for stage in stages(text) for rest in stage.all("RUN")]
    fetching = [line for step in steps for line in step.split("&&") if " install " in line or "pip wheel" in line]
    assert fetching
    for line in fetching:
        if "apt-get" in line:
            words = line.split("--no-install-recommends")[1].split()
            assert words
            assert all("=" in word for word in words)
        else:
            assert "--require-hashes" in line or "--no-index" in line


def test_no_step_runs_in_a_last_stage_without_a_shell():
    plain = [image for image in BUILDS if image.kind is Kind.CPU]
    assert plain
    for image in plain:
        last = stages(dockerfile(image))[-1]
        assert last.source == "bare"
        assert last.all("RUN") == last.all("SHELL") == ()


@pytest.mark.parametrize("image", BUILDS, ids=IDS)
def test_labels_name_the_base_and_its_contents(image):
    (labels,) = stages(dockerfile(image))[-1].all("LABEL")
    values = dict(re.findall(r'([\w.-]+)="([^"]*)"', labels))
    assert values["org.opencontainers.image.base.digest"] == image.base.digest
    assert values["org.opencontainers.image.revision"] == "${REVISION}"
    assert values["codekeep.read-only-root"] == "true"
    assert values.get("codekeep.cuda") == (image.stack.cuda if image.stack else None)


@pytest.mark.parametrize("image", BUILDS, ids=IDS)
def test_a_build_sees_only_the_files_it_copies(image):
    lines = [
        line for line in rendered_files()[f"{image.dockerfile}.dockerignore"].splitlines() if not line.startswith("#")
    ]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        rest.split()[0] for stage in stages(dockerfile(image)) for rest in stage.all("COPY") if "--from" not in rest
    }
    assert copied
    assert copied <= let_in


def test_only_a_pod_that_requests_a_gpu_gets_one():
    with_gpu = [image for image in BUILDS if image.stack is not None]
    assert len(with_gpu) == 7
    assert all("NVIDIA_VISIBLE_DEVICES=void" in dockerfile(image) for image in with_gpu)
