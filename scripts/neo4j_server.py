"""A real Neo4j Community server in a folder of its own, on a free loopback port: for tests and benchmarks, without Docker.

python scripts/neo4j_server.py start FOLDER      NEO4J_PASSWORD=… sets the password; prints the bolt:// address
python scripts/neo4j_server.py wait FOLDER       until it answers
python scripts/neo4j_server.py stop FOLDER
python scripts/neo4j_server.py admin FOLDER …    neo4j-admin's commands, with the server stopped

It needs Java 17 and Maven (Debian: openjdk-17-jre-headless, maven). Maven fetches the jars named in neo4j-pom.xml once, into
~/.cache/papergraph. Neo4j is GPLv3: it runs here as a server, and nothing of it ships with Papergraph.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Final

POM: Final = Path(__file__).with_name("neo4j-pom.xml")
HEAP: Final = "512m"
_PACKAGES: Final = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
_BOLT: Final = re.compile(r"^server\.bolt\.listen_address=127\.0\.0\.1:(\d+)$", re.MULTILINE)
_START_SECONDS: Final = 120
_STOP_SECONDS: Final = 60


class NoServer(Exception):
    """No server can run here, or this one did not start; the message says why."""


def version() -> str:
    """The version of Neo4j that the pom names."""
    found = xml.parse(POM).find(".//{*}dependency/{*}version")
    assert found is not None
    assert found.text
    return found.text


def jars() -> Path:
    """The folder of the server's jars; Maven fetches them the first time.

    Raises:
        NoServer: Java or Maven is missing, or the jars cannot be fetched.
    """
    if not shutil.which("java"):
        raise NoServer("A Neo4j server needs Java 17: install it (Debian: apt-get install openjdk-17-jre-headless).")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "papergraph"
    folder = cache / f"neo4j-{version()}"
    if not folder.is_dir():
        if not shutil.which("mvn"):
            raise NoServer("Neo4j's jars are fetched by Maven: install it (Debian: apt-get install maven).")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as new:
            fetch = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
            done = subprocess.run(
                [*fetch, f"-DoutputDirectory={new}/lib"], capture_output=True, text=True, stdin=subprocess.DEVNULL
            )
            if done.returncode:
                raise NoServer(f"Maven could not fetch Neo4j's jars: {(done.stdout + done.stderr).strip()[-600:]}")
            try:
                os.rename(f"{new}/lib", folder)
            except OSError:  # another process was first
                if not folder.is_dir():
                    raise
    return folder


class Server:
    """A Neo4j server whose data, settings and log are in `folder`."""

    user: Final = "neo4j"

    def __init__(self, folder: Path, *, quick: bool = False) -> None:
        """`quick`: compile Java once and lightly, which suits a server of a few minutes."""
        self.folder = folder.resolve()
        self._quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] if quick else []
        self._pid_file = self.folder / "server.pid"
        self._conf = self.folder / "conf" / "neo4j.conf"
        self._log = self.folder / "logs" / "neo4j.log"

    def start(self, password: str) -> str:
        """Start the server and wait until it answers; its bolt:// address. A new folder gets this password.

        Raises:
            NoServer: it cannot run here, or did not start.
        """
        self.prepare(password)
        self._log.unlink(missing_ok=True)
        process = subprocess.Popen(
            [*self._java(), "org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.folder}",
             f"--config-dir={self._conf.parent}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=self._environment(),
            start_new_session=True,
        )  # fmt: skip
        self._pid_file.write_text(str(process.pid), "ascii")
        try:
            return self.wait(process)
        except BaseException:
            process.kill()
            process.wait()
            raise

    def prepare(self, password: str) -> None:
        """Make ready to start; a new folder gets this password.

        Raises:
            NoServer: it cannot run here, or runs already.
        """
        jars()
        if self.pid() is not None:
            raise NoServer(f"A server runs in {self.folder} already: stop it first.")
        new = not self._conf.is_file()
        self._settle()
        if new:
            self.admin("dbms", "set-initial-password", "--", password)  # which may begin with a hyphen

    def _settle(self) -> None:
        """Folders, and settings with a port that is free now."""
        for name in ("conf", "import"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "server.bolt.listen_address": f"127.0.0.1:{port}",
            "server.http.enabled": "false",
            "server.directories.import": "import",
            "server.memory.pagecache.size": "128m",
            "dbms.usage_report.enabled": "false",
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        self._conf.write_text(text, "utf-8")

    def _java(self) -> list[str]:
        opens = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _PACKAGES]
        return [
            "java",
            f"-Xms{HEAP}",
            f"-Xmx{HEAP}",
            "-XX:+ExitOnOutOfMemoryError",
            *self._quick,
            *opens,
            "-cp",
            f"{jars()}/*",
        ]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": str(self._conf.parent)}

    def wait(self, process: subprocess.Popen[bytes] | None = None, *, seconds: float = _START_SECONDS) -> str:
        """Wait until the server answers on its port; its bolt:// address.

        Raises:
            NoServer: it ended, or does not answer in that time.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            text = self._log.read_text("utf-8", "replace") if self._log.is_file() else ""
            # Asked of its parent where that is us: while a process starts, /proc does not know its command.
            if (self.pid() is None) if process is None else (process.poll() is not None):
                raise NoServer(f"The Neo4j server in {self.folder} does not run: {text.strip()[-600:]}")
            if re.search(r"INFO  Started\.$", text, re.MULTILINE):
                port = _BOLT.findall(self._conf.read_text("utf-8"))[0]
                socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
                return f"bolt://127.0.0.1:{port}"
            time.sleep(0.1)
        raise NoServer(f"The Neo4j server in {self.folder} does not answer after {seconds:.0f} s: see {self._log}.")

    def pid(self) -> int | None:
        """The process of the server, if it runs."""
        try:
            pid = int(self._pid_file.read_text("ascii"))
            command = Path(f"/proc/{pid}/cmdline")
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        # The number may be another process's by now.
        ours = not Path("/proc/self").exists() or f"--home-dir={self.folder}\0".encode() in command.read_bytes()
        return pid if ours else None

    def stop(self, *, seconds: float = _STOP_SECONDS) -> None:
        """Stop the server, and kill it where it has not ended in that time; nothing happens where none runs."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + seconds
            while _alive(pid) and time.monotonic() < until:
                time.sleep(0.05)
            if _alive(pid):
                os.kill(pid, signal.SIGKILL)
                while _alive(pid):
                    time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def admin(self, *arguments: str, folder: Path | None = None) -> str:
        """Run a command of neo4j-admin, in a folder if one is given; what it printed.

        Raises:
            NoServer: it failed.
        """
        done = subprocess.run(
            [*self._java(), "org.neo4j.cli.AdminTool", *arguments],
            capture_output=True, text=True, env=self._environment(), stdin=subprocess.DEVNULL, cwd=folder or self.folder,
        )  # fmt: skip
        if done.returncode:
            raise NoServer(
                f"neo4j-admin {' '.join(arguments[:3])} failed: {(done.stdout + done.stderr).strip()[-2000:]}"
            )
        return done.stdout + done.stderr


def _alive(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):  # a child of this process has ended
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Start, wait for, stop or administer a server."""
    match arguments:
        case ["start", folder] if os.environ.get("NEO4J_PASSWORD"):
            print(Server(Path(folder)).start(os.environ["NEO4J_PASSWORD"]))
        case ["wait", folder]:
            print(Server(Path(folder)).wait())
        case ["stop", folder]:
            Server(Path(folder)).stop()
        case ["admin", folder, *rest] if rest:
            print(Server(Path(folder)).admin(*rest), end="")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except NoServer as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
