"""The routes of the web page and of cited chunks."""

import httpx


def _only_chunk(site):
    return next(iter(site.index.unembedded(1))).id


def test_the_page_loads_only_its_own_files(site):
    answer = httpx.get(site.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in answer.text
    assert " on" not in answer.text.replace(" on the", "")


def test_a_chunk_is_shown_to_a_permitted_reader_and_audited(site):
    answer = httpx.get(f"{site.url}/v1/chunks/{_only_chunk(site)}", headers={"authorization": "Bearer ann"})
    assert answer.json()["text"].startswith("def total_of_invoice")
    assert site.audited[-1].chunk_ids == (_only_chunk(site),)


def test_a_forbidden_chunk_looks_like_a_missing_one(site):
    hidden = httpx.get(f"{site.url}/v1/chunks/{_only_chunk(site)}", headers={"authorization": "Bearer eve"})
    missing = httpx.get(f"{site.url}/v1/chunks/{'0' * 32}", headers={"authorization": "Bearer eve"})
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
    assert hidden.status_code == 404


def test_a_chunk_needs_sign_in(site):
    assert httpx.get(f"{site.url}/v1/chunks/{_only_chunk(site)}").status_code == 401
