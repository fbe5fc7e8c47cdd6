"""The runtime of a keep: indexes repositories and answers questions with citations, under repository access control."""

VERSION = "0.1.0"
