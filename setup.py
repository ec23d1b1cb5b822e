"""The build step that puts into a wheel what lies beside the package in a checkout; all else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = ("notebooks/*.ipynb", "notebooks/studies/*.yml", "data/raw/sample/**/*", "data/reference/*")


def shipped_files():
    """The files of a checkout that a wheel carries, relative to it; what made the sample stays behind."""
    found = {path for pattern in SHIPPED for path in ROOT.glob(pattern) if path.is_file() and path.name[0] != "."}
    return sorted(path.relative_to(ROOT) for path in found if path.suffix not in (".py", ".pyc"))


class build_with_shipped(build_py):
    """Copies these files to digidip/shipped of the wheel, where digidip/home finds them."""

    def run(self):
        """Build the package; an editable install reads the checkout itself."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "digidip" / "shipped"
        shutil.rmtree(target, ignore_errors=True)
        for path in shipped_files():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, target / path)


if __name__ == "__main__":
    setup(cmdclass={"build_py": build_with_shipped})
