"""The HTTP front of a keep: each request has a reader, a scope, and an audit record before anything leaves."""
