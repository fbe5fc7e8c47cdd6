"""What readers ask for by way of the gateway. Each product is a folder that declares a `Product`."""
