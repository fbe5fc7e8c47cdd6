"""The `codekeep` command: parses arguments, calls the sessions, and draws what they return.

Importing it loads click and nothing of Pulumi, gRPC or AWS: commands import what they need when they run.
"""
