"""A keep: OpenSearch, served models, and the AWS services that its settings name."""
