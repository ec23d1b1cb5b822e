"""The secret key of a project, from which pseudonyms are made; it lies outside every repository."""

import hashlib
import os
import re
from pathlib import Path

from digidip.tables import TableError

SAMPLE_KEY = b"digidip synthetic sample: this key protects nobody, the people are invented"
SHORTEST = 16  # random bytes: fewer can be guessed
FEWEST = 8  # different characters in a key that somebody typed: "aaaa…" is long and no secret


def project_key(path=None, *, known=None):
    """The secret key (bytes) for pseudonyms: from DIGIDIP_KEY, or from a file outside the repository, made once.

    The file is the one given, else DIGIDIP_KEY_FILE, else ~/.digidip/key. `known` is the id of the key that the holding
    of this project was made with: another key, and a new one, would change all pseudonyms, and is refused unless
    `rotate_key` has put it there. A key that others may read or that belongs to another user, in a Git repository, of a
    link that leads nowhere, or of fewer than 16 random bytes raises `TableError`. No message tells the key.
    """
    given = os.environ.get("DIGIDIP_KEY")
    file = None if given else key_file(path)
    if file and not file.exists():
        _make_first(file, known)
    key = given.encode() if given else _read_key(file)
    _check_strength(key, file or "DIGIDIP_KEY")
    was_rotated = bool(file and known) and _rotated(file, known).exists()
    if known and known != key_id(key) and not was_rotated:
        raise TableError(_change(f"{file or 'DIGIDIP_KEY'}: found key {key_id(key)}", known))
    return key


def key_file(path=None):
    """Where the key lies unless DIGIDIP_KEY holds it: the path given, else DIGIDIP_KEY_FILE, else ~/.digidip/key."""
    return Path(path or os.environ.get("DIGIDIP_KEY_FILE") or Path.home() / ".digidip" / "key")


def rotate_key(path=None):
    """Put a new key in the place of the old one, which stays beside it as KEY.<its id>; returns both ids and that path."""
    if os.environ.get("DIGIDIP_KEY"):
        raise TableError(
            "DIGIDIP_KEY: found a key in the environment. Expected: one in a file. Set another there, or unset it."
        )
    path = key_file(path)
    old = key_id(project_key(path))
    old_path = _rotated(path, old)
    os.replace(path, old_path)
    _make_key(path)
    return old, key_id(project_key(path)), old_path


def separate_key(home):
    """The file of a key for one home alone, made if there is none: ~/.digidip/keys/<name>-<hash of the path>."""
    name = f"{Path(home).name}-{hashlib.sha256(str(home).encode()).hexdigest()[:6]}"
    path = Path.home() / ".digidip" / "keys" / name
    if not path.exists():
        _make_first(path, None)
    _read_key(path)
    return path


def key_id(key):
    """The first 8 characters of the SHA-256 of the key: names the key without telling it.

    >>> key_id(b"k")
    '8254c329'
    """
    return hashlib.sha256(key).hexdigest()[:8]


def _make_first(path, known):
    """Make the key of a new project; not where there was one before."""
    if path.is_symlink():
        target = path.readlink()
        raise TableError(
            f"{path}: a link to {target}, which is not there. Expected: a file that holds the key, such as one on a disk that "
            "is not mounted. Bring it back, or remove the link to have a new key made (all pseudonyms will then differ)."
        )
    if known:
        raise TableError(_change(f"{path}: no such file", known))
    _check_place(path)
    _make_key(path)


def _change(found, known):
    """What another key means, and where the one that is wanted may lie."""
    folder = Path.home() / ".digidip"
    files = [path for path in [*folder.glob("*"), *folder.glob("keys/*")] if path.is_file()]
    there = next((path for path in files if key_id(path.read_bytes().strip()) == known), None)
    where = f"It lies in {there}: set DIGIDIP_KEY_FILE to that" if there else "Restore that key from your backup"
    return (
        f"{found}. Expected: key {known}, with which the holding was made. With another one every pseudonym changes, and "
        f"nothing can be compared with earlier results. {where}; or, if they may change, remove data/processed/current and "
        "build again."
    )


def _rotated(path, old):
    return path.with_name(f"{path.name}.{old}")


def _read_key(path):
    """The key in a file that nobody else can read; `TableError` for any other."""
    _check_place(path)
    about = path.stat()
    if os.name == "posix" and about.st_uid != os.getuid():
        raise TableError(
            f"{path}: belongs to another user of this machine, who can read and change the key. Expected: a file of your "
            "own. Copy it to a place of yours, and set DIGIDIP_KEY_FILE to that."
        )
    if os.name == "posix" and about.st_mode & 0o077:
        raise TableError(
            f"{path}: others on this machine can read the key (mode {about.st_mode & 0o777:o}). Expected mode 600, "
            f"else pseudonyms protect nobody. Do: chmod 600 {path}"
        )
    return path.read_bytes().strip()


def _check_place(path):
    """A key in a Git repository is one commit away from being published."""
    inside = [folder for folder in path.resolve().parents if (folder / ".git").exists()]
    if inside:
        raise TableError(
            f"{path}: lies in the Git repository {inside[0]}, from which a key is easily published. Expected: a place outside. "
            "Move it, and set DIGIDIP_KEY_FILE to where it lies."
        )


def _check_strength(key, where):
    """Whether a key has 16 random bytes, as far as that can be seen; hexadecimal digits hold half a byte each."""
    size = len(key) // 2 if re.fullmatch(rb"[0-9a-fA-F]*", key) else len(key)
    if size < SHORTEST or len(set(key)) < FEWEST:
        found = f"a key of {size} bytes" if size < SHORTEST else f"a key of {len(set(key))} different characters"
        raise TableError(
            f"{where}: {found}. Expected: at least {SHORTEST} random ones, else names can be guessed back. Restore the key from "
            "your backup, or remove it to have a new one made (all pseudonyms will then differ)."
        )


def _make_key(path):
    """Write 32 random bytes as text, mode 600, whole or not at all; a key that another process has made stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(32).hex())
        if not path.exists():
            os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
