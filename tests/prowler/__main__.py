"""Scans a demo keep on the sandbox. Ends with 1 where the result differs from explained.toml; some minutes."""

import sys
from collections import Counter

from tests.prowler.installation import installed
from tests.prowler.scan import deployed_demo, scan
from tests.prowler.table import differences, table


def main() -> int:
    explained = table()
    python = installed()
    with deployed_demo() as url:
        findings = scan(python, url)
    counts = Counter(each.status for each in findings)
    print("Prowler: " + ", ".join(f"{count:,} {status}" for status, count in sorted(counts.items())))
    whose = Counter[str]()
    for each in explained:
        whose[each.whose.value] += each.count
    print("Explained: " + ", ".join(f"{count:,} {name}" for name, count in sorted(whose.items())))
    found = list(differences(findings, explained))
    print("\n".join(found) or "The scan is what explained.toml says.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
