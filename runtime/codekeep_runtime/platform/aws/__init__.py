"""The AWS services that the settings name, each behind the interface that the runtime uses."""
