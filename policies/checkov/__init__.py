"""Our rules as Checkov checks: a folder for `checkov --external-checks-dir`. docs/policies/checkov.md."""
