"""The web page in a real browser: asking, reading, citations; names and texts contain markup."""

import pytest

from tests.runtime.page.browser import VARIABLE, program, tab
from tests.runtime.page.conftest import HOSTILE

pytestmark = pytest.mark.skipif(
    program() is None, reason=f"no Chromium: install one (Debian: chromium) or set {VARIABLE} to its path"
)
CONTROL = 2


@pytest.fixture
def page():
    with tab(program()) as opened:
        yield opened
        assert opened.complaints == []


def test_a_question_and_its_citation_work_by_keyboard(page, site):
    page.resize(360, dark=True)
    page.open(f"{site.url}/#token=ann")
    assert page.value("location.hash") == ""
    page.value("document.getElementById('question').focus()")
    page.type("How is the invoice total computed?")
    page.press("Enter", 13, modifiers=CONTROL)
    page.wait("document.querySelector('#answer a')")
    assert "no language model" in page.value("document.getElementById('answer').textContent")
    page.value("document.querySelector('#answer a').focus()")
    page.press("Enter", 13, text="\r")
    page.wait("!document.getElementById('lines').hidden")
    assert page.value("document.querySelector('#code span').textContent") == "def total_of_invoice(lines):"
    assert page.value("document.querySelector('#code span').dataset.line") == "1"
    assert page.value("document.activeElement.id") == "lines"
    assert page.value("document.getElementById('host-link').href").startswith("https://github.com/acme/%3Cimg")
    assert HOSTILE in page.value("document.getElementById('code').textContent")
    assert HOSTILE in page.value("document.getElementById('lines-title').textContent")
    assert page.value("document.querySelectorAll('img, main script').length") == 0
    assert page.value("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_asks_for_a_token_without_a_valid_one(page, site):
    page.open(site.url)
    assert not page.value("document.getElementById('sign-in').hidden")
    page.value("document.getElementById('token').focus()")
    page.type("wrong")
    page.press("Enter", 13, text="\r")
    page.wait("document.activeElement.id === 'question'")
    page.type("anything")
    page.press("Enter", 13, modifiers=CONTROL)
    page.wait("!document.getElementById('sign-in').hidden")
    assert page.value("document.getElementById('status').textContent") == "Sign in again."


def test_a_reader_without_repositories_gets_a_message_and_no_links(page, site):
    page.open(f"{site.url}/#token=eve")
    page.value("document.getElementById('question').focus()")
    page.type("How is the invoice total computed?")
    page.press("Enter", 13, modifiers=CONTROL)
    page.wait("document.getElementById('answer').textContent.includes('Nothing in the indexed repositories')")
    assert page.value("document.querySelectorAll('#answer a, #citations a').length") == 0


def test_violations_of_the_pages_policy_are_detected(site):
    """Or the tests above would prove nothing."""
    with tab(program()) as opened:
        opened.open(site.url)
        refused = "document.addEventListener('securitypolicyviolation', () => { window.refused = true })"
        opened.value(f"{refused}; fetch('https://evil.example/').catch(() => 0)")
        opened.wait("window.refused")
        assert any("Content Security Policy" in complaint for complaint in opened.complaints)
