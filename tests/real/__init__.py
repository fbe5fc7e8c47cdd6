"""Tests against real servers: `make test-real`. Plain `make test` does not collect this folder."""
