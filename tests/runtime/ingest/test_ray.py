"""Ingest tasks on Ray. Runs if Ray (the runtime's extra `ray`) is installed, which `make setup` does not do."""

import os
import signal

import pytest
from codekeep_runtime.ingest.file_task import parse_source

from tests.runtime.embedders import HashEmbedder

pytest.importorskip("ray", reason="ray is not installed")

FILES = {f"shop_{number}.py": f"def price_{number}():\n    return {number}\n" for number in range(40)}


@pytest.fixture(scope="module", autouse=True)
def cluster():
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def parse_or_die(path, head, text):
    if path == "deadly.py":
        os.kill(os.getpid(), signal.SIGKILL)
    return parse_source(path, head, text)


def test_a_run_on_ray_gives_the_same_index_as_a_run_on_processes(repository, ingest, index):
    from codekeep_runtime.ingest.source import Source

    repository.commit(FILES)
    source = Source.at(str(repository.path))
    ingest(parse=parse_source, ray="local").run([source])
    on_ray = index.digest()
    index.drop(index.branches()[0])
    ingest(parse=parse_source, workers=1).run([source])
    assert index.digest() == on_ray


def test_a_file_that_crashes_its_worker_affects_no_other_file(repository, ingest, index):
    from codekeep_runtime.ingest.source import Source

    repository.commit({**FILES, "deadly.py": "x = 1\n"})
    manifest = ingest(parse=parse_or_die, ray="local").run([Source.at(str(repository.path))])
    assert manifest.branches[0].skips == {"quarantined": 1}
    assert set(index.blobs(index.branches()[0])) == set(FILES)


def test_vectors_made_on_ray_equal_local_ones():
    from codekeep_runtime.embed.on_ray import RayEmbedder

    texts = [f"text {number}" for number in range(600)]
    made = RayEmbedder("local", make_embedder, None)
    assert made.version == HashEmbedder.version
    assert (made.documents(texts) == HashEmbedder().documents(texts)).all()
    assert made.documents([]).shape == (0, made.dimension)


def make_embedder(settings):
    del settings
    return HashEmbedder()
