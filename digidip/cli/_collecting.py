"""What the commands `collect` and `fetch` do between the servers and data/raw."""

import sys
import tempfile

from tqdm import tqdm

from digidip import catalogue, collect, deliveries
from digidip.cli import _messages
from digidip.home import private_folder
from digidip.tables import TableError, printable


def collect_accounts(home, platform, names, options, *, ministry, terms, address):
    """Collect accounts one after another and take each in; returns how many were, and how many not.

    address: a function, name of an account → address of the server to ask. An account that is not shown stops no other; of a server
    that does not answer nothing more is asked.
    """
    names = list(dict.fromkeys(collect.check_name(platform, name) for name in names))
    states = {name: deliveries.ministry_code(ministry) or _known_ministry(home, platform, name) for name in names}
    for state in states.values():
        deliveries.check_statements(state, "", "real")
    servers, done, wrong = {}, 0, []
    asked = {name: address(name) for name in names}
    for one in asked.values():
        servers.setdefault(one, collect.Server(one, print_error))
    for name in names:
        server = servers[asked[name]]
        if server in wrong:
            print_error(f"{name}: not asked for, since {server.host} does not answer.")
            continue
        try:
            collected = collect.collect_account(
                home,
                platform,
                name,
                server,
                options,
                lambda found: _take_in(home, found, states[name], server, terms),  # noqa: B023
            )
        except collect.ServerError as error:
            wrong.append(server)
            print_error(error)
        except collect.AccountError as error:
            print_error(f"{error}. Expected: a public account. Check how it is written; nothing was taken in of it.")
        except KeyboardInterrupt:
            raise RuntimeError(
                f"{name}: stopped. What was collected is kept. To go on from there, say the same command again."
            ) from None
        else:
            done += 1
            _messages.collected(platform, name, states[name], collected, options)
    return done, len(names) - done


def print_error(text):
    """A line on stderr, above a bar if there is one."""
    tqdm.write(printable(_messages.with_home(str(text))), file=sys.stderr)


def _known_ministry(home, platform, name):
    """The ministry that accounts.csv names for an account; none of it is wrong use."""
    from digidip import store

    rows = store.accounts_of(home / "data" / "reference")
    is_it = (rows["handle"].str.lower() == name) | (rows["account_id"].str.lower() == name)
    found = rows[(rows["platform"] == platform) & is_it]["ministry"]
    if found.empty:
        raise ValueError(
            f"{name}: no ministry, and accounts.csv does not list the account. Expected: the sending state whose ministry runs it. "
            "Say --ministry CODE, such as DEU."
        )
    return found.iloc[0]


def _take_in(home, collected, ministry, server, terms):
    """Declare the files of a collected account in data/raw."""
    terms = terms or f"aggregates-only, public answers of {server.host}, read without a login ({collected.used})"
    terms = "; ".join([terms, *(f"incomplete: {note}" for note in collected.notes)])
    files = [path for path, _reader in collected.files]
    given = {"ministry": ministry, "label": "real", "retrieved_at": collected.collected_at, "terms": terms}
    found = [deliveries.describe(path, reader=reader, **given) for path, reader in collected.files]
    deliveries.receive(home / "data" / "raw", files, found)


def check_done(done, failed):
    """`TableError` where an account was not collected."""
    if failed:
        raise TableError(
            f"{failed} of {done + failed} accounts not collected. Expected: all. What stands above says why"
            f"{'; the others are taken in' if done else ', and nothing was taken in'}."
        )


def fetch_set(home, name, source):
    """Fetch a data set of the catalogue into data/raw; returns it, and the deliveries that are new."""
    found = catalogue.data_set(name)
    with tempfile.TemporaryDirectory(dir=private_folder(home / "data")) as folder:
        files = catalogue.fetch(name, folder, source)
        terms = f"{found.terms}; cite: {found.cite}"
        described = [
            deliveries.describe(
                path,
                reader=file.reader,
                ministry=file.ministry,
                label="real",
                retrieved_at=file.retrieved_at,
                terms=terms,
            )
            for file, path in files
        ]
        received = deliveries.receive(home / "data" / "raw", [path for _file, path in files], described)
    return found, described, received
