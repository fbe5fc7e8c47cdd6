"""What only a keep has: AWS's secrets, queues and buckets, and the hosts behind its Git links."""
