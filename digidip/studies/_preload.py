"""What the runs of a sweep need not do each: import the libraries and use each of them once. Imported before they fork.

No connection is opened and no thread started here: a fork would leave it behind.
"""

import os
import sys
from importlib import import_module

from digidip.studies._process import ONE_THREAD

os.environ.update(ONE_THREAD)
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
# jsonschema would import this package, which compiles a grammar for 1.4 s; no notebook's schema asks for it.
sys.modules.setdefault("rfc3987_syntax", None)
sys.modules.setdefault("debugpy", None)

MODULES = """
    digidip.studies.execution digidip.studies._results digidip.store digidip.figures digidip.claims digidip.networks
    digidip.measures duckdb ibis.backends.duckdb ibis.backends.duckdb.converter ibis.formats.pandas
    pandas.io.formats.csvs pyarrow.dataset pyarrow.parquet matplotlib.backends.backend_svg networkx
    statsmodels.api statsmodels.formula.api IPython.core.completerlib nbconvert.exporters.html
""".split()

for name in MODULES:
    import_module(name)
