"""Make the synthetic sample: invented exports of January 2016, and of one year, some of them with published margins.

    python make_sample.py [OUTDIR]

Nothing here was ever posted: no person, text, account or count is real. Seeds are fixed and no clock is read, so the
files come out byte for byte the same on every system. Phrases, names and headers are in phrases.json.
"""

import hashlib
import sys
from pathlib import Path

from sample_further import make_further
from sample_peru import make_peru
from sample_state import make_state

MANIFEST = """
usa-steady_getpage.csv,rfacebook_page,facebook,USA,America/New_York,2016-02-01T06:00:00Z
usa-steady_facebook_statuses.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
usa-steady_facebook_comments.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
usa-storms_facebook_statuses.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
usa-storms_facebook_comments.csv,minimaxir_facebook,facebook,USA,America/New_York,2016-03-01T00:00:00Z
per_crowdtangle.csv,crowdtangle_facebook,facebook,PER,America/Lima,2021-07-05T00:00:00Z
per_facebook_comments.csv,minimaxir_facebook,facebook,PER,America/Lima,2017-07-01T00:00:00Z
per_tweets.jsonl,twitter_v1,x,PER,America/Lima,2017-01-15T00:00:00Z
ken_crowdtangle.csv,crowdtangle_facebook,facebook,KEN,Africa/Nairobi,2021-07-05T00:00:00Z
est_getpage.csv,rfacebook_page,facebook,EST,Europe/Tallinn,2016-03-01T00:00:00Z
ind_facebook_statuses.csv,minimaxir_facebook,facebook,IND,Asia/Kolkata,2016-03-01T00:00:00Z
ind_facebook_comments.csv,minimaxir_facebook,facebook,IND,Asia/Kolkata,2016-03-01T00:00:00Z
"""


def make_all():
    """All exports and their manifest: name -> text."""
    files = {**make_state("usa-steady"), **make_state("usa-storms"), **make_peru(), **make_further()}
    lines = ["path,sha256,reader,platform,ministry,zone,label,retrieved_at,terms"]
    for path, reader, platform, ministry, zone, retrieved_at in (row.split(",") for row in MANIFEST.split()):
        digest = hashlib.sha256(files[path].encode()).hexdigest()
        lines.append(f'{path},{digest},{reader},{platform},{ministry},{zone},synthetic,{retrieved_at},"synthetic, CC0"')
    return {**files, "MANIFEST.csv": "\n".join(lines) + "\n"}


def write_all(folder):
    """Write every file into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in make_all().items():
        (folder / name).write_bytes(text.encode())


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
