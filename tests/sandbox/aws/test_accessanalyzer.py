"""IAM Access Analyzer through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError

ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"


def test_an_analyzer_passes_the_lifecycle(plugin, lifecycle, unique):
    name = f"keep-{unique}"
    made = lifecycle(ANALYZER, {"analyzerName": name, "tags": {"a": "b"}}, {"analyzerName": name, "tags": {"c": "d"}})
    assert made.outputs["arn"] == f"arn:aws:access-analyzer:eu-central-1:123456789012:analyzer/{name}"
    other = {"analyzerName": f"{name}-unused", "type": "ACCOUNT_UNUSED_ACCESS"}
    lifecycle(ANALYZER, {"analyzerName": name}, other, expect_replace={"analyzerName", "type"})
    with pytest.raises(ProviderError, match="type is 'GALAXY'; allowed: ACCOUNT, ORGANIZATION"):
        plugin.create(ANALYZER, unique, {"analyzerName": name, "type": "GALAXY"})


def test_an_account_has_one_analyzer_of_external_access_in_a_region(plugin, unique):
    made = plugin.create(ANALYZER, unique, {"analyzerName": f"keep-{unique}"})
    with pytest.raises(ProviderError, match="ServiceQuotaExceededException"):
        plugin.create(ANALYZER, unique, {"analyzerName": f"other-{unique}"})
    plugin.delete(made)
