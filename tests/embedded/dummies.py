"""A supervisor over children that do nothing; run as a script by test_supervisor.py.

Each child writes its number into FOLDER/<name>.pid and sleeps. `mortal` ends at once.
"""

import os
import sys
from pathlib import Path

from config.embedded.child import Service
from config.embedded.console import Refused, say
from config.embedded.process import end_left_overs
from config.embedded.state import held
from config.embedded.supervisor import Stopped, Supervisor

SLEEPER = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"


def service(folder: Path, name: str) -> Service:
    note = folder / f"{name}.pid"
    note.unlink(missing_ok=True)
    code = "raise SystemExit(3)" if name == "mortal" else SLEEPER
    return Service(
        name=name,
        command=(sys.executable, "-S", "-c", code, str(note)),
        env=dict(os.environ),
        folder=folder,
        ready=lambda: note.exists() and note.read_text() != "",
    )


def main(folder: Path, names: list[str]) -> int:
    try:
        with held(folder / "lock", {"address": "http://127.0.0.1:8010"}):
            ended = end_left_overs(folder / "children.json")
            say(f"ended {' '.join(ended)}")
            with Supervisor(folder, folder / "children.json") as supervisor:
                for name in names:
                    supervisor.start(service(folder, name))
                say("ready")
                supervisor.watch()
    except Stopped:
        return 5
    except Refused as refusal:
        say(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
