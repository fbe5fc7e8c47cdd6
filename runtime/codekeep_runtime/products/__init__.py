"""What the gateway offers to readers. Each product is a folder that declares a `Product`."""
