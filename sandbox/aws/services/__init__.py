"""One module for each AWS service that the stand-in deploys, found by its name; awsread/services reads them back."""
