"""Settings of a keep whose AWS services moto provides."""

import json
from typing import Any

from codekeep_contracts.settings.document import RuntimeSettings

from stacks.settings import runtime_settings
from tests.runtime.platform.conftest import REGION
from tests.stacks.test_settings import deployed, spec_of

NOWHERE = "http://127.0.0.1:9"


def keep_settings(**changes: dict[str, Any]) -> RuntimeSettings:
    """The settings document, with changes by section."""
    spec = spec_of("demo")
    document = json.loads(runtime_settings(spec, deployed(spec)).model_dump_json())
    document["regions"] = {"primary": REGION, "allowed": [REGION]}
    for section, values in changes.items():
        document[section].update(values)
    return RuntimeSettings.model_validate_json(json.dumps(document))
