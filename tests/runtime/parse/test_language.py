"""Which language a file has, by its name and first bytes."""

import pytest
from codekeep_runtime.parse.language import language_of


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("a/b.py", b"", "python"),
        ("a/B.PY", b"", "python"),
        ("a/view.tsx", b"", "tsx"),
        ("Dockerfile", b"", "dockerfile"),
        ("images/Dockerfile.gpu", b"", "dockerfile"),
        ("tool", b"#!/usr/bin/env python3\n", "python"),
        ("tool", b"#!/usr/bin/env -S node\n", "javascript"),
        ("tool", b"#!/bin/bash -e\n", "bash"),
        ("shop.h", b"int price(void);\n", "c"),
        ("shop.h", b"#pragma once\nnamespace shop {\n", "cpp"),
        ("LICENSE", b"MIT", None),
        ("py", b"", None),
        ("a.unknown", b"\xff\xfe", None),
        ("", b"", None),
    ],
)
def test_the_language_of_a_file_is_recognised(path, head, language):
    assert language_of(path, head) == language
