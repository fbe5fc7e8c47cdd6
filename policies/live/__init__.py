"""What is really in the account: the state says which resources there should be, boto3 says how they are."""
