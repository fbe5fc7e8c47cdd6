"""The HTTP front of a keep: who asks, what they may see, and an audit record before anything leaves."""
