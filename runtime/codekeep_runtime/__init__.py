"""What is deployed into each keep: repositories in, cited answers out, under repository access control."""

VERSION = "0.1.0"
