"""Problems with the file of a spec, apart from its values."""

from pathlib import Path

import pytest
import yaml

from stacks.spec import PlatformSpec, Problem, SpecError, TenantSpec, load, load_spec
from tests.stacks.documents import ROOT, changed, document


def the_problem(path: Path) -> Problem:
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert len(caught.value.problems) == 1, str(caught.value)
    problem = caught.value.problems[0]
    assert problem.source == str(path)
    assert problem.allowed
    assert problem.remedy
    return problem


def written(folder: Path, content: str | bytes, name: str = "spec.yaml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "got"),
    [
        ("", "an empty file"),
        ("# only a comment\n", "an empty file"),
        ("- a\n- b\n", '["a", "b"]'),
        ("just text", '"just text"'),
        ("42", "42"),
        (b"name: \xff\xfe", "bytes that are not UTF-8"),
        ("name: [1, 2", "expected ',' or ']'"),
        ("name: a\nname: b\n", "key 'name' is given twice, first in line 1"),
        ("a: 1\nregions:\n  primary: x\n  primary: y\n", "key 'primary' is given twice, first in line 3"),
        ("? [a, b]\n: c\n", "a key must be a single word"),
        ("base: &b {x: 1}\n<<: *b\n", "merge keys"),
        ("1: a\n", "the key 1"),
        ("name: !!python/object/apply:os.system [ls]\n", "could not determine a constructor"),
        ("name: !!binary aGk=\n", "a value of type bytes"),
        ("name: !!set {a}\n", "a value of type set"),
        ("name: !!float .inf\n", "inf"),
        ("name: &a [*a]\n", "recursive"),
        ("name: " + "[" * 30 + "]" * 30, "more than 24 levels"),
        ("name: " + "[" * 5000 + "]" * 5000, "RecursionError"),
        ("name: " + "9" * 5000, "ValueError"),
        ('name: "\\ud800"\n', "a lone surrogate"),
        ("a: \x00\n", "special characters are not allowed"),
    ],
)
def test_a_malformed_file_is_a_problem(tmp_path: Path, content: str | bytes, got: str) -> None:
    path = written(tmp_path, content)
    assert got in the_problem(path).got


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    assert the_problem(tmp_path / "none.yaml").got == "no such file"
    assert the_problem(tmp_path).got == "something that is no file"


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, "#" * (4 * 1024 * 1024 + 1))
    assert "bytes" in the_problem(path).got


def test_yaml_aliases_that_expand_too_much_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]  # ten to the ninth values
    assert the_problem(written(tmp_path, "\n".join(lines))).got == "more than 200000 values"


def test_words_that_yaml_1_1_would_convert_stay_text(tmp_path: Path) -> None:
    spec = changed(document("demo"), "tags", {"on-call": "placeholder"})
    text = yaml.safe_dump(spec).replace("placeholder", "no")
    assert load_spec(written(tmp_path, text)).tags == {"on-call": "no"}


def test_a_plain_spec_file_and_a_stack_file_are_equivalent(tmp_path: Path) -> None:
    bare = written(tmp_path, yaml.safe_dump(document("demo")))
    assert load_spec(bare) == load_spec(ROOT / "Pulumi.demo.yaml")


def test_a_stack_file_without_a_spec_is_reported_with_the_key_to_use(tmp_path: Path) -> None:
    problem = the_problem(written(tmp_path, "config:\n  aws:region: eu-central-1\n", "Pulumi.x.yaml"))
    assert problem.path == "config"
    assert "codekeep:tenant" in problem.remedy


def test_a_platform_is_refused_as_a_tenant() -> None:
    path = ROOT / "Pulumi.platform-eu-central-1.yaml"
    assert isinstance(load(path), PlatformSpec)
    assert "a shared platform's spec" in the_problem(path).got


class TestPooledBesidePlatform:
    def folder(self, tmp_path: Path, tenant: object, platform: object) -> Path:
        stack = {"config": {"codekeep:platform": platform}}
        written(tmp_path, yaml.safe_dump(stack), "Pulumi.platform-eu-central-1.yaml")
        return written(tmp_path, yaml.safe_dump({"config": {"codekeep:tenant": tenant}}), "Pulumi.pico.yaml")

    def test_the_shipped_pair_agrees(self) -> None:
        assert isinstance(load(ROOT / "Pulumi.pico.yaml"), TenantSpec)

    def test_a_model_too_large_for_the_platforms_pool(self, tmp_path: Path) -> None:
        tenant = changed(document("pico"), "models.0.parameters_billions", 70)
        problem = the_problem(self.folder(tmp_path, tenant, document("platform-eu-central-1")))
        assert problem.path == "models[0].parameters_billions"

    def test_a_tenant_the_platform_does_not_admit(self, tmp_path: Path) -> None:
        platform = changed(document("platform-eu-central-1"), "tenants", ["other"])
        problem = the_problem(self.folder(tmp_path, document("pico"), platform))
        assert (problem.path, problem.got) == ("name", '"pico"')
        assert "Pulumi.platform-eu-central-1.yaml" in problem.remedy

    def test_another_account(self, tmp_path: Path) -> None:
        tenant = changed(document("pico"), "account.id", "999900001111")
        tenant = changed(tenant, "account.deployer_role_arn", "arn:aws:iam::999900001111:role/x")
        problem = the_problem(self.folder(tmp_path, tenant, document("platform-eu-central-1")))
        assert problem.path == "account.id"

    def test_a_platform_that_is_a_tenant(self, tmp_path: Path) -> None:
        path = written(tmp_path, yaml.safe_dump({"config": {"codekeep:tenant": document("pico")}}), "Pulumi.pico.yaml")
        written(
            tmp_path,
            yaml.safe_dump({"config": {"codekeep:tenant": document("demo")}}),
            "Pulumi.platform-eu-central-1.yaml",
        )
        assert the_problem(path).path == "platform.stack"
