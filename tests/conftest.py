"""What the tests share: a key outside the home, a scratch home, small exports, and the sample built once."""

import gc
import hashlib
import itertools
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from digidip import clean, cli, deliveries, store
from digidip.store import _sample

REPOSITORY = Path(__file__).resolve().parents[1]
GETPAGE = (
    "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
    "7,Ministry,Hello @someone,2016-01-05T10:00:00+0000,photo,https://example.org/a,7_1,5,3,1\n"
    "7,Ministry,,2016-01-06T10:00:00+0000,status,NA,7_2,NA,0,0\n"
)
STATUSES = (
    "status_id,status_message,link_name,status_type,status_link,status_published,num_reactions,num_comments,num_shares\n"
    "7_1,Hello again,,photo,,2016-01-05 05:00:00,9,4,1\n"
    "7_3,Third,,photo,,2016-01-07 05:00:00,2,0,0\n"
)
COMMENTS = (
    "comment_id,status_id,parent_id,comment_message,comment_author,comment_published,num_reactions\n"
    "7_1_1,7_1,,Where is the embassy? Call +1 202 555 0143,Zebulon Quixworthy,2016-01-05 06:00:00,1\n"
    "7_1_2,7_1,7_1_1,In the main street,Ministry,2016-01-05 07:00:00,2\n"
    "7_1_3,7_1,,Nobody wrote this,,2016-01-05 08:00:00,0\n"
)

_keys = itertools.count()

# One cache for all workers and the processes they start, apart from that of whoever runs the tests.
os.environ["DIGIDIP_CACHE"] = str(REPOSITORY / ".pytest_cache" / "digidip")

# The grammar of addresses that nbformat's checks would load takes more than a second of each process, and checks nothing here.
sys.modules["rfc3987_syntax"] = None

# To look for garbage after every 700 objects took a tenth of the suite's time.
gc.set_threshold(100_000, 20, 100)


def pytest_collection_finish():
    """Libraries and tests stay to the end: the collector need not look at them again and again."""
    gc.freeze()


def pytest_unconfigure():
    """DuckDB tells of each object that is left over at the end."""
    gc.unfreeze()


def pytest_terminal_summary(terminalreporter):
    """The tests of `make attack` say at the end what they tried: the last line that each printed."""
    for report in terminalreporter.getreports("passed"):
        if report.nodeid.startswith("tests/attack/") and report.capstdout:
            terminalreporter.write_line(report.capstdout.rstrip().rpartition("\n")[2])


# Started in the background, pytest ignores Ctrl-C, and so would the processes whose answer to it is tested.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_key(tmp_path_factory, monkeypatch):
    """No test sees the project key, the home or the locale of whoever runs it; a folder is made where a key is."""
    for name in ("DIGIDIP_KEY", "DIGIDIP_HOME", "DIGIDIP_RUN", "DIGIDIP_THREADS", "DIGIDIP_MEMORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIGIDIP_KEY_FILE", str(tmp_path_factory.getbasetemp() / f"secret-{next(_keys)}" / "key"))


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """No test reaches another machine (R25)."""
    connect = socket.socket.connect

    def connect_here(own, address):
        assert own.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost"), f"network: {address}"
        return connect(own, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture
def home(tmp_path):
    """An empty scratch home."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def export(tmp_path):
    """Write an export file of the given name and text (or bytes) outside the home; returns its path."""

    def write(name, content):
        path = tmp_path / "exports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def deliver(home, export):
    """Take an export of the given name and text into the scratch home, declared as stated."""

    def receive(name, content, *, ministry="PER", label="real", **statements):
        path = export(name, content)
        [delivery] = deliveries.receive(
            home / "data" / "raw", [path], [deliveries.describe(path, ministry=ministry, label=label, **statements)]
        )
        return delivery

    return receive


@pytest.fixture
def register(home):
    """Write rows (dicts) of accounts.csv into the scratch home."""

    return lambda *rows: write_accounts(home, *rows)


@pytest.fixture
def digidip(home):
    """Run the command on the scratch home; gives exit code, stdout and stderr."""

    def run(*arguments):
        given = ["--home", str(home), *map(str, arguments)]
        done = CliRunner().invoke(cli.main, given, env={"DIGIDIP_HOME": str(home)})  # what it was comes back
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def build(home):
    """Build the holding of the scratch home and load all of it."""

    def made():
        facts = store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
        return facts, store.load("processed", home=home)

    return made


class Together:
    """Deliveries and accounts that the tests of a module declare beside themselves and that are built as one holding.

    A build costs a second whatever its size, so tests that look at their own accounts share one. The module keeps an
    instance under the name `together` and asks for the fixture `built`.
    """

    def __init__(self):
        self.files, self.accounts = [], []

    def deliver(self, name, content, *, ministry="PER", label="real", column_map=None, **statements):
        """Declare an export of the given name and text, with the text of its map where it needs one."""
        self.files.append((name, content, column_map, {"ministry": ministry, "label": label, **statements}))

    def register(self, *rows):
        """Declare rows (dicts) of accounts.csv."""
        self.accounts += rows

    def build(self, folder, of="posts"):
        """Build all of it in a folder; its home, its key, what the build tells, and the holding as loaded."""
        home, key = folder / "home", clean.SAMPLE_KEY
        write_accounts(home, *self.accounts)
        for name, content, column_map, statements in self.files:
            path = folder / name
            path.write_text(content, encoding="utf-8")
            if column_map:
                path.with_name(f"{name}.map.yml").write_text(column_map, encoding="utf-8")
            deliveries.receive(home / "data" / "raw", [path], [deliveries.describe(path, **statements)])
        facts = store.build(
            home / "data" / "raw", home / "data" / "processed", key=key, reference=home / "data" / "reference"
        )
        held = store.load("processed", home=home, of=of)
        return SimpleNamespace(home=home, key=key, facts=facts, held=held, notes=facts["notes"])


@pytest.fixture(scope="module")
def built(request, tmp_path_factory):
    """What the module's tests declared together, built once; no test changes it."""
    return request.module.together.build(tmp_path_factory.mktemp("together"))


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory):
    """A home that holds the synthetic sample, as built once for all tests that only read it."""
    home = tmp_path_factory.mktemp("sample")
    shutil.copytree(REPOSITORY / "data" / "raw" / "sample", home / "data" / "raw")
    shutil.copytree(_sample.sample_folder().parent, home / "data" / "processed")
    return home


def write_accounts(home, *rows):
    """Write rows (dicts) of accounts.csv into a home."""
    columns = ["platform", "account_id", "handle", "name", "ministry", "office", "label"]
    lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
    path = home / "data" / "reference" / "accounts.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def current_build(home):
    """The folder of the current build of a home."""
    return store.current(home / "data" / "processed")


def tree(folder):
    """Every file under a folder with the hash of its bytes, and every folder; not what is locked or private to a process."""
    paths = [path for path in sorted(Path(folder).rglob("*")) if not {".lock", ".private"} & set(path.parts)]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in paths
    }


@pytest.fixture(scope="session", name="tree")
def tree_of():
    """The function that tells what lies in a folder, byte for byte."""
    return tree


@pytest.fixture
def refused():
    """Run something that must raise the given error with a message of four parts, and return that message."""

    def run(error, action):
        with pytest.raises(error) as raised:
            action()
        message = str(raised.value)
        assert ("Expected" in message or " must " in message) and message.rstrip().endswith((".", ")")), message
        return message

    return run


@pytest.fixture(scope="session")
def real_data():
    """The folder of public data sets that are never committed; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("DIGIDIP_REAL_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set DIGIDIP_REAL_DATA")
    return folder
