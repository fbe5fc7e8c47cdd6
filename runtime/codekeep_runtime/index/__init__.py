"""Stores chunks, vectors and symbols: in OpenSearch for a keep, in an embedded index on a laptop."""
