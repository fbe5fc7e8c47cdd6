"""IAM Access Analyzer."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import pick, tag_map
from awsread.reader import Aws, Props, reads


@reads("accessanalyzer", "aws:accessanalyzer/analyzer:Analyzer", fixed="analyzerName")
def analyzer(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = aws.client("accessanalyzer").get_analyzer(analyzerName=id)["analyzer"]
    return {**pick(found, "arn", "type", analyzerName="name"), "tags": tag_map(found.get("tags"))}
