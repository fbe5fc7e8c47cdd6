"""`codekeep spec schema` and `codekeep spec check`."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from stacks.cli.spec_commands import spec
from stacks.spec import check as check_document
from tests.stacks.documents import ROOT, changed, document

TENANTS = ["demo", "acme", "pico"]


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(spec, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("stack", [*TENANTS, "platform-eu-central-1"])
def test_the_shipped_stacks_are_valid(stack: str) -> None:
    code, out, err = run("check", str(ROOT / f"Pulumi.{stack}.yaml"))
    assert code == 0
    assert "warning" not in err
    assert "is valid, digest " in out


def test_every_problem_is_printed_with_its_four_parts(tmp_path: Path) -> None:
    changed_spec = changed(changed(document("demo"), "name", "X"), "retention.audit", 1)
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(changed_spec))

    code, out, err = run("check", str(path))

    assert (code, out) == (2, "")
    assert f"{path}: 2 problems" in err
    for problem in check_document(changed_spec):
        assert all(part in err for part in (problem.path, problem.got, problem.allowed, problem.remedy))


def test_json_of_an_invalid_and_of_a_valid_spec(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.demo.yaml"
    path.write_text(yaml.safe_dump({"config": {"codekeep:tenant": changed(document("demo"), "caps.seats", 0)}}))

    code, out, _ = run("check", "--json", str(path))
    answer = json.loads(out)
    assert code == 2
    assert answer["valid"] is False
    assert [problem["path"] for problem in answer["faults"]] == ["caps.seats"]
    assert set(answer["faults"][0]) == {"source", "path", "got", "allowed", "remedy"}

    code, out, _ = run("check", "--json", str(ROOT / "Pulumi.demo.yaml"))
    answer = json.loads(out)
    assert code == 0
    assert (answer["valid"], answer["kind"], answer["name"], answer["faults"]) == (True, "tenant", "demo", [])


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    code, _, err = run("check", str(tmp_path / "none.yaml"))
    assert code == 2
    assert "no such file" in err


def test_a_secret_in_a_spec_is_never_printed(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(changed(document("demo"), "git_links.0.password", "correct-horse")))
    for arguments in (["check", str(path)], ["check", "--json", str(path)]):
        code, out, err = run(*arguments)
        assert code == 2
        assert "correct-horse" not in out + err
        assert "***" in out + err


@pytest.mark.parametrize("stack", TENANTS)
def test_the_schema_accepts_the_shipped_tenants(stack: str) -> None:
    code, out, _ = run("schema")
    schema = json.loads(out)
    assert code == 0
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document(stack), schema)


def test_the_schema_of_a_platform_accepts_the_shipped_one() -> None:
    _, out, _ = run("schema", "--platform")
    jsonschema.validate(document("platform-eu-central-1"), json.loads(out))


def test_the_schema_refuses_what_the_model_refuses() -> None:
    schema = json.loads(run("schema")[1])
    for path, value in (("name", "X"), ("extra", 1), ("retention.audit", 1), ("models.0.revision", "main")):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(changed(document("demo"), path, value), schema)


def test_every_value_of_the_schema_is_bounded() -> None:
    schema = json.loads(run("schema")[1])
    unbounded: list[str] = []

    def walk(node: object, path: str) -> None:
        if isinstance(node, dict):
            kind = node.get("type")
            needs = {
                "string": ("maxLength", "enum", "const"),
                "integer": ("maximum", "enum", "const"),
                "number": ("maximum",),
                "array": ("maxItems",),
            }
            if isinstance(kind, str) and kind in needs and not any(key in node for key in needs[kind]):
                unbounded.append(path)
            if kind == "object" and not (node.get("additionalProperties") is False or "maxProperties" in node):
                unbounded.append(path)
            for key, item in node.items():
                walk(item, f"{path}/{key}")
        elif isinstance(node, list):
            for index, item in enumerate(node):
                walk(item, f"{path}/{index}")

    walk(schema, "")
    assert len(schema["$defs"]) >= 20
    assert unbounded == []


def test_the_commands_import_neither_pulumi_nor_an_aws_client() -> None:
    probe = (
        "import sys\n"
        "from stacks.cli.spec_commands import spec\n"
        "spec(['check', 'Pulumi.demo.yaml'], standalone_mode=False)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'pulumi', 'pulumi_aws', 'boto3', 'botocore', 'grpc'}))\n"
    )
    answer = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


def test_a_model_that_does_not_fit_is_refused_with_the_arithmetic_line_by_line(tmp_path: Path) -> None:
    changed_spec = changed(changed(document("demo"), "models.0.quantization", "none"), "models.0.tensor_parallel", 1)
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(changed_spec))

    code, _, err = run("check", str(path))

    assert code == 2
    lines = err[err.index("    got ") :].splitlines()
    terms = [line.split()[0] for line in lines[1:7]]
    assert terms == ["weights", "KV", "adapters", "activations", "workspace", "needed"]
    assert all(line.startswith(" " * len("    got      ")) for line in lines[1:7])
    assert "more than 40.23 GiB (0.9 x 44.7 GiB)" in lines[6]
    assert "raise tensor_parallel (4 fits)" in err
