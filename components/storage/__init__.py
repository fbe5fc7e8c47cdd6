"""Buckets, queues, the vector index, the image registry, and copies in a second region."""
