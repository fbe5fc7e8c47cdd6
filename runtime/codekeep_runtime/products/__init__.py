"""Products that the gateway offers to readers. Each is a folder that declares a `Product`."""
