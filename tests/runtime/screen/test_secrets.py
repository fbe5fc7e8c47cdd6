"""Secrets are masked and other code is not. The secrets are made up, and assembled so that no scanner reports them."""

import pytest
from codekeep_runtime.screen import mask_secrets
from hypothesis import given, settings
from hypothesis import strategies as st

RANDOM = "q7Zr2Lk9Xw4Vt8Bn3Mc6Yp1Hd5Js0Gf"
KEY = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow" + RANDOM + "\n" + RANDOM + "\n-----END RSA PRIVATE KEY-----"
SECRETS = {
    "aws-key": ["AKIA" + "Q3EGZ7WJ2XNV5KLM"],
    "github-token": ["ghp_" + "a1B2" * 9, "github_pat_" + "a1B2" * 8],
    "gitlab-token": ["glpat-" + "a1B2c3D4e5F6g7H8i9J0"],
    "slack-token": ["xoxb-" + "123456789012-abcdefABCDEF"],
    "stripe-key": ["sk_live_" + "a1B2" * 6],
    "google-key": ["AIza" + "SyA1234567890abcdefghijklmnopqrstuv"],
    "jwt": ["eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N"],
    "npm-token": ["npm_" + "a1B2" * 9],
}


@pytest.mark.parametrize(("kind", "secret"), [(kind, each) for kind, group in SECRETS.items() for each in group])
def test_secrets_of_known_formats_are_masked(kind, secret):
    masked = mask_secrets(f"before\nx = '{secret}'\nafter\n")
    assert masked.text == f"before\nx = '[masked:{kind}]'\nafter\n"
    assert masked.count == 1


def test_a_private_key_is_masked_and_the_number_of_lines_stays():
    masked = mask_secrets(f"a\n{KEY}\nb\n")
    assert "MIIEow" not in masked.text
    assert RANDOM not in masked.text
    assert masked.text.split("\n").index("b") == f"a\n{KEY}\nb\n".split("\n").index("b")


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('password = "hunter2!"', "hunter2!"),
        ('DB_PASSWORD: str = "hunter2x"', "hunter2x"),
        ('{"password": "hunter2x"}', "hunter2x"),
        (f'api_key = "{RANDOM}"', RANDOM),
        (f"const clientSecret = '{RANDOM}';", RANDOM),
        (f"export AWS_SECRET_ACCESS_KEY={RANDOM}", RANDOM),
        (f"  token: {RANDOM}", RANDOM),
        ("url = 'postgres://app:p4ssw0rd@db.internal/x'", "p4ssw0rd"),
        (f"Authorization: Bearer {RANDOM}", RANDOM),
    ],
)
def test_values_assigned_to_secret_names_are_masked(line, secret):
    masked = mask_secrets(line)
    assert secret not in masked.text
    assert masked.count == 1


@pytest.mark.parametrize(
    "line",
    [
        "password = get_password(user)",
        'password = "password"',
        'token = "access_token"',
        'password = "${DB_PASSWORD}"',
        'secret = "<your-secret>"',
        "tokens = tokenizer.encode(text1, text2)",
        "secret_name = 'projects/app/secrets/db'",
        "sha = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'",
        "see https://example.com/a:b and mail me@example.com",
        "postgres://user:${PASSWORD}@host/db",
        "def token_bucket(self, capacity: int = 10) -> Token: ...",
        "eyJust = 1",
    ],
)
def test_ordinary_code_is_not_masked(line):
    assert mask_secrets(line) == mask_secrets("") or mask_secrets(line).text == line


EVERY = [*(each for group in SECRETS.values() for each in group), KEY]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*EVERY, "\n", "x = '", "password = '", "ı İ\r\n", "a@b://c:"])))
def test_masking_keeps_the_number_of_lines(parts):
    text = " ".join(parts)
    masked = mask_secrets(text).text
    assert masked.count("\n") == text.count("\n")
    assert not any(secret in masked for secret in EVERY)
