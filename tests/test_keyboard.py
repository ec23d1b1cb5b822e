"""At the keyboard: `import digidip` is light, completion finds everything, help reads."""

import pydoc
import subprocess
import sys

import digidip
from digidip import figures, store


def test_load_is_that_of_the_store():
    """`digidip.load` is `store.load`, and completion lists it beside the rooms."""
    assert digidip.load is store.load
    assert {"load", *digidip.ROOMS} <= set(dir(digidip))
    assert "share_above" in dir(digidip.measures) and "plot_intervals" in dir(figures)


def test_importing_the_package_imports_nothing_else():
    """`import digidip` leaves every room, and every library, to its first use."""
    code = "import sys; old = set(sys.modules); import digidip; dir(digidip); print(*sorted(set(sys.modules) - old))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["digidip"]


def test_help_says_what_the_rooms_are_for():
    """`help(digidip)` has a line for each room, and the parameters of `load`."""
    shown = pydoc.render_doc(digidip, renderer=pydoc.plaintext)
    assert all(f"- {room}: " in shown for room in digidip.ROOMS) and "load(data='sample', ministry=''" in shown
