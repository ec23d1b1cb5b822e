"""What the server does once, so that no kernel has to: import the libraries and use each of them a little."""

import gc
import os
import pkgutil
import sys
import threading
import warnings
from importlib import import_module
from io import BytesIO

MODULES = """
    numpy pandas pandas.io.formats.csvs pyarrow.dataset pyarrow.parquet pyarrow_hotfix scipy.stats scipy.optimize
    matplotlib.pyplot matplotlib.font_manager matplotlib.backends.backend_agg seaborn networkx sqlite3 psutil
    statsmodels.api statsmodels.formula.api duckdb ibis ibis.backends.duckdb.converter ibis.formats.pandas
    IPython IPython.core.completerlib IPython.core.debugger IPython.core.oinspect IPython.core.logger
    IPython.extensions.storemagic ipykernel.kernelapp ipykernel.ipkernel ipykernel.debugger matplotlib_inline
    tornado.platform.asyncio papermill nbclient nbconvert.exporters.html nbformat
    digidip.store digidip.figures digidip.claims
""".split()
ROOMS = ("digidip.readers", "digidip.measures")  # every module of these


def warm(further=()):
    """Import and use the libraries; returns "" or, where that fails, why in one line.

    further: names of modules to import too; one that cannot be imported is left to the process that asks for it.
    """
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # ipykernel reads it at import: its kernels' parent is the server
    gc.disable()
    try:
        for name in [*MODULES, *(name for room in ROOMS for name in _modules(room))]:
            import_module(name)
        _use()
        for name in further:
            _attempt(name)
        _alone()
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    sys.modules.pop("matplotlib_inline.backend_inline", None)  # it hooks into the shell when it is imported
    with warnings.catch_warnings():  # leaving the block forgets which warnings were shown already
        pass
    gc.collect()
    gc.freeze()
    gc.enable()
    return ""


def _modules(room):
    """The names of the modules of a room."""
    return [f"{room}.{module.name}" for module in pkgutil.iter_modules(import_module(room).__path__)]


def _attempt(name):
    """Import a module if it can be."""
    try:
        import_module(name)
    except Exception:  # whoever calls its function meets the same error, with a traceback
        sys.modules.pop(name, None)


def _alone():
    """No library may have started a thread: a fork would leave it, and whatever it holds, behind."""
    tasks = os.listdir("/proc/self/task")
    if threading.active_count() > 1 or len(tasks) > 1:
        raise RuntimeError(f"{len(tasks)} threads run after the imports, 1 can be forked")


def _use():
    """The first use of a library is slow too: draw, compile, fit, convert. No connection is opened, no thread started."""
    figure = import_module("matplotlib.figure").Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([1, 2], [1, 10], label="warm")
    axes.set(title="warm", yscale="log")
    axes.legend()
    import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure).print_png(BytesIO())
    ibis = import_module("ibis")
    table = ibis.table({"a": "int64", "b": "string", "c": "timestamp"}, name="t")
    ibis.to_sql(table.filter(table.a > 1).group_by("b").agg(n=table.a.sum(), c=table.c.max()), dialect="duckdb")
    frame = import_module("pandas").DataFrame({"y": [0, 1, 2, 1, 3, 2], "x": list("ababab")})
    repr(frame.groupby("x")["y"].agg(["mean", "sum"])) + frame.to_html()
    formula = import_module("statsmodels.formula.api")
    formula.glm("y ~ x", frame, family=import_module("statsmodels.api").families.Poisson()).fit().summary()
    make = import_module("nbformat.v4")
    node = make.new_notebook(cells=[make.new_markdown_cell("# a"), make.new_code_cell("1", id="b")])
    import_module("nbformat").validate(node)
    import_module("nbconvert.exporters.html").HTMLExporter().from_notebook_node(node)
