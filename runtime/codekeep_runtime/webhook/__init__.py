"""Takes the Git hosts' webhooks: checks who sent them, refuses replays, and puts pushes on the ingest queue."""
