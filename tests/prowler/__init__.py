"""`make prowler`: what Prowler finds in a deployed demo keep, beside the table of what we know of it."""
