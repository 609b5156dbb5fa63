"""Settings of the tests: the same file, on the services that the caller provides."""

import os

os.environ.setdefault("ICE_EMBEDDED", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
# A web server that a test starts names its own address; links lead there.
os.environ["PUBLIC_URL"] = os.environ.get("TEST_PUBLIC_URL", "http://testserver")
# Never connected to: a type check or a lone unit test needs no server. `make test` sets all three.
os.environ.setdefault("DATABASE_URL", "postgresql://ice@127.0.0.1:1/ice")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, THROTTLES

THROTTLES = dict.fromkeys(THROTTLES, 0)  # tests share an address and hurry; those of the limits set their own
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
KEEP_ASKING_S = 0.0  # a database of tests is dropped: no connection outlives its question
DATABASES.pop("owner", None)  # the tests own their tables themselves
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of test users, cheaply
