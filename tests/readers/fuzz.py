"""Coverage-guided fuzzing of the readers that take files apart in Python: any bytes end in tables, rejects or one message.

No part of `make test`. `make fuzz` runs it in an environment of its own with atheris, which the project does not depend on;
by hand: `python tests/readers/fuzz.py [READER…] [--seconds N]`. Each reader starts from its samples, in a process of its own, and
what it is given is kept under build/fuzz. A finding stands there as crash-… or timeout-…: `python tests/readers/fuzz.py READER
--again FILE` reads that file once more. The exit is 1 if there is one.
"""

import argparse
import io
import os
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
SAMPLES = ROOT / "tests" / "samples"
PARSERS = """gexf graphml pajek gdf twarc_followers twarc2_users
    twitter_archive twitter_v1 twitter_v2 academictwitter twitter_users tweet_ids
    graph_api facebook_scraper facepager_facebook crowdtangle_api_facebook crowdtangle_api_instagram
    telegram_desktop youtube_api bluesky_feed bluesky_profiles mastodon_statuses activitypub_outbox
    zeeschuimer_x zeeschuimer_instagram zeeschuimer_threads zeeschuimer_truthsocial zeeschuimer_tiktok
    zeeschuimer_tiktok_comments fourcat_truthsocial crowdtangle_facebook crowdtangle_history netvizz_page
    congress_legislators wikidata_accounts digital_registry touchpoints_registry hamilton_accounts
    google_trends gdelt_timeline attention_wide""".split()
LONGEST, SLOWEST = 1 << 14, 10  # bytes of a file, seconds for it
WORD = re.compile(rb"[<*@\"'{\[]?[\w:./-]{2,30}[>\"':}\]]?")
PACKED = (b"PK", b"\x1f\x8b")
OWNER = b'window.YTD.account.part0 = [{"account":{"accountId":"7","username":"mfa_xx"}}]'
TIES = {"follower.js": b'[{"follower":{"accountId":"8"}}]', "following.js": b"[]"}


def ends_well(name, path, data):
    """Write and read a file: nothing, if that ends in tables or in a message with `Expected`, else the error itself."""
    from digidip import readers
    from digidip.tables import ReaderError

    path.write_bytes(zipped(data) if name == "twitter_archive" else data)
    try:
        share = dict(readers.matches(path)).get(name, 0)
        with readers.reader_errors(path):
            tables = [frame.to_pyarrow() for frame in readers.reader(name).read(path, zone="UTC").values()]
            records = max(table.num_rows for table in tables) + len(readers.unsplit(path))
    except ReaderError as error:
        assert "Expected" in str(error), f"a message without what is expected: {error}"
        return
    most = path.stat().st_size + 1  # a record, and a tie each way, takes two bytes at least
    assert 0 <= share <= 1, f"a share of {share}"
    assert records <= most or path.read_bytes().startswith(PACKED), f"{records} rows of {most} bytes"


def zipped(data):
    """The bytes as tweets.js of an archive, since a mutated zip seldom passes its checksums; a packed file as it is."""
    if data.startswith(PACKED):
        return data
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, held in {"tweets.js": data, "account.js": OWNER, **TIES}.items():
            archive.writestr(name, held)
    return whole.getvalue()


def seeds(name):
    """The samples of a reader, and the members of those that are a zip, each as its first bytes."""
    files = [path for path in sorted((SAMPLES / name).iterdir()) if ".expected." not in path.name]
    found = [path.read_bytes() for path in files]
    for path in filter(zipfile.is_zipfile, files):
        with zipfile.ZipFile(path) as archive:
            found += map(archive.read, archive.namelist())
    return files[0].name, [data[:LONGEST] for data in found]


def words(found):
    """What the samples are made of, as a dictionary that the mutations draw from."""
    pieces = {word.hex("|").replace("|", r"\x") for data in found for word in WORD.findall(data)}
    return "".join(rf'"\x{piece}"' + "\n" for piece in sorted(pieces))


def forget():
    """Empty the caches that know a file by its time and size: the next one has the same name, and often the same two."""
    from digidip.readers.opening import archives, copies, head

    for cached in (copies._utf8_copy, archives._members):
        cached.cache_clear()
    head._heads.clear()
    for copy in copies.private_folder(copies.home() / "data").glob("[a-z]*-*"):
        copy.unlink()


def fuzz(name, seconds):
    """Mutate the samples of one reader until the time is over or a file ends badly; never returns."""
    import atheris

    with atheris.instrument_imports(include=["digidip.readers"]):
        from digidip import readers

        for each in readers.READERS:
            readers.reader(each)
    folder = KEPT / name
    (file, found), corpus = seeds(name), folder / "corpus"
    path = folder / file
    corpus.mkdir(parents=True, exist_ok=True)
    (folder / "words.dict").write_text(words(found), encoding="ascii")
    for number, data in enumerate(found):
        (corpus / f"sample-{number}").write_bytes(data)

    def once(data):
        forget()
        ends_well(name, path, data)

    limits = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-max_len={LONGEST}", "-len_control=0"]
    limits += ["-rss_limit_mb=4096", f"-dict={folder / 'words.dict'}", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], once)
    atheris.Fuzz()


def again(name, given):
    """Read one finding once more, under the name that the reader knows, and show how it ends."""
    path = KEPT / name / seeds(name)[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    ends_well(name, path, Path(given).read_bytes())
    print(f"{given}: {name} ends well")


def main():
    """Fuzz the readers named, else all PARSERS, one after the other; 1 if any of them ended badly."""
    told = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    told.add_argument("reader", nargs="*", default=PARSERS)
    told.add_argument("--seconds", type=int, default=60, help="for each reader")
    told.add_argument("--again", metavar="FILE", help="read this finding once more")
    told.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = told.parse_args()
    if given.again:
        return again(given.reader[0], given.again)
    if not find_spec("atheris"):
        return "no atheris here. Expected: `make fuzz`, or `pip install atheris` in an environment of your own."
    if given.here:
        return fuzz(given.reader[0], given.seconds)
    settings = os.environ | {"DIGIDIP_THREADS": "1", "PYTHONPATH": str(ROOT)}
    call = [sys.executable, __file__, "--here", "--seconds", str(given.seconds)]
    bad = [name for name in given.reader if subprocess.run([*call, name], env=settings, check=False).returncode]
    print(f"{len(given.reader) - len(bad)} of {len(given.reader)} readers end well; not: {', '.join(bad) or 'none'}")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
