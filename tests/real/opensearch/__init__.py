"""The index on a real OpenSearch with its k-NN plugin, fetched from Maven packages and started here."""
