"""Text to vectors: an OpenAI-compatible server in a keep, embedders that need no network on a laptop."""
