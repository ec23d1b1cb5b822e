"""What the runs of a sweep need not do each: import the libraries and use each of them once, before they are forked.

No connection is opened and no thread started here: a fork would leave it behind.
"""

import atexit
import gc
import os
import pkgutil
import sys
from importlib import import_module
from multiprocessing import forkserver

from digidip.studies._process import ONE_THREAD, skip_unused

MODULES = """
    papermill digidip.studies.execution digidip.studies._results digidip.store digidip.figures digidip.claims
    digidip.networks duckdb ibis.backends.duckdb ibis.backends.duckdb.converter ibis.formats.pandas
    pandas.io.formats.csvs pyarrow.dataset pyarrow.parquet matplotlib.backends.backend_svg networkx
    statsmodels.api statsmodels.formula.api IPython.core.completerlib
""".split()


def preload():
    """Import and use the libraries."""
    os.environ.update(ONE_THREAD)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # the one thread that an import would start
    skip_unused()
    for name in MODULES:
        import_module(name)
    for module in pkgutil.walk_packages(import_module("digidip.measures").__path__, "digidip.measures."):
        import_module(module.name)
    use_libraries()
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, what the forks share
    atexit.register(os._exit, 0)  # the server ends at once: taking the libraries down has nothing to save


def use_libraries():
    """The first use of a library is slow too: draw, compile a query, format, fit, render, hash the package."""
    figures, report, cache = map(import_module, ("digidip.figures", "digidip.report", "digidip.studies._cache"))
    ibis, pd, v4 = map(import_module, ("ibis", "pandas", "nbformat.v4"))
    sm, smf = map(import_module, ("statsmodels.api", "statsmodels.formula.api"))
    table = pd.DataFrame({"name": ["a", "b"], "value": [1.0, 9.0], "n": [4, 4], "low": [0.5, 8.0], "high": [2.0, 9.5]})
    figures.plot_intervals(table, caption="Synthetic data").svg()
    posts = ibis.table({"a": "int64", "b": "string", "c": "timestamp"}, name="posts")
    grouped = posts.filter(posts.a > 1).group_by("b").agg(n=posts.a.sum(), c=posts.c.max()).order_by("b")
    ibis.to_sql(grouped.join(posts, "b"), dialect="duckdb")
    frame = pd.DataFrame({"y": [0, 1, 2, 1, 3, 2], "x": list("ababab")})
    repr(frame.groupby("x")["y"].agg(["mean", "sum"])) + frame.to_html()
    smf.glm("y ~ x", frame, family=sm.families.Poisson()).fit().summary()
    cells = [v4.new_markdown_cell("# *Warm*", id="a"), v4.new_code_cell("1", id="b")]
    report.page(v4.new_notebook(cells=cells), title="Warm", label=None, study=None)
    cache.package(), cache.environment()
    claims, measures = map(import_module, ("digidip.claims", "digidip.measures"))
    measures.registered(), claims.published()


if getattr(sys.modules["__main__"], "main", None) is forkserver.main:  # in the server alone, whoever else imports this
    preload()
