"""The commands: `up`, `manage`, `run`, `env` and `clean`; see `--help`."""

import argparse
import shutil
import sys
from contextlib import suppress

from config.embedded.console import Refused, complain, say
from config.embedded.environment import DEV, EMBEDDED, PYTHON, ensure, enter
from config.embedded.stack import manage, up
from config.embedded.state import held, state_of_project
from config.embedded.throwaway import run


def main(arguments: list[str]) -> int:
    """Carry out one command and return its exit code."""
    chosen, command = _parse(arguments)
    lock = DEV if getattr(chosen, "dev", False) else EMBEDDED
    try:
        match chosen.action:
            case "up":
                enter(EMBEDDED, arguments)
                return up()
            case "run":
                enter(lock, arguments)
                return run(command, mail=chosen.mail)
            case "manage":
                enter(EMBEDDED, arguments)
                return manage(command)
            case "env":
                ensure(lock)
                say(str(PYTHON))
            case _:
                _clean()
    except Refused as refusal:
        complain(str(refusal))
        return 1
    return 0


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="python3 -m config.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("up", help="start the whole system (PORT, STATE_DIR from the environment)")
    actions.add_parser("manage", help="run manage.py in the running system: manage -- load_storm demo")
    doing = actions.add_parser("run", help="run a command with services of its own: run -- CMD")
    doing.add_argument("--mail", action="store_true", help="a mail receiver too")
    making = actions.add_parser("env", help="make .venv from the lock file, print its Python")
    for one in (doing, making):
        one.add_argument("--dev", action="store_true", help="with the tools of development")
    actions.add_parser("clean", help="delete the state folder, with all data")
    split = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, command = parser.parse_args(arguments[:split]), arguments[split + 1 :]
    if (chosen.action in {"run", "manage"}) != bool(command):
        parser.error("`run` and `manage`, and only these, take a command after `--`")
    return chosen, command


def _clean() -> None:
    state = state_of_project()
    with held(state.root / "lock", {}):
        for path in state.contents():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.rmtree(state.sockets)
    with suppress(OSError):  # somebody may keep other things in it
        state.root.rmdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
