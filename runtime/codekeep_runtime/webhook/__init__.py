"""Receives webhooks of Git hosts: checks signatures, refuses replays, and puts pushes on the ingest queue."""
