"""A finished run, and the one form of the files that tell of it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One finished run: its folder, the executed notebook and the page in it, the content of facts.json."""

    folder: Path
    notebook: Path
    page: Path
    facts: dict


def json_text(content):
    """JSON as files of this room hold it: one form, readable, with a last line end."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def now():
    """This instant, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
