# The only entry points a newcomer needs. Each target sets up what it needs: Python 3.11+, make and git are enough.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .bench-venv
PYTEST_ARGS ?=
BENCHMARKS ?=

.PHONY: help setup demo test test-real check bench lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

setup: $(VENV)/.stamp  ## virtual environment in .venv, so that .venv/bin/codekeep works

# A stamp, not the folder: an interrupted install must run again.
$(VENV)/.stamp: requirements/dev.txt pyproject.toml contracts/pyproject.toml runtime/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "codekeep needs Python 3.11 or later, this is " + sys.version.split()[0] + "; run make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e contracts -e runtime -e .
	touch $@

demo: setup  ## brings the demo keep up on the embedded sandbox, changes it, removes it
	@$(BIN)/python -m benchmarks.demo

test: setup  ## the test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

test-real: setup  ## tests against a real Kubernetes API (built with Go), OpenSearch (Maven) and a browser (npm), kept in a cache folder
	$(BIN)/python -m tests.real.kubernetes.installation
	$(BIN)/python -m tests.real.opensearch.installation
	$(BIN)/python -m tests.real.chromium.installation
	$(BIN)/python -m pytest -rs tests/real $(PYTEST_ARGS)

check: setup  ## lint, strict types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup $(BENCH)/.stamp  ## speed of everything and quality of retrieval, beside peers; BENCHMARKS="engine runtime_parse" runs some
	$(BENCH)/bin/python -m benchmarks $(BENCHMARKS)

# The peers have an environment of their own, which sees what .venv holds.
$(BENCH)/.stamp: requirements/bench.txt $(VENV)/.stamp
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BIN)/python -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_paths()["purelib"])' > $$($(BENCH)/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/codekeep.pth
	touch $@

lock:  ## renews the hashed locks from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-package codekeep-contracts -o requirements/runtime.txt
	uv pip compile pyproject.toml contracts/pyproject.toml runtime/pyproject.toml --extra dev --extra laptop --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-package codekeep-contracts -o requirements/dev.txt
	uv pip compile requirements/bench.in -c requirements/dev.txt --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements/bench.txt
	uv pip compile requirements/checkov.in --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements/checkov.txt

clean:  ## removes what the targets made
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
