"""Clean: attach accounts, pseudonymise, scrub, find the roots of threads, deduplicate, account for every row.

Every function takes and gives Ibis tables; nothing is read or written here, except the project key, which lies outside
the repository. Which accounts are official, and so keep their names, `store` decides (store/_accounts.py): it knows the
whole holding. Pseudonymised is not anonymous: whoever holds the key can test a guess.
"""

from digidip.clean._key import SAMPLE_KEY, key_file, key_id, project_key, rotate_key, separate_key
from digidip.clean._names import NAME, hide_names
from digidip.clean._pseudonyms import NAMING, hide_ids, pseudonym, pseudonymise, pseudonyms
from digidip.clean._rows import (
    OF_OTHER_ACCOUNT,
    Step,
    attach_accounts,
    filled_rows,
    of_other_accounts,
    other_records,
    superseded,
    unreadable,
    weaken_labels,
)
from digidip.clean._scrub import TOKENS, scrub, scrub_handles, scrubbed, unnamed_link
from digidip.clean._state_names import state_names
from digidip.clean._threads import named_in_full, of_posts, place_comments, thread_roots

__all__ = [
    "NAME",
    "NAMING",
    "OF_OTHER_ACCOUNT",
    "SAMPLE_KEY",
    "TOKENS",
    "Step",
    "attach_accounts",
    "filled_rows",
    "hide_ids",
    "hide_names",
    "key_file",
    "key_id",
    "named_in_full",
    "of_other_accounts",
    "of_posts",
    "other_records",
    "place_comments",
    "project_key",
    "pseudonym",
    "pseudonymise",
    "pseudonyms",
    "rotate_key",
    "scrub",
    "scrub_handles",
    "scrubbed",
    "separate_key",
    "state_names",
    "superseded",
    "thread_roots",
    "unnamed_link",
    "unreadable",
    "weaken_labels",
]
