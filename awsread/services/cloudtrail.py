"""CloudTrail trails."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads
from awsread.spelling import Spelling

TRAIL = {  # property → member of GetTrail's answer
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "enableLogFileValidation": "LogFileValidationEnabled",
    "includeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "isOrganizationTrail": "IsOrganizationTrail",
    "kmsKeyId": "KmsKeyId",
    "name": "Name",
    "s3BucketName": "S3BucketName",
    "s3KeyPrefix": "S3KeyPrefix",
    "snsTopicArn": "SnsTopicARN",
    "snsTopicName": "SnsTopicName",
}
SELECTORS = Spelling(
    {
        "endsWiths": "EndsWith",
        "notEndsWiths": "NotEndsWith",
        "notStartsWiths": "NotStartsWith",
        "startsWiths": "StartsWith",
    }
)
MANAGEMENT_EVENTS = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
"""The basic selectors that AWS starts with."""


@reads("cloudtrail", "aws:cloudtrail/trail:Trail", fixed="insightSelectors")
def trail(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Its id is its ARN. AWS has one kind of event selectors at a time."""
    cloudtrail = aws.client("cloudtrail")
    answer = or_none(cloudtrail.get_trail, Name=id)
    if answer is None:
        return None
    found = answer["Trail"]
    selectors = cloudtrail.get_event_selectors(TrailName=id)
    advanced, basic = selectors.get("AdvancedEventSelectors") or [], selectors.get("EventSelectors") or []
    tags = cloudtrail.list_tags(ResourceIdList=[id])["ResourceTagList"]
    return {
        **{name: found[key] for name, key in TRAIL.items() if found.get(key) not in (None, "")},
        "arn": id,
        "homeRegion": found.get("HomeRegion", aws.region),
        "advancedEventSelectors": SELECTORS.to_props(advanced) or None,
        "eventSelectors": None if advanced or basic == MANAGEMENT_EVENTS else SELECTORS.to_props(basic),
        "enableLogging": bool(cloudtrail.get_trail_status(Name=id)["IsLogging"]),
        "tags": tag_map(tags[0]["TagsList"] if tags else ()),
    }
