"""Retention: which studies have passed the date of their data statement, while exports that they read are still held."""

import json
import re
from datetime import UTC, datetime

from digidip import deliveries


def overdue(home):
    """Studies in reports/ whose retention date is over: a list of (study, date, paths of deliveries it read that are held).

    The date is the last of the form 2027-12-31 in the words of `retention`; without one nothing can be told.
    """
    held = {delivery.sha256: delivery.path for delivery in deliveries.manifest(home / "data" / "raw")}
    today, found = datetime.now(UTC).date().isoformat(), []
    for path in sorted((home / "reports").glob("*/study.json")) if held else []:
        study = json.loads(path.read_text(encoding="utf-8"))
        dates = re.findall(
            r"\b[12][0-9]{3}-[01][0-9]-[0-3][0-9]\b", (study.get("statement") or {}).get("retention", "")
        )
        paths = [held[one["sha256"]] for one in study["inputs"] if one["sha256"] in held]
        if dates and max(dates) < today and paths:
            found.append((study["slug"], max(dates), paths))
    return found
