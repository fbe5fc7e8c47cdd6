"""RuntimeSettings: the document that a keep's stack writes and every process of its runtime reads."""
