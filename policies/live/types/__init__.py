"""One module a group of services, each with READERS by type token."""
