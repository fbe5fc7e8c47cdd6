"""Where chunks, vectors and symbols lie: OpenSearch in a keep, an embedded index on a laptop, behind one interface."""
