"""The catalogue as a Pulumi policy pack: `pulumi up --policy-pack policies/crossguard`."""
