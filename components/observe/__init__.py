"""Trail, detectors, alarms, dashboards and log groups."""
