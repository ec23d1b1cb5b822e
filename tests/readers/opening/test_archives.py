"""Archives: nothing leads outside, nothing grows beyond its limit, and what cannot be taken is refused in words."""

import gzip
import io
import json
import stat
import tarfile
import zipfile
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digidip import deliveries, readers
from digidip.readers.opening import archives, copies
from digidip.readers.x import twitter_archive
from digidip.tables import ReaderError

SAMPLES = Path(__file__).parents[2] / "samples"
POSTS = (SAMPLES / "rfacebook_page" / "plain.csv").read_bytes()
TWEETS = (SAMPLES / "twitter_v1" / "rest_full_text.jsonl").read_bytes()
WHOLE = SAMPLES / "twitter_archive" / "tweets_in_parts.zip"
QUICK = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BAD_NAMES = {
    "/etc/passwd": "an absolute path",
    "\\\\server\\share": "an absolute path",
    "C:\\a.csv": "an absolute path",
    "../a.csv": "leads outside",
    "a/../../b.csv": "leads outside",
    "a\\..\\b.csv": "leads outside",
    "data/CON": "keeps for a device",
    "aux.csv": "keeps for a device",
    "a/lpt1.tar/b.csv": "keeps for a device",
}


def zipped(path, *members, method=zipfile.ZIP_DEFLATED):
    """A zip of pairs (name or ZipInfo, bytes)."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path, *members, mode="w"):
    """A tar of pairs (name or TarInfo, bytes)."""
    with tarfile.open(path, mode) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def refusal(call):
    """The message with which something is refused; it says what is expected."""
    with pytest.raises(ReaderError) as error:
        call()
    assert "Expected: " in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("mode", ["zip", "w", "w:gz"])
def test_members_are_listed_and_copied(tmp_path, mode):
    """Files are listed in their order, folders not; a copy has the bytes of its member and lies in the private folder."""
    folder = tarfile.TarInfo("data")
    folder.type = tarfile.DIRTYPE
    files = [("data/b.csv", b"b,1\n"), ("data/ä 2.csv", b"")]
    path = tmp_path / "export.bin"
    if mode == "zip":
        zipped(path, ("data/", b""), *files)
    else:
        tarred(path, (folder, b""), *files, mode=mode)
    assert readers.read_head(path).is_archive
    assert archives.members(path) == ["data/b.csv", "data/ä 2.csv"]
    copy = archives.member_copy(path, "data/b.csv")
    assert copy.read_bytes() == b"b,1\n"


def test_a_copy_has_no_name_where_the_system_can_else_it_is_private_under_the_home(tmp_path, monkeypatch):
    """Killed, a process leaves no copy on Linux; elsewhere it lies where the next command sweeps, mode 700."""
    monkeypatch.setenv("DIGIDIP_HOME", str(tmp_path))
    path = zipped(tmp_path / "a.zip", ("a.csv", b"Zebulon"))
    private = copies.private_folder(tmp_path / "data")
    if copies.FILES.is_dir():
        monkeypatch.setattr(copies, "_unnamed", count())
        assert archives.member_copy(path, "a.csv").read_bytes() == b"Zebulon"
        assert [copy.name for copy in private.iterdir()] == [".lock"]
    monkeypatch.setattr(copies, "MOST_OPEN", 0)
    copy = archives.member_copy(path, "a.csv")
    assert copy.parent == private and private.stat().st_mode & 0o777 == 0o700 and copy.read_bytes() == b"Zebulon"


@pytest.mark.parametrize(("name", "part"), BAD_NAMES.items())
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_outside_or_to_devices_are_refused(tmp_path, pack, name, part):
    """One bad name and the whole archive is refused, with the name; nothing is written beside it."""
    path = pack(tmp_path / "export.bin", ("good.csv", b"a"), (name, b"b"))
    before = sorted(tmp_path.rglob("*"))
    assert part in refusal(lambda: archives.members(path))
    assert part in refusal(lambda: archives.member_copy(path, name))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("names", [("a.csv", "a.csv"), ("a.csv", "A.CSV"), ("d/\u00e9.csv", "d\\e\u0301.csv")])
def test_two_members_of_one_name_are_refused(tmp_path, names):
    """The same name twice, in another case, or with accents formed otherwise, is refused."""
    info = [zipfile.ZipInfo(name) for name in names]
    path = tmp_path / "export.zip"
    with pytest.warns(UserWarning) if names[0] == names[1] else nullcontext():
        zipped(path, *((one, b"x") for one in info))
    assert "two members of one name" in refusal(lambda: archives.members(path))


def test_name_with_a_nul_byte_is_refused(tmp_path):
    """A name that would end at its NUL byte is refused and printed without it."""
    data = zipped(tmp_path / "a.zip", ("a.csvXb.exe", b"x")).read_bytes()
    path = tmp_path / "b.zip"
    path.write_bytes(data.replace(b"a.csvXb.exe", b"a.csv\0b.exe"))
    message = refusal(lambda: archives.members(path))
    assert "NUL byte" in message and "'a.csv?b.exe'" in message


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    """What is neither a file nor a folder is refused, wherever it leads."""
    info = tarfile.TarInfo("a.csv")
    info.type, info.linkname = kind, "good.csv"
    path = tarred(tmp_path / "export.tar", ("good.csv", b"x"), (info, b""))
    assert "a link or a device" in refusal(lambda: archives.members(path))


def test_link_in_a_zip_is_refused(tmp_path):
    """A zip keeps a link as a file with a mode."""
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "export.zip", (info, b"/etc/passwd"))
    assert "a link or a device" in refusal(lambda: archives.members(path))


def test_encrypted_member_is_refused(tmp_path):
    """A member that asks for a password is refused before anything is read."""
    data = bytearray(zipped(tmp_path / "a.zip", ("a.csv", b"x")).read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "b.zip"
    path.write_bytes(data)
    assert "an encrypted member" in refusal(lambda: archives.members(path))


def test_bomb_is_refused_by_what_it_says_and_by_what_it_writes(tmp_path):
    """8 MiB of zeros, packed 1000 : 1, are refused; so are they where the archive says that they are few."""
    path = zipped(tmp_path / "a.zip", ("a.csv", bytes(8 << 20)))
    assert "8,388,608 bytes packed into" in refusal(lambda: archives.members(path))
    data = path.read_bytes()
    liar = tmp_path / "b.zip"
    liar.write_bytes(data.replace((8 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    assert archives.members(liar) == ["a.csv"]
    assert "breaks off or is malformed" in refusal(lambda: archives.member_copy(liar, "a.csv"))


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.tar.gz"])
def test_gzip_bomb_is_refused_while_it_is_written(tmp_path, name):
    """A file that gzip packed 1000 : 1 is given up at the limit; the copy is never larger."""
    path = tmp_path / name
    plain = bytes(8 << 20)
    path.write_bytes(gzip.compress(plain if name == "a.jsonl.gz" else tar_of(plain)))
    assert "packed into" in refusal(lambda: readers.best_match(path))
    largest = max(one.stat().st_size for one in copies.private_folder(copies.home() / "data").glob("unpacked-*"))
    assert largest <= copies.largest_copy(path.stat().st_size)


def tar_of(data):
    """The bytes of a tar that holds one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.csv")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    """The number of members is limited."""
    monkeypatch.setattr(archives, "MOST", 3)
    path = zipped(tmp_path / "export.zip", *((f"{number}.csv", b"x") for number in range(4)))
    assert "too many members: '3.csv'" in refusal(lambda: archives.members(path))


@pytest.mark.parametrize("inner", ["zip", "gz"])
def test_nested_archives_are_not_opened(tmp_path, inner):
    """An archive inside an archive is listed, and never unpacked."""
    data = zipped(tmp_path / "inner.zip", ("a.csv", b"x")).read_bytes() if inner == "zip" else gzip.compress(b"x")
    path = zipped(tmp_path / "export.zip", (f"a.{inner}", data))
    assert archives.members(path) == [f"a.{inner}"]
    assert "a packed file inside it" in refusal(lambda: archives.member_copy(path, f"a.{inner}"))


def test_missing_member_names_those_there_are(tmp_path):
    """A member that is not there is refused with the list."""
    path = zipped(tmp_path / "export.zip", *((f"{number}.csv", b"x") for number in range(12)))
    message = refusal(lambda: archives.member_copy(path, "a.csv"))
    assert "no member 'a.csv'. Found: '0.csv', '1.csv'" in message and ", … (12 files)" in message


@pytest.mark.parametrize("pack", [lambda path, *files: zipped(path, *files, method=zipfile.ZIP_STORED), tarred])
def test_archive_that_breaks_off_is_refused(tmp_path, pack):
    """A cut archive, wherever it is cut, gives the member whole or is refused."""
    data = pack(tmp_path / "whole.bin", ("a.csv", b"abc" * 400), ("b.csv", b"d" * 600)).read_bytes()
    for end in range(300, len(data), 97):
        path = tmp_path / f"{end}.bin"
        path.write_bytes(data[:end])
        try:
            assert archives.member_copy(path, "a.csv").read_bytes() == b"abc" * 400
        except ReaderError as error:
            assert "Expected: " in str(error)


@QUICK
@given(
    tar=st.booleans(),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4), st.binary(max_size=6)), min_size=1, max_size=5),
)
def test_any_bytes_end_in_words(tmp_path, tar, edits):
    """An archive with bytes changed anywhere gives the members unchanged in number, or is refused in words."""
    data = (tarred if tar else zipped)(tmp_path / "a.bin", ("a.csv", b"a" * 700), ("b.csv", b"b")).read_bytes()
    for place, length, piece in edits:
        at = int(place * len(data))
        data = data[:at] + piece + data[at + length :]
    path = tmp_path / "b.bin"
    path.write_bytes(data)
    try:
        if readers.read_head(path).is_archive:
            [archives.member_copy(path, name) for name in archives.members(path)]
    except ReaderError as error:
        assert "Expected: " in str(error)


@pytest.mark.parametrize(("data", "name"), [(POSTS, "posts.csv.gz"), (TWEETS, "tweets.jsonl.gz")])
def test_text_that_gzip_packed_reads_as_the_text(tmp_path, data, name):
    """A single file under gzip gives the rows of the plain one, in one part or in several."""
    plain, packed = tmp_path / Path(name).stem, tmp_path / name
    plain.write_bytes(data)
    packed.write_bytes(gzip.compress(data[:100]) + gzip.compress(data[100:]))
    reader = readers.reader(readers.best_match(packed))
    assert readers.best_match(plain) == readers.best_match(packed)
    found, expected = (reader.read(path)["posts"].to_pandas() for path in (packed, plain))
    assert len(found) > 0 and found.equals(expected)


def test_gzip_may_hold_utf16(tmp_path):
    """A spreadsheet's Unicode text under gzip is unpacked and then read as the text it is."""
    path = tmp_path / "posts.csv.gz"
    path.write_bytes(gzip.compress(POSTS.decode("utf-8-sig").encode("utf-16")))
    assert readers.best_match(path) == "rfacebook_page"


@pytest.mark.parametrize(("end", "behind"), [(-9, b""), (12, b""), (None, b"junk")])
def test_gzip_that_breaks_off_is_refused(tmp_path, end, behind):
    """A file that gzip packed and that was cut, or has something behind it, is refused under its own name."""
    path = tmp_path / "posts.csv.gz"
    path.write_bytes(gzip.compress(POSTS)[:end] + behind)
    message = refusal(lambda: readers.best_match(path))
    assert message.startswith(f"{path}: ") and "breaks off or is malformed" in message


def test_messages_name_the_packed_file(tmp_path):
    """What is wrong inside a packed file is told of the file that was given."""
    path = tmp_path / "posts.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert refusal(lambda: readers.reader("rfacebook_page").read(path)).startswith(f"{path} (row 1): no column")


def described(path, **given):
    """What `digidip add` would declare of a file."""
    return deliveries.describe(path, ministry="PER", **{"label": "real", **given})


def test_archive_that_a_reader_knows_is_taken_in(tmp_path):
    """The zip of X is declared as it is; its reader is found by what is in it."""
    delivery = described(WHOLE)
    assert (delivery.reader, delivery.platform) == ("twitter_archive", "x")


def test_any_other_archive_is_refused_with_its_listing(tmp_path):
    """A zip of exports and a tar are refused with what they hold and what to do."""
    files = [("posts.csv", POSTS), ("more/tweets.jsonl", TWEETS)]
    for path in (zipped(tmp_path / "a.zip", *files), tarred(tmp_path / "a.tar.gz", *files, mode="w:gz")):
        for call in (lambda p=path: described(p), lambda p=path: described(p, reader="twitter_v1")):
            message = refusal(call)
            assert "'posts.csv', 'more/tweets.jsonl' (2 files)" in message
            assert "Unpack it, then add the files one by one." in message


def test_archive_of_x_opens_no_private_member(monkeypatch):
    """Only tweets, account and follows are opened: no message, no address, no advertisement."""
    opened = []
    monkeypatch.setattr(
        twitter_archive, "member_copy", lambda path, name: opened.append(name) or archives.member_copy(path, name)
    )
    for table in readers.reader("twitter_archive").read(WHOLE).values():
        table.to_pyarrow()
    stems = {Path(name).stem for name in opened}
    assert stems == {"account", "tweets", "tweets-part2", "tweets-part10", "follower", "following"}


@pytest.mark.parametrize(
    ("members", "part"),
    [
        ({"data/tweets.js": "window.YTD.tweets.part0 = []"}, "no accountId in account.js"),
        ({"data/tweets.js": "window.YTD.tweets.part0 = [{", "data/account.js": "x = []"}, "no accountId"),
        (
            {"data/tweets.js": "x = [{", "data/account.js": 'x = [{"account": {"accountId": "7"}}]'},
            "(data/tweets.js): mal",
        ),
        (
            {"data/tweets.js": "none", "data/account.js": 'x = [{"account": {"accountId": "7"}}]'},
            "(data/tweets.js): mal",
        ),
        ({"notes.txt": "Secret"}, "an archive"),
    ],
)
def test_archive_without_what_is_needed_is_refused(tmp_path, members, part):
    """Without an account, with tweets that break off, or without tweets, the archive is refused, and quoted nowhere."""
    path = zipped(tmp_path / "export.zip", *members.items())
    message = refusal(lambda: readers.reader("twitter_archive").read(path))
    assert part in message and "Secret" not in message


def test_archive_without_a_tweet_gives_its_follows(tmp_path):
    """An account that never wrote has an archive all the same: no post, and its followers."""
    members = {
        "data/account.js": 'x = [{"account": {"accountId": "7"}}]',
        "data/tweets.js": "window.YTD.tweets.part0 = [ ]",
        "data/follower.js": 'window.YTD.follower.part0 = [{"follower": {"accountId": "8"}}]',
    }
    tables = readers.reader("twitter_archive").read(zipped(tmp_path / "export.zip", *members.items()))
    assert {name: table.count().execute() for name, table in tables.items()} == {
        "posts": 0, "comments": 0, "entities": 0, "follows": 1,
    }  # fmt: skip


def test_outbox_that_breaks_off_is_told_of_its_archive(tmp_path):
    """The message names the archive and the member, and no private copy."""
    path = tarred(tmp_path / "archive.tar.gz", ("outbox.json", b'{"orderedItems": [{"id": "Secret'), mode="w:gz")
    message = refusal(lambda: readers.reader("activitypub_outbox").read(path))
    assert message.startswith(f"{path} (outbox.json)") and "Secret" not in message


@pytest.mark.parametrize("kind", ["tweets", "tweet", "direct_messages"])
def test_part_of_an_archive_alone_is_refused(tmp_path, kind):
    """`tweets.js` alone does not say whose it is, and leads to the archive that does."""
    path = tmp_path / "tweets.js"
    path.write_text(f"window.YTD.{kind}.part0 = " + json.dumps([{"tweet": {"full_text": "Secret"}}]))
    assert readers.best_match(path) == "twitter_archive"
    message = refusal(lambda: readers.reader("twitter_archive").read(path))
    assert "the zip that X gave" in message and "Secret" not in message
