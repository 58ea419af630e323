"""The resources of the lab as Streamlit Community Cloud starts it, from a clean environment.

    python -m benchmarks.cloud [--python python3.12] [--environment FOLDER] [--megabytes 1000]

The committed files are copied to a separate folder; only requirements.txt is installed into a new
environment (or the environment of an earlier call is reused), the limits come from
.streamlit/secrets.toml, and the server starts in that folder with the memory of all its processes
limited by a control group if possible (as root on Linux). Then a visitor trains on the sample and
on full MNIST if it is available. Finally the peak memory and any killed processes are printed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from benchmarks.logs import hidden_logs
from benchmarks.memory import MEGABYTE, RUN_SECONDS, Gauge
from core.data import loading
from core.variant import Variant
from support.lab_server import REPOSITORY, free_port
from support.visitor import Visitor

GROUPS = Path("/sys/fs/cgroup")
# The start of the line of our group in /proc/self/cgroup, the folder of the groups, and the files
# of the limit, of the peak memory and of the events; for both versions.
VERSIONS = (
    (":memory:", "memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "oom_control"),
    ("0::", "", "memory.max", "memory.peak", "events"),
)
READY_SECONDS = 180.0
SECRETS = 'AUTOENCODER_LAB_PUBLIC = "1"\n'


class Group:
    """A temporary control group that limits memory, if one can be created."""

    def __init__(self, limit: int) -> None:
        self.folder: Path | None = None
        lines = Path("/proc/self/cgroup").read_text().split("\n")
        for start, kind, limit_file, self._peak, self._events in VERSIONS:
            ours = [line.partition(start)[2] for line in lines if start in line]
            folder = GROUPS / kind / "".join(ours)[1:] / f"autoencoder-lab-{os.getpid()}"
            try:
                folder.mkdir()
                (folder / limit_file).write_text(str(limit))
            except OSError:
                if folder.exists():
                    folder.rmdir()
                continue
            self.folder = folder
            return

    def command(self) -> list[str]:
        """A command prefix that starts a command in the group."""
        if self.folder is None:
            return []
        enter = f'echo $$ > {self.folder / "cgroup.procs"}; exec "$@"'
        return ["sh", "-c", enter, "sh"]

    def said(self) -> str:
        """The group's peak memory and kills."""
        if self.folder is None:
            return "no control group could be made, so memory was not limited"
        peak = int((self.folder / self._peak).read_text()) / MEGABYTE
        lines = (self.folder / f"memory.{self._events}").read_text().split("\n")
        kills = next((line for line in lines if line.startswith("oom_kill ")), "oom_kill unknown")
        return f"file caches included, {peak:.0f} MB; {kills}"

    def close(self) -> None:
        """Remove the group after its processes have ended."""
        if self.folder is not None:
            self.folder.rmdir()


def copy(folder: Path) -> None:
    """Copy the committed files."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    (folder / ".streamlit" / "secrets.toml").write_text(SECRETS)


def install(python: str, environment: Path, lock: Path) -> None:
    """Create a clean environment with only the locked packages."""
    begun = time.monotonic()
    subprocess.run([python, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", lock]
    subprocess.run(pip, check=True)
    print(f"installed in {time.monotonic() - begun:.0f} s")


def train(url: str, variant: Variant) -> float:
    """Train as a visitor; returns the seconds."""
    query = "&".join(f"{name}={value}" for name, value in variant.to_query().items())
    with Visitor(f"{url}/lab?{query}") as page:
        page.until(lambda: page.buttons().get("Train"), READY_SECONDS)
        begun = time.monotonic()
        page.click("Train")
        page.until(lambda: "Train again" in page.buttons(), RUN_SECONDS)
        assert not page.errors, page.errors
        return time.monotonic() - begun


def visit(url: str) -> None:
    """Open the limits, exceed one, and train."""
    with Visitor(f"{url}/lab?epochs=101") as page:
        page.until(lambda: page.buttons().get("Train"), READY_SECONDS)
        page.click("Train")
        assert "100 at most" in page.text, page.text[:2000]
    print("the limits of secrets.toml are in force")
    for name in ("mnist-sample", "mnist"):
        if loading.problem(name) is None:
            print(f"{name}: trained in {train(url, Variant(dataset=name, seed=11)):.1f} s")


def run(python: str, environment: Path | None, megabytes: int) -> None:
    """Run everything and print the results."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        copy(folder / "lab")
        place = environment or folder / "environment"
        if not (place / "bin" / "python").exists():
            install(python, place, folder / "lab" / "requirements.txt")
        group = Group(megabytes * MEGABYTE)
        stack.callback(group.close)
        port = free_port()
        options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
        begun = time.monotonic()
        server = subprocess.Popen(
            [*group.command(), place / "bin" / "streamlit", "run", "app.py", *options],
            cwd=folder / "lab",
            env={**os.environ, "AUTOENCODER_LAB_HOME": str(folder / "home")},
            start_new_session=True,
        )
        stack.callback(end, server)
        url = f"http://127.0.0.1:{port}"
        wait_for(url, server)
        gauge = Gauge(server.pid)
        stack.callback(gauge.close)
        with Visitor(url):
            print(f"first page after {time.monotonic() - begun:.1f} s")
        visit(url)
        for role, size in gauge.most.items():
            print(f"most held (PSS), {role}: {size / MEGABYTE:.0f} MB")
        print(group.said())


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server responds."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        assert server.poll() is None, "The server ended at once."
        assert time.monotonic() < deadline, "The server does not answer."
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)


def end(server: subprocess.Popen[bytes]) -> None:
    """Stop the server and its workers as ctrl-C does."""
    server.send_signal(signal.SIGINT)
    server.wait(READY_SECONDS)


@hidden_logs()
def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--python", default=sys.executable, help="that makes the environment; there it is 3.12"
    )
    parser.add_argument("--environment", type=Path, help="folder of it, kept for the next time")
    parser.add_argument("--megabytes", type=int, default=1000, help="of memory for all of it")
    options = parser.parse_args()
    run(options.python, options.environment, options.megabytes)


if __name__ == "__main__":
    main()
