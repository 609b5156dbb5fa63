"""The whole system under one supervisor: what `make up` starts, and in which order."""

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from config.embedded.child import Service
from config.embedded.console import Refused, say
from config.embedded.mail import mail_service, mail_socket, mail_url
from config.embedded.postgres import Postgres, clean_environment
from config.embedded.process import end_left_overs
from config.embedded.redis import find_redis, redis_service, redis_url
from config.embedded.state import PROJECT, State, held, state_of_project, write_atomically
from config.embedded.supervisor import Stopped, Supervisor

HOST = "127.0.0.1"
SLOW = 10.0  # seconds after which it is said what is not well
PATIENCE = 90.0  # seconds until all is well
MANAGE = (sys.executable, "manage.py")
WEB: tuple[str, ...] = ("gunicorn", "config.wsgi:application", "--worker-class", "gthread", "--workers", "1")
WEB += ("--threads", "4", "--no-control-socket", "--graceful-timeout", "8")
WORKER: tuple[str, ...] = ("celery", "-A", "config.celery", "worker", "--pool", "threads")
WORKER += ("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
BEAT = ("celery", "-A", "config.celery", "beat", "--loglevel", "INFO", "--pidfile=")


class Stack:
    """One start of the whole system."""

    def __init__(self, state: State, port: int) -> None:
        self.state, self.port = state, port
        self.address = f"http://{HOST}:{port}"
        self.chosen: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.env = clean_environment() | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ICE_EMBEDDED": "1",
            "PUBLIC_URL": self.address,
            "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
            "STATE_DIR": str(state.root),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # threads would each reserve memory of their own
        }
        self._began = self._phase = time.monotonic()
        self._complained = 0.0

    def run(self) -> None:
        """Start everything, say where it is, and keep it going until asked to stop."""
        with ExitStack() as end:
            supervisor = Supervisor(self.state.logs, self.state.children)
            self._supervisor = supervisor
            end.enter_context(supervisor)
            end.callback(say, "Stopping ...")
            self.env.setdefault("SECRET_KEY", self.state.secret_key())
            self._start_postgres(end)
            self._start_redis()
            self._start_mail(end)
            self._measure("services")
            write_atomically(self.state.environment, json.dumps(self.env))
            end.callback(self.state.environment.unlink, missing_ok=True)
            provision = (*MANAGE, "provision", "--sign-ins", str(self.state.sign_ins))
            supervisor.finish(self._service("provision", *provision))
            self._measure("data")
            supervisor.launch(*self._processes())
            supervisor.wait(self._is_well, within=PATIENCE, what=lambda: self._illness(PATIENCE))
            self._measure("processes")
            self._announce()
            supervisor.watch()

    def _start_postgres(self, end: ExitStack) -> None:
        if "DATABASE_URL" in os.environ:
            self.chosen["PostgreSQL"] = "yours (DATABASE_URL)"
            self.env.update({k: v for k, v in os.environ.items() if k.startswith("PG")})
            return
        server = Postgres(self.state.postgres, self.state.sockets / "pg")
        end.callback(server.close)
        self._supervisor.start(server.service())
        server.make_roles()
        self.env["DATABASE_URL"] = server.url("ice_app")
        self.env["DATABASE_OWNER_URL"] = server.url("ice_owner")
        how = {"self": "as you", "unshare": "in a user namespace", "setpriv": "as another user"}
        self.chosen["PostgreSQL"] = f"embedded, run {how[server.way.name]} ({server.way.name})"

    def _start_redis(self) -> None:
        if "REDIS_URL" in os.environ:
            self.chosen["Redis"] = "yours (REDIS_URL)"
            return
        found, path = find_redis(), self.state.sockets / "redis.sock"
        self._supervisor.start(redis_service(found, path))
        self.env["REDIS_URL"] = redis_url(path)
        self.chosen["Redis"] = f"embedded, {found.source}"

    def _start_mail(self, end: ExitStack) -> None:
        if "EMAIL_URL" in os.environ:
            self.chosen["Mail"] = "yours (EMAIL_URL)"
            return
        listening = end.enter_context(mail_socket())
        self._supervisor.start(mail_service(listening, self.state.mail))
        self.env["EMAIL_URL"] = mail_url(listening)
        self.env["ICE_MAIL_DIR"] = str(self.state.mail)
        self.chosen["Mail"] = f"{self.state.mail}, a file for each mail"

    def _processes(self) -> list[Service]:
        web = ("-m", *WEB, "--bind", f"{HOST}:{self.port}")
        beat = ("-m", *BEAT, "--schedule", str(self.state.schedule))
        return [
            self._service("web", sys.executable, *web),
            self._service("worker", sys.executable, "-m", *WORKER),
            self._service("beat", sys.executable, *beat),
            self._service("watchdog", *MANAGE, "watchdog"),
        ]

    def _service(self, name: str, *command: str) -> Service:
        return Service(name, command, self.env | {"ICE_PROCESS": f"ice-{name}"}, PROJECT)

    def _is_well(self) -> bool:
        waited = time.monotonic() - self._phase
        well, _ = ask_health(self.port)
        if not well and waited - self._complained > SLOW:
            self._complained = waited
            say(self._illness(waited))
        return well

    def _illness(self, waited: float) -> str:
        _, words = ask_health(self.port)
        return f"Not well after {waited:.0f} s; {self.address}/healthz says: {words}"

    def _measure(self, phase: str) -> None:
        now = time.monotonic()
        self.seconds[phase] = now - self._phase
        self._phase = now

    def _announce(self) -> None:
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())
        say(f"\nReady after {time.monotonic() - self._began:.1f} s ({parts}).\n")
        rows = {"Address": self.address, **self.chosen, "Logs": str(self.state.logs)}
        for name, words in rows.items():
            say(f"  {name:<11} {words}")
        say("\n  Sign in as")
        for row in _sign_ins(self.state.sign_ins):
            who = f"{row.get('role', ''):<12} {row.get('username', ''):<14}"
            say(f"    {who} {row.get('password', ''):<24} {row.get('name', '')}")
        say(f"\n  Post an ice reading as a phone would:  sh '{self.state.first_reading}'")
        say("  More to look at, an exercise storm:    make storm")
        say("\nCtrl-C stops it; the data stays.")


def up() -> int:
    """Start the system in the foreground and return the exit code.

    Raises:
        Refused: If it already runs, the port is taken, or something does not come up.
    """
    port = _port()
    state = state_of_project()
    with held(state.root / "lock", {"address": f"http://{HOST}:{port}"}):
        if names := end_left_overs(state.children):
            say(f"Ended what an interrupted run had left: {', '.join(names)}.")
        _refuse_taken(port)
        say(f"Starting in {PROJECT} ...")
        try:
            Stack(state, port).run()
        except Stopped:
            pass  # the wish came before all was up
        finally:
            shutil.rmtree(state.sockets, ignore_errors=True)
        say("Stopped.")
    return 0


def manage(arguments: list[str]) -> int:
    """Run `manage.py` in the environment of the running system and return its exit code.

    Raises:
        Refused: If nothing is running.
    """
    path = state_of_project().environment
    if not path.exists():
        raise Refused("Nothing is running; start it with: make up")
    environment = json.loads(path.read_text()) | {"ICE_PROCESS": "ice-manage"}
    return subprocess.run([*MANAGE, *arguments], cwd=PROJECT, env=environment, check=False).returncode


def ask_health(port: int) -> tuple[bool, str]:
    """Ask the web server whether all is well; return that and its words.

    By hand: http.client would bring TLS with it, 6 MB for as long as the system runs.
    """
    question = f"GET /healthz HTTP/1.0\r\nHost: {HOST}:{port}\r\n\r\n"
    try:
        with socket.create_connection((HOST, port), timeout=3) as connection:
            connection.sendall(question.encode())
            with connection.makefile("rb") as stream:
                head, _, words = stream.read(4000).partition(b"\r\n\r\n")
    except OSError as error:
        return False, str(error) or type(error).__name__
    return head.split()[1:2] == [b"200"], words.decode(errors="replace")


def _port() -> int:
    wanted = os.environ.get("PORT") or "8010"
    if not wanted.isdigit() or not 0 < int(wanted) <= 65535:
        raise Refused(f"PORT={wanted}: expected a number 1 to 65535")
    return int(wanted)


def _refuse_taken(port: int, *, patience: float = 3.0) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            socket.create_server((HOST, port)).close()
        except OSError as error:
            if time.monotonic() > end:
                why = os.strerror(error.errno or errno.EADDRINUSE)
                raise Refused(f"Port {port}: {why}. Another one: PORT=8011 make up") from error
            time.sleep(0.2)
        else:
            return


def _sign_ins(path: Path) -> list[dict[str, str]]:
    try:
        rows: list[dict[str, str]] = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return rows
