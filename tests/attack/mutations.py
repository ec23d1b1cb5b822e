"""Mutation tests of what decides who is private: each change of a line below must make an ordinary test fail.

`make attack`, or `python tests/attack/mutations.py [WORD…]` for those whose file or text has one of the words. A mutant is a copy of the package with
one text replaced; the tests that are named with it must fail on it.
"""

import importlib
import io
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

for library in ("click", "duckdb", "ibis", "numpy", "pandas", "pyarrow"):  # once for all mutants
    importlib.import_module(library)

ROOT = Path(__file__).parents[2]
CLEAN, PRIVATE = "tests/clean/test_clean.py", "tests/clean/test_scrub.py"
BUILT = "tests/store/test_privacy.py::test_names_and_links_of_people_leave_a_holding"
IDS, PROFILES = (
    "tests/store/test_privacy.py::test_ids_of_comments_name_nobody",
    "tests/store/test_other_tables.py::test_profiles_of_officials_alone",
)
CELLS, RELEASE = "tests/measures/test_small_cells.py", "tests/studies/test_release.py"
REMOVAL = "tests/readers/opening/test_removal.py"

# test → file of the package → pairs of a text and what takes its place; the text stands in the file.
MUTATIONS = {
    CLEAN: {
        "clean/_pseudonyms.py": [
            ('f"{platform}\\0{', 'f"{'),
            ("unicodedata.normalize('NFC', author)", "author"),
            ("hmac.digest(key, message", 'hmac.digest(b"k" * 16, message'),
            ('"sha256")[:15]', '"sha256")[:5]'),
            ('return "p" + ', 'return "1" + '),
            ('[frame.platform == known["at"], name == known.name]', "[name == known.name]"),
            ("name = composed(frame[column])", "name = frame[column]"),
            ("name=composed(officials.name)", "name=officials.name"),
            (
                "ibis.coalesce(joined.official_id, joined.pseudonym)",
                "ibis.coalesce(joined.pseudonym, joined.official_id)",
            ),
            ('[joined.platform == hidden["at"], joined[column] == hidden.name]', "[joined[column] == hidden.name]"),
            ("one if own else pseudonym(one, platform, key)", "one"),
            ("one if own else pseudonym(one, platform, key)", "pseudonym(one, platform, key)"),
            ('{name.replace("/@", "/users/") for name in owners}', "{*owners}"),
            ('owner(one).replace("/@", "/users/") in ours', "owner(one) in ours"),
            ('owner(one).replace("/@", "/users/") in ours', "owner(one) != ''"),
            ("(?:ap/)?users/|@", "users/|@"),
            ("(?:ap/)?users/|@", "(?:ap/)?users/"),
            ('r"at://([^/]+)/|', 'r"at://([^/]+)()/|'),
            *[
                (f'"{one}", ' if one != "quote_of_id" else ', "quote_of_id"', "")
                for one in ("post_id", "comment_id", "parent_id", "reply_to_id", "repost_of_id", "quote_of_id")
            ],
        ],
        "clean/_key.py": [
            ("SHORTEST = 16", "SHORTEST = 8"),
            ("FEWEST = 8", "FEWEST = 2"),
            ("len(key) // 2 if re", "len(key) if re"),
            ("& 0o077", "& 0o007"),
            ("& 0o077", "& 0o070"),
            ("about.st_uid != os.getuid()", "False"),
            ('if (folder / ".git").exists()', "if False"),
            ("if path.is_symlink():", "if False:"),
            ("    if known:\n        raise", "    if False:\n        raise"),
            ("known != key_id(key) and not was_rotated", "False"),
            ("known != key_id(key) and not was_rotated", "known != key_id(key)"),
            ("0o600)", "0o644)"),
            ("os.urandom(32)", "bytes(32)"),
            ("        if not path.exists():\n            os.replace(aside, path)", "        os.replace(aside, path)"),
        ],
    },
    PRIVATE: {
        "clean/_scrub.py": [
            *[(f"|{word}", "") for word in ("arroba", "chez", "ät", "punto", "ponto", "point", "punkt")],
            ("[@＠][\\p{L}\\p{N}_]", "[@][\\p{L}\\p{N}_]"),
            ('rf"|{LOCAL} ?{AT_SIGN}', 'rf"|{LOCAL}_{AT_SIGN}'),
            ("(?:{SPELT}|[@＠]", "(?:_{SPELT}|[@＠]"),
            ("(?:{SPELT}|[@＠] ?{WORD}", "(?:{SPELT}|[@＠]_{WORD}"),
            *[
                (f"|{site}", "")
                for site in (
                    "fb",
                    "instagram",
                    "twitter",
                    "x",
                    "vk",
                    "vkontakte",
                    "weibo",
                    "patreon",
                    "gab",
                    "soundcloud",
                    "github",
                    "tumblr",
                    "onlyfans",
                    "messenger",
                    "telegram",
                    "m",
                    "instagr\\.am",
                    "telegram\\.dog",
                    "ok\\.ru",
                    "weibo\\.cn",
                    "twitch\\.tv",
                    "ask\\.fm",
                    "linktr\\.ee",
                )
            ],
            ("(?:facebook|fb|insta", "(?:fb|insta"),
            ("(?:#!/)?", ""),
            *[
                (text, text.replace(part, "_"))
                for text, part in (
                    ("linkedin\\.com/(?:in|pub)/", "in|pub"),
                    ("|bsky\\.app/profile/", "bsky"),
                    ("youtube\\.com/(?:user|channel|c)/", "user|channel|c"),
                    ("snapchat\\.com/(?:add|u)/", "add|u"),
                    ("people/[^/\\s]*/", "people"),
                    ("|pg/|", "pg"),
                    ("groups/[^/\\s]+/user/", "user"),
                    ("(?:profile|permalink|story)\\.php", "profile"),
                    ("{X}(?:i/user/", "i/user"),
                    ("screen_name|user_id|via", "screen_name"),
                    ("reddit\\.com/(?:u|user)/", "u|user"),
                    ("|wa\\.me/", "wa"),
                    ("whatsapp\\.com/send", "send"),
                    ("flickr\\.com/(?:people|photos)/", "people"),
                    ("(?:web/)?@|", "@"),
                    ("(?:ap/)?users/|u/@", "users"),
                )
            ],
            ("0x660, ", ""),
            ("0x6F0, ", ""),
            ("0x966, ", ""),
            (", 0xFF10", ""),
            ("for _turn in range(2):", "for _turn in range(1):"),
            ('rf"(?:\\+|00 ?)\\(?[1-9]', 'rf"(?:\\+)\\(?[1-9]'),
            ('rf"\\(?0(?:(?:{S}|[()])', 'rf"\\(?_(?:(?:{S}|[()])'),
            ('re_replace(HANDLE, "[handle]")\n', 're_replace("_", "")\n'),
            ('re_replace(EMAIL, "[e-mail]"))\n', 're_replace("_", ""))\n'),
            ("& ~is_own.fill_null(False)", "& is_own.fill_null(False)"),
            ("for column in own))", "for column in own[:0]))"),
            ('.re_replace(CALL, r"\\1:[phone]")', ""),
            ('.re_replace(EMAIL, "[e-mail]")\n', "\n"),
        ],
        "clean/_names.py": [
            ("SHORTEST = 8", "SHORTEST = 20"),
            ('"(?i)" + joined.names', "joined.names"),
            ("composed(_.name.strip())", "_.name.strip()"),
            ("words=_words(composed(_.text))", "words=_words(_.text)"),
            ("composed(joined.text)", "joined.text"),
            ("_.words.length() > 1", "_.words.length() > 2"),
            ('ibis.desc("size")', '"size"'),
            ('r"\\\\s+"', '" "'),
        ],
    },
    BUILT: {
        "store/_build.py": [
            ('own = clean.hide_names(comments, hidden.anti_join(names, ["platform", "name"]))', "own = comments"),
            ("clean.weaken_labels(clean.scrub(own), holding.labels)", "clean.weaken_labels(own, holding.labels)"),
            ("own = clean.scrub_handles(posts)", "own = posts"),
            (
                "own.repost_of_id.isnull(), own.text, clean.scrubbed(own.text)",
                "own.repost_of_id.isnull(), own.text, own.text",
            ),
            ("return own.mutate(link=clean.unnamed_link(own.link, own.account_id, own.handle))", "return own"),
            ("clean.unnamed_link(found.value)", "found.value"),
        ],
    },
    IDS: {
        "clean/_pseudonyms.py": [
            ('("bluesky", "mastodon")', '("mastodon",)'),
            ('("bluesky", "mastodon")', '("bluesky",)'),
        ],
        "store/_build.py": [
            ('own = clean.pseudonymise(own, "reply_to_account_id", hidden, names).drop("official_id")', "pass"),
            ('own = clean.pseudonymise(own, "author", hidden, names)', "own = own.mutate(official_id=own.author)"),
        ],
    },
    PROFILES: {
        "store/_other_tables.py": [
            ('known = found.semi_join(accounts, ["platform", "account_id"])', "known = found"),
        ],
    },
    CELLS: {
        "measures/_small_cells.py": [
            ("(counts > 0) & (counts < k)", "(counts > 1) & (counts < k)"),
            ("(counts > 0) & (counts < k)", "(counts > 0) & (counts < k - 1)"),
            ("> 1 - SAME", "> 2"),
            ("@ lines.T < k", "@ lines.T < 1"),
            ('counts += [having, numbers["n"] - having]', "counts += [having]"),
            ('counts += [having, numbers["n"] - having]', 'counts += [numbers["n"] - having]'),
            ("(between > 0) & (between < k)", "(between > 1) & (between < k)"),
            ("return len(table) > 0 if isinstance(table, pd.DataFrame) else True", "return False"),
            ('- {"real"}', ""),
            ("for size in range(keys.shape[1])", "for size in range(1)"),
            ("hidden = np.any([found, *of_hidden], axis=0)", "hidden = found"),
            ("lines = np.array([*(line for _whole, line in wholes), *lines]", "lines = np.array([*lines]"),
            ("    for column in measure.beside:", "    for column in ():"),
        ],
    },
    RELEASE: {
        "tables/_release.py": [
            ('"real": {"": ("aggregates",), **STATED}', '"real": {"": _ALL, **STATED}'),
            ('"aggregates-only": _ALL[:1]', '"aggregates-only": _ALL[:2]'),
            ('"ids-only": _ALL[:2]', '"ids-only": _ALL'),
            *[
                (f'"{name}"{end}', "")
                for name, end in (
                    ("parent_id", ", "),
                    ("reply_to_id", ", "),
                    ("url", ""),
                    ("author", ", "),
                    ("source_id", ", "),
                    ("target_id", ", "),
                )
            ],
            ("for each in deliveries:", "for each in deliveries[:1]:"),
        ],
        "studies/_results.py": [("    _check_release(node, notebook.stem)\n", "")],
    },
    REMOVAL: {
        "readers/opening/removal.py": [
            ('for form in ("NFC", "NFD")', 'for form in ("NFC",)'),
            ("for one in (name, *reversed_names(name))}", "for one in (name,)}"),
            ('for mark in ("", ",")', 'for mark in ("",)'),
            ("_decimal, _hexadecimal, _named)", "_decimal, _hexadecimal)"),
            ("_decimal, _hexadecimal, _named)", "_decimal, _named)"),
            ("_decimal, _hexadecimal, _named)", "_hexadecimal, _named)"),
            ('f"{UNSEEN}*+".join', '"".join'),
            ('re.sub(UNSEEN, "", unescape(str(name)))', "str(name)"),
            ("for mark in APOSTROPHES", "for mark in ()"),
            ("return not by_id or ", "return "),
        ],
    },
}


def mutants(words):
    """(test, file, text, replacement) of each mutation, those with one of the words alone if any are given."""
    every = [
        (test, file, *pair) for test, files in MUTATIONS.items() for file, pairs in files.items() for pair in pairs
    ]
    return [one for one in every if not words or any(word in " ".join(one) for word in words)]


def outcome(mutant):
    """What became of a mutant: killed, survived, or that its text is not there, so that the list is to be mended.

    In a process of its own, forked from one that has imported the libraries and nothing of the package.
    """
    test, file, text, replacement = mutant
    source = (ROOT / "digidip" / file).read_text(encoding="utf-8")
    if text not in source or text == replacement:
        return "not there"
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()) as said, redirect_stderr(said):
        for name in ("data", "docs", "notebooks", "pyproject.toml"):
            (Path(folder) / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / "digidip", Path(folder) / "digidip", ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / "digidip" / file).write_text(source.replace(text, replacement, 1), encoding="utf-8")
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        os.chdir(ROOT)
        os.environ |= {"PYTHONPATH": folder, "DIGIDIP_THREADS": "1"}
        code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", test])
        assert Path(sys.modules["digidip"].__file__).is_relative_to(folder)
    told = re.search(r"^(?:FAILED|ERROR) (\S+)", said.getvalue(), re.MULTILINE)
    return "survived" if code == 0 else f"killed by {told[1] if told else said.getvalue()[-200:]}"


def main(words):
    """Try the mutants; the number of those that are not killed."""
    chosen, alive = mutants(words), 0
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        for (test, file, text, replacement), what in zip(chosen, pool.imap(outcome, chosen, chunksize=1), strict=True):
            alive += not what.startswith("killed")
            if os.environ.get("LONG") or not what.startswith("killed"):
                print(f"{what}: {file}: {text!r} -> {replacement!r} ({test})", flush=True)
    print(f"mutants: {len(chosen) - alive} of {len(chosen)} killed")
    return alive


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
