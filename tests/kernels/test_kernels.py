"""Warm kernels: what a plain kernel does they do, nothing of one reaches another, and nothing stays behind."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from jupyter_client.manager import KernelManager
from nbclient.exceptions import DeadKernelError

from digidip import kernels
from digidip.kernels import _client, _process

PACKAGE = Path(kernels.__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux: fork is unsafe elsewhere")
SAY_SERVER = "import os; print(os.getpid(), os.getppid())"


@pytest.fixture(autouse=True)
def kernelspec(tmp_path, monkeypatch):
    """The kernelspec is found whether or not it is installed."""
    folder = tmp_path / "jupyter" / "kernels" / kernels.NAME
    folder.mkdir(parents=True)
    shutil.copy(PACKAGE / "kernels" / "kernel.json", folder)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("DIGIDIP_WARM", raising=False)
    monkeypatch.delenv("DIGIDIP_SCRATCH", raising=False)


@pytest.fixture
def functions(tmp_path):
    """A working folder with the module `work`: functions to start, the last of which starts a warm kernel."""
    (tmp_path / "work.py").write_text(
        "import json, os, sys\n"
        "from pathlib import Path\n"
        "def tell(said):\n"
        "    print(json.dumps([said, sys.argv, sys.path[0], os.getcwd(), sys.stdin.read(), __name__,\n"
        "        hasattr(sys.modules['__main__'], '__file__')]))\n"
        "def fail(said):\n"
        "    raise ValueError(said)\n"
        "def leave(code):\n"
        "    sys.exit(code)\n"
        "def nest(_):\n"
        "    from jupyter_client.manager import KernelManager\n"
        "    manager = KernelManager(kernel_name='digidip')\n"
        "    manager.start_kernel()\n"
        "    kernel = manager.provisioner.process\n"
        "    stat = Path(f'/proc/{kernel.pid}/stat').read_text().rpartition(')')[2].split()\n"
        "    print(type(kernel).__name__, int(stat[1]) == os.getppid())\n"
        "    manager.shutdown_kernel(now=True)\n"
    )
    return tmp_path


@pytest.fixture
def light(tmp_path):
    """An environment whose package is a copy that warms nothing, so that its server starts at once."""
    shutil.copytree(PACKAGE, tmp_path / "light" / "digidip", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "light" / "digidip" / "kernels" / "_warm.py").write_text("def warm(further=()):\n    return ''\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path / "light")}


@contextlib.contextmanager
def kernel(name=kernels.NAME, **given):
    """A kernel that runs: its manager, and a function that runs code in it and returns what it printed or raised."""
    manager = KernelManager(kernel_name=name)
    manager.start_kernel(**given)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)

    def run(code):
        said = []
        client.execute_interactive(code, timeout=60, output_hook=lambda message: said.append(message["content"]))
        return "".join(content.get("text", "") or content.get("ename", "") for content in said)

    manager.run, manager.talk = run, client
    try:
        yield manager
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def notebook(*sources):
    """A notebook of code cells."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def executed(node, name, folder):
    """The outputs of a notebook run by papermill with a kernel."""
    options = {"progress_bar": False, "coalesce_streams": True}  # how prints are cut into messages is chance
    done = papermill.execute_notebook(node, None, kernel_name=name, cwd=folder, **options)
    return [cell.outputs for cell in done.cells]


def runs(pid):
    """Whether a process runs; one that has ended and is not yet waited for does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def gone(pids, paths=(), seconds=20):
    """Wait until none of the processes runs and none of the paths is there; returns what is left."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        left = [pid for pid in pids if runs(pid)]
        left += [path for path in paths if Path(path).exists()]
        if not left:
            break
        time.sleep(0.05)
    return left


def printed(process):
    """What a process with a pipe for stdout printed, and its exit code."""
    with process.stdout:
        return process.stdout.read().decode(), process.wait(30)


def test_papermill_gives_the_same_outputs_as_with_a_plain_kernel(tmp_path):
    """Streams, a table, a figure, an inline backend and the search path are those of the plain kernel."""
    node = notebook(
        "import sys, os; print(sys.path, os.getcwd(), sys.argv[0], __name__, sys.stdin.isatty())",
        "import matplotlib; print(matplotlib.get_backend(auto_select=False))",
        "import pandas as pd; frame = pd.DataFrame({'a': [1, 2]}); frame",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
        "print(os.environ['MPLBACKEND'], sys.flags, sys.warnoptions)",
        "import numpy as np; np.linalg.svd(np.arange(40000.0).reshape(200, 200) % 7)[1][:5]",
        "get_ipython().run_line_magic('matplotlib', ''); os.system('echo from a child')",
    )
    assert executed(node, kernels.NAME, tmp_path) == executed(node, "python3", tmp_path)


def test_environment_folder_and_search_path_of_the_request_reach_the_kernel(tmp_path):
    """Variables, PYTHONPATH (a relative entry too), zone and hash seed are those of the request, no others."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "only_here.py").write_text("word = 'found'\n")
    env = {**os.environ, "PYTHONPATH": "mine", "TZ": "Asia/Kolkata", "PYTHONHASHSEED": "7", "ODD": "a\udcffb"}
    env.pop("DIGIDIP_KEY_FILE")
    with kernel(cwd=str(tmp_path), env=env) as warm:
        assert warm.run("import only_here; print(only_here.word)") == "found\n"
        assert warm.run("import os, time; print(time.strftime('%z %H', time.localtime(0)))") == "+0530 05\n"
        assert warm.run("print(os.getcwd())") == f"{tmp_path}\n"
        assert warm.run("print(ascii(os.environ['ODD']), 'DIGIDIP_KEY_FILE' in os.environ)") == "'a\\udcffb' False\n"
        seeded = warm.run("print(hash('ministry'))")
    code = [sys.executable, "-c", "print(hash('ministry'))"]
    assert seeded == subprocess.run(code, env=env, capture_output=True, text=True, check=True).stdout


def test_two_kernels_share_the_server_and_nothing_else():
    """One parent, two pids, two sessions, two states of numpy's and Python's random numbers, one scratch folder."""
    code = "import numpy, random; print(numpy.random.random(), random.random(), sep='\\n')"
    where = "print(os.environ['DIGIDIP_SCRATCH'], oct(os.stat(os.environ['DIGIDIP_SCRATCH']).st_mode & 0o777))"
    with kernel() as one, kernel() as other:
        (pid, server), (second, same) = (each.run(SAY_SERVER).split() for each in (one, other))
        assert pid != second and server == same
        assert one.run("print(os.getsid(0) == os.getpid() == os.getpgrp())") == "True\n"
        assert not set(one.run(code).split()) & set(other.run(code).split())
        assert one.run(where) == other.run(where) and one.run(where).endswith(" 0o700\n")


def test_the_kernel_holds_nothing_of_the_server_and_the_server_one_thread():
    """In a kernel no descriptor is a socket pair of the server's; the server has one thread and no address."""
    with kernel() as first, kernel() as warm:
        server = int(warm.run(SAY_SERVER).split()[1])
        assert len(os.listdir(f"/proc/{server}/task")) == 1
        held = {str(descriptor.readlink()) for descriptor in Path(f"/proc/{server}/fd").iterdir()}
        listed = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
        named = {f"socket:[{line[6]}]" for line in listed if len(line) > 7}
        sockets = {link for link in held if link.startswith("socket:")}
        assert len(sockets) >= 5 and not sockets & named
        code = "import os, glob; print([os.readlink(p) for p in glob.glob('/proc/self/fd/*') if os.path.islink(p)])"
        for said in (first.run(code), warm.run(code)):
            assert "socket:" in said and not any(link in said for link in sockets)


def test_linear_algebra_has_the_threads_that_were_asked_for():
    """The server's single thread is not the kernels': OMP_NUM_THREADS=3 gives three, from the same server."""
    code = (
        "import ctypes, re, numpy; path = re.search('/.*numpy.*openblas.*', open('/proc/self/maps').read())[0];"
        "print(ctypes.CDLL(path).scipy_openblas_get_num_threads64_())"
    )
    with kernel(env={**os.environ, "OMP_NUM_THREADS": "3"}) as warm, kernel() as other:
        assert warm.run(code) == "3\n"
        assert warm.run(SAY_SERVER).split()[1] == other.run(SAY_SERVER).split()[1]


def test_interrupt_stops_a_long_cell_and_the_kernel_lives_on():
    """KeyboardInterrupt reaches the cell; the next cell finds the names of the one before."""
    with kernel() as warm:
        warm.run("kept = 41")
        sent = warm.talk.execute("import time; print('here', flush=True); time.sleep(60)")
        while warm.talk.get_iopub_msg(timeout=30)["content"].get("text") != "here\n":
            pass
        time.sleep(0.5)  # till it sleeps: an interrupt while it still prints may be lost, in plain kernels too
        warm.interrupt_kernel()
        reply = warm.talk.get_shell_msg(timeout=30)
        while reply["parent_header"]["msg_id"] != sent:
            reply = warm.talk.get_shell_msg(timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        said = [warm.run("print(kept + 1)") for _ in range(3)]  # what is asked right after an error may be aborted
        assert said[-1] == "42\n"


def test_restart_gives_a_fresh_namespace_and_another_process():
    """After a restart the old names are unknown, the pid is new, the old process is gone."""
    with kernel() as warm:
        pid = int(warm.run("kept = 1; " + SAY_SERVER).split()[0])
        warm.restart_kernel()
        warm.talk.wait_for_ready(timeout=60)
        assert warm.run("kept") == "NameError"
        assert int(warm.run(SAY_SERVER).split()[0]) != pid and gone([pid]) == []


def test_input_is_asked_of_the_client():
    """input() sends its request to the frontend and gets the answer."""
    with kernel() as warm:
        answer = {"stdin_hook": lambda message: warm.talk.input("PER"), "allow_stdin": True, "timeout": 30}
        said = []
        warm.talk.execute_interactive("print(input('Which? ').lower())", output_hook=said.append, **answer)
        assert "per\n" in [message["content"].get("text") for message in said]


@pytest.mark.parametrize("ending", ["os._exit(5)", "os.kill(os.getpid(), 9)"])
def test_the_death_of_a_kernel_is_seen(ending, tmp_path):
    """papermill meets a dead kernel, not an endless wait."""
    with pytest.raises(DeadKernelError):
        executed(notebook(f"import os; {ending}"), kernels.NAME, tmp_path)


def test_stdout_and_stderr_of_a_kernel_are_those_that_were_passed(tmp_path):
    """What a kernel writes below Python's streams goes to the files of the request."""
    code = "import sys; print('o', file=sys.__stdout__, flush=True); print('e', file=sys.__stderr__)"
    with (
        (tmp_path / "out").open("wb") as out,
        (tmp_path / "err").open("wb") as err,
        kernel(stdout=out, stderr=err) as warm,
    ):
        warm.run(code)
    assert "o\n" in (tmp_path / "out").read_text() and "e\n" in (tmp_path / "err").read_text()


def test_nbval_checks_a_notebook_with_warm_kernels(tmp_path):
    """The kernelspec works by its name in pytest's plugin, and a wrong output is noticed."""
    node = notebook("import pandas; print(6 * 7)")
    node.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="42\n")]
    node.cells[0].execution_count = 1
    for name, text in (("good", "42\n"), ("bad", "43\n")):
        node.cells[0].outputs[0].text = text
        nbformat.write(node, tmp_path / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--rootdir", str(tmp_path)]
    command += ["--nbval-kernel-name", kernels.NAME, str(tmp_path / "good.ipynb"), str(tmp_path / "bad.ipynb")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "1 failed, 1 passed" in done.stdout and "plain kernels" not in done.stdout + done.stderr


def test_start_runs_a_function_alike_warm_and_cold(functions, monkeypatch):
    """Argument, argv, search path, folder, stdin, module name and exit codes are the same without a server."""
    told = []
    for warm in ("1", "0"):
        monkeypatch.setenv("DIGIDIP_WARM", warm)
        given = {"cwd": functions, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        said, code = printed(kernels.start("work:tell", {"a": [1, None, "é"]}, **given))
        assert json.loads(said) == [{"a": [1, None, "é"]}, ["-c"], "", str(functions), "", "work", False] and code == 0
        failed = kernels.start("work:fail", "no month", **given)
        told.append((printed(failed)[1], failed.stderr.read().decode().splitlines()[-1]))
        failed.stderr.close()
        left = [
            kernels.start("work:leave", code, cwd=functions, stderr=subprocess.DEVNULL).wait(30) for code in (3, "x")
        ]
        assert left == [3, 1]
    assert told == [(1, "ValueError: no month")] * 2


def test_a_started_function_starts_kernels_from_the_same_server(functions):
    """The kernel of a worker is a child of the server that the worker itself was forked from."""
    worker = kernels.start("work:nest", None, cwd=functions, stdout=subprocess.PIPE)
    assert printed(worker) == ("Process True\n", 0)


def test_a_started_process_is_signalled_waited_for_and_killed_when_forgotten(functions):
    """poll, wait with a timeout, terminate, kill; the exit code tells the signal; letting go ends the process."""
    asleep = [kernels.start("time:sleep", 60) for _ in range(3)]
    assert [process.poll() for process in asleep] == [None] * 3
    with pytest.raises(subprocess.TimeoutExpired):
        asleep[0].wait(0.01)
    asleep[0].terminate()
    asleep[1].kill()
    assert [asleep[0].wait(30), asleep[1].wait(30)] == [-signal.SIGTERM, -signal.SIGKILL]
    asleep[1].kill()
    pid = asleep[2].pid
    asleep[2]._channel.close()
    assert gone([pid]) == []


def test_a_large_argument_arrives_whole(functions):
    """Ten million characters are no trouble."""
    process = kernels.start("work:leave", ["x" * 10_000_000], cwd=functions, stderr=subprocess.PIPE)
    with process.stderr:
        assert len(process.stderr.read()) > 10_000_000 and process.wait(30) == 1


def test_a_missing_folder_is_an_error_as_with_popen(tmp_path):
    """The message names the folder."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        kernels.start("builtins:print", cwd=tmp_path / "nowhere")


def test_jupyter_server_starts_interrupts_restarts_and_shuts_down(tmp_path):
    """JupyterLab's server, through its REST interface; after it has ended, no kernel and no server is left."""
    port = str(psutil.Process().pid % 20000 + 20000)
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--port", port, "--allow-root"]
    command += ["--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}/api/kernels"
            made = asked(address, {"name": kernels.NAME})
            pids = [each.pid for each in psutil.Process(server.pid).children(recursive=True)]
            [warm] = [child.pid for child in psutil.Process(server.pid).children()]
            for action in ("interrupt", "restart"):
                asked(f"{address}/{made['id']}/{action}", {})
            assert [each["name"] for each in asked(address)] == [kernels.NAME]
            [born] = psutil.Process(warm).children()
            assert born.pid not in pids
            asked(f"{address}/{made['id']}", method="DELETE")
            assert asked(address) == [] and gone([born.pid]) == []
        finally:
            server.terminate()
    assert gone(pids) == []


def asked(address, content=None, method=None, seconds=40):
    """The answer of a server's REST interface, waiting until it is up."""
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    data = None if content is None else json.dumps(content).encode()
    request = Request(address, data, {"Authorization": "token t"}, method=method)
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except HTTPError:
            raise
        except (URLError, ConnectionError):
            assert time.monotonic() < deadline, address
            time.sleep(0.2)


CLIENT = """
import os, time
from digidip import kernels
from digidip.kernels import _client
one, two = (kernels.start("time:sleep", 600) for _ in range(2))
[server] = _client._current
print(os.getpid(), server.process.pid, one.pid, two.pid, server.scratch, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_client_that_is_killed(number, light):
    """Server, its processes and the scratch folder go with the client, however it ends."""
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT], env=light, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    *pids, scratch = client.stdout.readline().split()
    client.stdout.close()
    assert Path(os.fsdecode(scratch)).is_dir()
    client.send_signal(number)
    client.wait(30)
    assert gone(list(map(int, pids)), [os.fsdecode(scratch)]) == []


def test_a_killed_server_takes_its_kernels_along_and_the_next_call_starts_another(light):
    """The client sees -9; a new server works, and the scratch folder of the old one is removed."""
    asleep = kernels.start("time:sleep", 600, env=light)
    [server] = _client._current
    server.process.kill()
    assert asleep.wait(30) == -signal.SIGKILL and gone([asleep.pid]) == []
    assert kernels.start("builtins:print", "", env=light, stdout=subprocess.DEVNULL).wait(30) == 0
    assert _client._current != [server] and not Path(server.scratch).exists()


def test_edited_sources_are_served_by_a_new_server_and_the_old_one_ends_with_its_last_kernel(light):
    """The old server runs as long as its kernel; the new one knows the new source."""
    sources = Path(light["PYTHONPATH"], "digidip", "__init__.py")
    given = {"env": light, "stdout": subprocess.PIPE}
    asleep = kernels.start("time:sleep", 600, env=light)
    [old] = _client._current
    with open(sources, "a") as file:
        file.write("\n\ndef edited(_):\n    print('edited')\n")
    assert printed(kernels.start("digidip:edited", None, **given)) == ("edited\n", 0)
    assert old not in _client._current and psutil.pid_exists(old.process.pid) and asleep.poll() is None
    asleep.kill()
    assert asleep.wait(30) == -signal.SIGKILL and old.process.wait(30) == 0 and not Path(old.scratch).exists()


def test_close_ends_the_server_with_all_it_runs(light):
    """After close() neither server nor process nor folder is there; each process had its own variables."""
    told = {"function": "os:system", "argument": "echo $DIGIDIP_SCRATCH $ONCE", "stdout": subprocess.PIPE}
    own = {**light, "DIGIDIP_SCRATCH": "/mine", "ONCE": "1"}
    assert printed(kernels.start(**told, env=own)) == ("/mine 1\n", 0)
    asleep = kernels.start("time:sleep", 600, env=light)
    [server] = _client._current
    assert printed(kernels.start(**told, env=light)) == (f"{server.scratch}\n", 0)
    kernels.close()
    assert gone([server.process.pid, asleep.pid], [server.scratch]) == [] and asleep.wait(30) == -signal.SIGKILL


def test_a_fork_of_the_client_keeps_nothing_of_the_server(light):
    """A child that the client forks by itself neither ends the server nor keeps it up."""
    asleep = kernels.start("time:sleep", 600, env=light)
    [server] = _client._current
    pid = os.fork()
    if not pid:
        os._exit(len(_client._current) + len(_client._owned) + sum(c.fileno() >= 0 for c in _process._channels))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert asleep.poll() is None and _client._current == [server]
    asleep.kill()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (
            "def warm(further=()):\n    return 'ImportError: no pandas'\n",
            "the warm server refused: ImportError: no pandas",
        ),
        ("import os\nos._exit(1)\n", "the warm server ended at once"),
    ],
)
def test_without_a_server_plain_processes_do_and_one_line_says_so(broken, reason, light, capfd, monkeypatch):
    """A server that cannot start is told once; functions run all the same."""
    monkeypatch.setattr(_client, "_told", [])
    Path(light["PYTHONPATH"], "digidip", "kernels", "_warm.py").write_text(broken)
    ended = [kernels.start("builtins:print", "", env=light, stdout=subprocess.DEVNULL).wait(30) for _ in range(2)]
    assert ended == [0, 0]
    assert capfd.readouterr().err == f"digidip: plain kernels ({reason}); each one imports the libraries anew\n"


def test_switched_off_the_kernelspec_starts_plain_kernels(capfd, monkeypatch):
    """DIGIDIP_WARM=0: one line in all, a kernel whose parent is the client."""
    monkeypatch.setattr(_client, "_told", [])
    monkeypatch.setenv("DIGIDIP_WARM", "0")
    for _ in range(2):
        with kernel(extra_arguments=["--log-level=ERROR"]) as plain:
            assert plain.run(SAY_SERVER).split()[1] == str(os.getpid())
    said = "digidip: plain kernels (DIGIDIP_WARM=0); each one imports the libraries anew\n"
    assert capfd.readouterr().err == said and not kernels.available()


def test_on_other_systems_plain_processes_do(functions, capfd, monkeypatch):
    """Where fork is unsafe nothing is forked, and the line says why."""
    monkeypatch.setattr(_client, "_told", [])
    monkeypatch.setattr(sys, "platform", "darwin")
    assert kernels.start("work:leave", 4, cwd=functions).wait(30) == 4 and not kernels.available()
    assert "(warm ones need Linux, this is darwin)" in capfd.readouterr().err


def test_the_key_tells_what_needs_another_server(light, tmp_path, monkeypatch):
    """Hash seed, zone, locale and an edit do; threads, an empty variable and any other variable do not."""

    def key(**changes):
        return _client._key(_client._settings({**light, **changes}, tmp_path))

    usual = key(PYTHONHASHSEED="")
    assert usual == key(OMP_NUM_THREADS="5") == key(MPLBACKEND="agg") == key(PYTHONPATH="light")
    others = [key(PYTHONHASHSEED="1"), key(TZ=""), key(LC_ALL="C"), key(HOME="/nowhere"), key(PYTHONPATH="")]
    (tmp_path / "light" / "digidip" / ".#clean.py").symlink_to("nowhere")  # the lock of an editor
    edited = tmp_path / "light" / "digidip" / "clean/__init__.py"
    os.utime(edited, ns=(edited.stat().st_atime_ns, edited.stat().st_mtime_ns + 1))
    assert len({usual, *others, key()}) == 7
