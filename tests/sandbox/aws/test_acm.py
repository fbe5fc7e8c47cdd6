"""Certificates through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError

CERTIFICATE = "aws:acm/certificate:Certificate"


def test_a_certificate_passes_the_lifecycle(lifecycle):
    inputs = {
        "domainName": "entry.example.com",
        "subjectAlternativeNames": ["chat.example.com"],
        "validationMethod": "DNS",
        "tags": {"a": "b"},
    }
    made = lifecycle(CERTIFICATE, inputs, {**inputs, "tags": {"c": "d"}})
    assert made.id == made.outputs["arn"]
    validated = {option["domainName"] for option in made.outputs["domainValidationOptions"]}
    assert validated == {"entry.example.com", "chat.example.com"}


def test_another_domain_replaces_a_certificate(lifecycle):
    inputs = {"domainName": "a.example.com", "validationMethod": "DNS"}
    lifecycle(CERTIFICATE, inputs, {**inputs, "domainName": "b.example.com"}, expect_replace={"domainName"})


def test_an_imported_certificate_is_refused(plugin, unique):
    with pytest.raises(ProviderError, match="certificateBody"):
        plugin.create(CERTIFICATE, unique, {"certificateBody": "x", "privateKey": "y"})
