"""Jobs that commands and pods run from start to end: work through the ingest queue, run the indexer, purge."""
