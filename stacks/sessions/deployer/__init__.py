"""What the role that deploys a stack must be allowed to do."""
