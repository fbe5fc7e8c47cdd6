"""The `codekeep` command. Importing it loads click and nothing of Pulumi, gRPC or AWS."""
