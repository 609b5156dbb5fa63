"""The watchdog as a process on the database of the tests, with a Redis that is not there."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[1]


def start_watchdog(mail_port: int) -> subprocess.Popen[bytes]:
    """Start it; it sends through the mail server behind a port of this machine."""
    database = connection.settings_dict
    where = f"?host={database['HOST']}&port={database['PORT'] or 5432}"
    env = os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}{where}",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
    }
    return subprocess.Popen([sys.executable, "manage.py", "watchdog"], cwd=ROOT, env=env)
