"""The folder of a holding: of the sample, or of the build in a home."""

from difflib import get_close_matches

from digidip import deliveries
from digidip.home import damage_of, facts_of, hold
from digidip.store._build import COLUMNS
from digidip.store._sample import sample_folder
from digidip.tables import TableError


def holding_folder(data, home):
    """The folder of a holding, whole and of this version; else `TableError` that says what to do."""
    if data == "sample":
        return sample_folder()
    folder = deliveries.home(home) / "data" / "processed"
    if data != "processed":
        near = get_close_matches(data, ("sample", "processed"), n=1)
        raise TableError(
            f"data: found {data!r}. Expected: 'sample', the synthetic sample, or 'processed', your own exports after "
            f"digidip build{f' (nearest: {near[0]!r})' if near else ''}. Choose one of the two."
        )
    folder = hold(folder)
    if facts_of(folder)["columns"] != COLUMNS:
        raise TableError(
            f"{folder}: built by a version with other columns. Expected: the columns of this one. Do: digidip build."
        )
    if wrong := damage_of(folder):
        found = ", ".join(f"{name} {what}" for name, what in [*wrong.items()][:3]) + (", …" if len(wrong) > 3 else "")
        raise TableError(f"{folder}: {found}. Expected: every file as it was built, and no other. Do: digidip build.")
    return folder
