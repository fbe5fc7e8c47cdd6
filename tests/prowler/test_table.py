"""The comparison of a scan with the table; the scan itself is `make prowler`."""

from dataclasses import replace

import pytest

from tests.prowler.scan import Finding
from tests.prowler.table import FEWEST_PASSED, Explained, Whose, differences, table

EVENT = {
    "metadata": {"event_code": "s3_bucket_object_lock"},
    "status_code": "FAIL",
    "status_detail": "S3 Bucket b has Object Lock disabled.",
    "resources": [{"uid": "arn:aws:s3:::b", "type": "AwsS3Bucket", "name": "b"}],
}
FAILED = Finding.of(EVENT)
PASSES = [replace(FAILED, check="other", status="PASS")] * FEWEST_PASSED
KNOWN = Explained(
    check="s3_bucket_object_lock",
    kind="AwsS3Bucket",
    count=1,
    whose=Whose.CHOICE,
    reason="only the audit bucket is locked",
)


def test_a_scan_that_the_table_explains_has_no_difference() -> None:
    assert list(differences([*PASSES, FAILED], [KNOWN])) == []


@pytest.mark.parametrize("status", ["FAIL", "MANUAL"])
def test_what_no_entry_explains_is_named_with_its_resource(status: str) -> None:
    """Neither an unknown check, nor one more resource, nor a check that could not decide, passes in silence."""
    more = replace(FAILED, resource="arn:aws:s3:::c", status=status)
    [first, *_, last] = differences([*PASSES, FAILED, more], [KNOWN])
    assert "2 reported, 1 explained" in first
    assert "arn:aws:s3:::c" in last
    assert any("0 explained" in each for each in differences([*PASSES, more], []))


def test_an_entry_that_explains_nothing_any_more_is_a_difference() -> None:
    assert ["no longer reported" in each for each in differences(PASSES, [KNOWN])] == [True]
    assert any("1 reported, 2 explained" in each for each in differences([*PASSES, FAILED], [replace(KNOWN, count=2)]))


def test_a_scan_that_saw_no_keep_is_a_difference() -> None:
    assert any("did not see the keep" in each for each in differences([FAILED], [KNOWN]))
    assert any("did not see the keep" in each for each in differences([], []))


def test_the_table_names_each_check_once_and_says_why() -> None:
    rows = table()
    assert len(rows) > 40
    assert {each.whose for each in rows} == set(Whose)
    with pytest.raises(ValueError, match="must say why"):
        replace(KNOWN, reason="known")
    with pytest.raises(ValueError, match="remove the entry"):
        replace(KNOWN, count=0)
