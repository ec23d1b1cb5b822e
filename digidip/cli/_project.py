"""`digidip new`: a folder of one's own. The files beside this module, in project/, are what it begins with."""

import shutil
from importlib.metadata import requires
from pathlib import Path

from digidip import __version__
from digidip.deliveries import REFERENCE, SAMPLE, Delivery
from digidip.home import MARK, REPOSITORY

FOLDER = Path(__file__).parent / "project"
PLACES = {
    "README.md": "README.md",
    "environment.yml": "environment.yml",
    "gitignore": ".gitignore",
    "study.yml": "notebooks/studies/my-study.yml",
    "workflow.yml": ".github/workflows/notebooks.yml",
}
ALWAYS = ("10-comment-analysis", "template")  # what the study of the project runs, what a new notebook begins with


def make_project(folder, chosen=()):
    """Make the folder of a project; the number of its notebooks.

    chosen: paths of shipped notebooks, default all and their studies. ValueError where the folder is not empty.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder}: found files. Expected a new or an empty folder. Name another one.")
    books = folder / "notebooks"
    (books / "studies").mkdir(parents=True)
    shipped = REPOSITORY / "notebooks"
    for path in {*chosen, *(shipped / f"{name}.ipynb" for name in ALWAYS)} if chosen else shipped.glob("*.ipynb"):
        shutil.copyfile(path, books / path.name)
    for path in [] if chosen else (shipped / "studies").glob("*.yml"):
        shutil.copyfile(path, books / "studies" / path.name)
    for name, place in PLACES.items():
        text = (FOLDER / name).read_text(encoding="utf-8").replace("my-project", folder.resolve().name)
        _write(folder / place, text)
    _write(folder / "requirements.txt", _requirements())
    for table in (REFERENCE / "accounts.csv", *sorted((SAMPLE / "reference").glob("*.csv"))):
        with open(table, encoding="utf-8") as file:
            _write(folder / "data" / "reference" / table.name, file.readline())
    _write(folder / MARK, ",".join(Delivery._fields) + "\n")
    return len(list(books.glob("*.ipynb")))


def _requirements():
    """requirements.txt: this version of digidip, and what runs the notebooks against their outputs."""
    checks = [each.partition(";")[0].strip() for each in requires("digidip") or ()]
    lines = [
        "# If no package index has digidip: the path of its wheel, or digidip @ git+https://… of its repository, in place of this line.",
        f"digidip=={__version__}",
        *sorted(each for each in checks if each.startswith(("nbval", "pytest<", "pytest>"))),
    ]
    return "\n".join(lines) + "\n"


def _write(path, text):
    """Write a text, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
