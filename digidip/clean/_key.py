"""The secret key of a project, from which pseudonyms are made; it lies outside the repository."""

import hashlib
import os
from pathlib import Path

from digidip.tables import TableError

SAMPLE_KEY = b"digidip synthetic sample: this key protects nobody, the people are invented"


def project_key(path=None):
    """The secret key (bytes) for pseudonyms: from DIGIDIP_KEY, or from a file outside the repository, made once.

    The file is DIGIDIP_KEY_FILE, else ~/.digidip/key (mode 600). A file that others may read, or that is empty, raises
    `TableError`.
    """
    if os.environ.get("DIGIDIP_KEY"):
        return os.environ["DIGIDIP_KEY"].encode()
    path = Path(path or os.environ.get("DIGIDIP_KEY_FILE") or Path.home() / ".digidip" / "key")
    if not path.exists():
        _make_key(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise TableError(
            f"{path}: others on this machine can read the key (mode {path.stat().st_mode & 0o777:o}). Expected mode 600, "
            f"else pseudonyms protect nobody. Do: chmod 600 {path}"
        )
    key = path.read_bytes().strip()
    if len(key) < 16:
        raise TableError(
            f"{path}: a key of {len(key)} bytes. Expected: at least 16, else names can be guessed back. Restore the key "
            "from your backup, or remove the file to have a new one made (pseudonyms will then differ)."
        )
    return key


def _make_key(path):
    """Write 32 random bytes as text, mode 600, whole or not at all; a key that another process has made stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(os.urandom(32).hex())
        if not path.exists():
            os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def key_id(key):
    """The first 8 characters of the SHA-256 of the key: names the key without telling it.

    >>> key_id(b"k")
    '8254c329'
    """
    return hashlib.sha256(key).hexdigest()[:8]
