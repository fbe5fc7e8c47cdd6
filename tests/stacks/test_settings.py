"""The settings document: made from a spec and deployed resources, by a schema that is a contract with the runtime."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.settings.document import RuntimeSettings
from pydantic import ValidationError

from stacks.settings import model_url, runtime_settings
from stacks.spec import TenantSpec, load_spec
from tests.stacks.documents import ROOT

SCHEMA = ROOT / "docs" / "reference" / "runtime-settings.schema.json"


def schema_text() -> str:
    return json.dumps(RuntimeSettings.model_json_schema(), indent=2, sort_keys=True) + "\n"


def deployed(spec: TenantSpec) -> dict[str, Any]:
    """The value of KeepOutputs.settings after a deployment."""

    def arn(service: str, name: str) -> str:
        return f"arn:aws:{service}:{spec.regions.primary}:{spec.account.id}:{name}"

    queue_url = f"https://sqs.{spec.regions.primary}.amazonaws.com/{spec.account.id}/codekeep-{spec.name}-"
    token = {
        link.name: arn("secretsmanager", f"secret:{link.name}") for link in (*spec.git_links, *spec.registry_links)
    }
    hook = arn("secretsmanager", "secret:hook")
    return {
        "namespace": f"keep-{spec.name}",
        "entry": {"certificate_secret_arn": arn("secretsmanager", "secret:certificate")},
        "index": {
            "endpoint": "https://vpc-codekeep-0123.eu-central-1.es.amazonaws.com",
            "prefix": f"{spec.name}_",
            "key_arn": arn("kms", "key/index"),
        },
        "audit": {"signing_key_arn": arn("kms", "key/audit-signing")},
        "keys": {each: arn("kms", f"key/{each}") for each in ("code", "index", "model", "audit")},
        "buckets": {
            role: {
                "name": f"codekeep-{spec.name}-{role}",
                "prefix": f"{spec.name}/",
                "key_arn": arn("kms", f"key/{role}"),
            }
            for role in ("code", "audit")
        },
        "queues": {"ingest": {"url": f"{queue_url}ingest", "dead_letter_url": f"{queue_url}ingest-dead"}},
        "git_links": {
            link.name: {"token_secret_arn": token[link.name], "webhook_secret_arn": hook} for link in spec.git_links
        },
        "registry_links": {link.name: {"token_secret_arn": token[link.name]} for link in spec.registry_links},
    }


def spec_of(stack: str) -> TenantSpec:
    return load_spec(ROOT / f"Pulumi.{stack}.yaml")


def test_the_committed_schema_is_that_of_the_model() -> None:
    assert SCHEMA.read_text() == schema_text(), (
        "the runtime reads this document too: if the change is meant, raise SCHEMA_VERSION where it breaks readers "
        "and write the schema anew with `python -m tests.stacks.test_settings`"
    )


@pytest.mark.parametrize("stack", ["demo", "acme", "pico"])
def test_the_settings_of_each_tier_are_valid_json_of_that_schema(stack: str) -> None:
    spec = spec_of(stack)
    written = runtime_settings(spec, deployed(spec)).model_dump_json()

    jsonschema.validate(json.loads(written), json.loads(SCHEMA.read_text()))
    read = RuntimeSettings.model_validate_json(written)
    assert [link.name for link in read.git_links] == [link.name for link in spec.git_links]
    assert {model.role: model.url for model in read.models} == {
        model.role: model_url(model.role, f"keep-{spec.name}") for model in spec.models
    }
    assert read.access.teams == spec.access.teams


def test_prompts_are_off_unless_the_spec_opts_in() -> None:
    demo, acme = spec_of("demo"), spec_of("acme")
    assert runtime_settings(demo, deployed(demo)).prompt_storage.enabled is False
    assert runtime_settings(acme, deployed(acme)).prompt_storage.model_dump() == {
        "enabled": True,
        "redaction": True,
        "retention_days": 14,
        "approved_by": "Erika Mustermann",
    }


def test_no_setting_can_enable_the_logging_of_bodies() -> None:
    demo = spec_of("demo")
    document = json.loads(runtime_settings(demo, deployed(demo)).model_dump_json())
    document["logging"]["bodies"] = True
    with pytest.raises(ValidationError):
        RuntimeSettings.model_validate_json(json.dumps(document))


def test_no_allowed_log_field_is_for_written_text() -> None:
    assert len(LOG_FIELDS) >= 10
    forbidden = {
        "prompt",
        "completion",
        "content",
        "text",
        "code",
        "body",
        "path",
        "query",
        "message",
        "diff",
        "snippet",
    }
    assert not forbidden & set(LOG_FIELDS)


@pytest.mark.parametrize(("missing", "link"), [("git_links", "ghe"), ("registry_links", "artifactory")])
def test_a_link_whose_secrets_were_not_deployed_is_named(missing: str, link: str) -> None:
    demo = spec_of("demo")
    with pytest.raises(ValueError, match=f"no secrets of link '{link}' were deployed"):
        runtime_settings(demo, {**deployed(demo), missing: {}})


def test_the_document_names_secrets_and_contains_none() -> None:
    acme = spec_of("acme")
    document = json.loads(runtime_settings(acme, deployed(acme)).model_dump_json())
    links = [*document["git_links"], *document["registry_links"]]
    assert len(links) == 3
    assert all(link["token_secret_arn"].startswith("arn:aws:secretsmanager:") for link in links)


if __name__ == "__main__":
    Path(SCHEMA).write_text(schema_text())
