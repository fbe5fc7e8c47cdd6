# The only entry points a newcomer needs. Each target sets up what it needs: Python 3.11+, make and git are enough.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .bench-venv
PYTEST_ARGS ?=
BENCHMARKS ?=

.PHONY: help setup demo test test-real test-aws prowler terraform check bench lock clean

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

test: setup  ## the test suite, but for real servers and whole lives of keeps
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not whole" $(PYTEST_ARGS)

test-real: setup  ## whole lives of keeps on the sandbox; a real Kubernetes API (built with Go), OpenSearch (Maven), a browser (npm), the aws command (PyPI)
	$(BIN)/python -m tests.real.kubernetes.installation
	$(BIN)/python -m tests.real.opensearch.installation
	$(BIN)/python -m tests.real.chromium.installation
	$(BIN)/python -m tests.real.walkthrough.installation
	$(BIN)/python -m pytest -n 2 --dist worksteal -m whole $(PYTEST_ARGS)
	$(BIN)/python -m pytest -rs tests/real $(PYTEST_ARGS)

prowler: setup  ## scans a demo keep on the sandbox with Prowler, and compares with tests/prowler/explained.toml; minutes, 2.3 GB
	$(BIN)/python -m tests.prowler

terraform: setup  ## asks Terraform's AWS provider about every AWS resource of the four stacks; needs terraform or tofu, no account
	$(BIN)/python -m tests.terraform

STACK ?= test
test-aws: setup  ## a small keep in a real AWS account, which costs money: shows the price and asks first (docs/production.md)
	$(BIN)/python -m tests.aws $(STACK)

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
	uv pip compile requirements/prowler.in --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements/prowler.txt
	uv pip compile requirements/awscli.in --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements/awscli.txt

clean:  ## removes what the targets made
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
