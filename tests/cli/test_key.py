"""The command `digidip key`, and a build whose key is gone."""

from pathlib import Path

from conftest import GETPAGE

from digidip import clean


def test_a_build_without_its_key_stops_until_the_key_is_back(digidip, deliver, monkeypatch, tmp_path):
    """A lost key is never replaced in silence; the remedies of the message, and a rotated key, build."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "person")
    deliver("a.csv", GETPAGE)
    assert digidip("build")[0] == 0
    key = clean.key_file()
    key.rename(tmp_path / "copy")
    code, out, err = digidip("build")
    assert (code, out) == (3, "") and "no such file" in err and "every pseudonym changes" in err and not key.exists()
    (tmp_path / "copy").rename(key)
    code, out, err = digidip("key", "rotate")
    assert code == 0 and "Build the holding of every home" in out and digidip("build")[0] == 0


def test_key_is_shown_on_request_alone(digidip, home, monkeypatch, tmp_path):
    """`export` tells the place and prints the key only with --show; `per-project` gives this home its own."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "person")
    told = digidip("key", "export")[1]
    key = clean.project_key().decode()
    assert str(clean.key_file()) in told and clean.key_id(key.encode()) in told and key not in told
    assert key in digidip("key", "export", "--show")[1]
    told = digidip("key", "per-project")[1]
    own = Path(told.split("DIGIDIP_KEY_FILE=")[1].strip())
    assert (
        own.read_text() not in told
        and clean.project_key(own) != key.encode()
        and digidip("key", "per-project")[1] == told
    )
