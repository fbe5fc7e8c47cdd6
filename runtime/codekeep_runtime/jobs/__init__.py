"""What commands and pods do from start to end: work through the ingest queue, run the indexer, purge."""
