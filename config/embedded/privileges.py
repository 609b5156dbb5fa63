"""As whom PostgreSQL runs: it refuses root, and we change nothing on the machine for it."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded.console import Refused
from config.embedded.state import own_folder, temporary_folder

CHOICE = "ICE_POSTGRES_AS"


@dataclass(frozen=True)
class Way:
    """A way to run PostgreSQL: the command before the command, and who owns its files."""

    name: str
    wrapper: tuple[str, ...]
    owner: int
    binaries: Path

    @property
    def is_other_user(self) -> bool:
        """Say whether the files belong to somebody else than this process."""
        return self.owner != os.getuid()

    def works(self) -> bool:
        """Try it: initdb can be started this way and tells its version.

        A shell starts it, because setpriv itself still passes closed folders as root.
        """
        try:
            command = [*self.wrapper, "sh", "-c", '"$0" --version', str(self.binaries / "initdb")]
            done = subprocess.run(command, capture_output=True, check=False, cwd="/", timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def choose_way(binaries: Path) -> Way:
    """Return the first way that works here, or the one that `ICE_POSTGRES_AS` names.

    An ordinary user runs it directly. Root lets it see itself as an ordinary user inside a user
    namespace (files stay root's); where namespaces are forbidden it becomes `nobody`.

    Raises:
        Refused: If no way works.
    """
    wanted = os.environ.get(CHOICE)
    names = [wanted] if wanted else ["self", "unshare", "setpriv"]
    for name in names:
        for way in _candidates(name, binaries):
            if way.works():
                return way
    raise Refused(
        f"PostgreSQL cannot be started here (tried: {', '.join(names)}). It does not run as root;"
        " start as an ordinary user, allow user namespaces, or set DATABASE_URL to your own server."
    )


def _candidates(name: str, binaries: Path) -> Iterator[Way]:
    someone = _ordinary_user()
    if name == "self" and os.getuid() != 0 and _has_entry(os.getuid()):
        yield Way("self", (), os.getuid(), binaries)
    if name == "unshare" and someone and sys.platform == "linux":
        mapping = (f"--map-user={someone.pw_uid}", f"--map-group={someone.pw_gid}")
        yield Way("unshare", ("unshare", "--user", *mapping, "--"), os.getuid(), binaries)
    if name == "setpriv" and someone and os.getuid() == 0:
        become = (f"--reuid={someone.pw_uid}", f"--regid={someone.pw_gid}", "--clear-groups")
        # changing the user forgets the signal at the parent's end: setpriv sets it again
        wrapper = ("setpriv", *become, "--pdeathsig", "INT", "--")
        yield Way("setpriv", wrapper, someone.pw_uid, binaries)
        for place in dict.fromkeys([temporary_folder(), Path("/tmp")]):  # noqa: S108
            copy = _readable_copy(binaries, place)
            yield Way("setpriv", wrapper, someone.pw_uid, copy)


def _ordinary_user() -> pwd.struct_passwd | None:
    """Return `nobody`, or any user but root; initdb looks its own user up."""
    users = [user for user in pwd.getpwall() if user.pw_uid]
    return min(users, key=lambda user: (user.pw_name != "nobody", user.pw_uid), default=None)


def _has_entry(uid: int) -> bool:
    return any(user.pw_uid == uid for user in pwd.getpwall())


def _readable_copy(binaries: Path, place: Path) -> Path:
    """Copy PostgreSQL to where everybody may read it, if that has not been done already.

    The libraries lie beside the package and are found from there: both move together.
    """
    package = binaries.parents[1]
    made = (binaries / "postgres").stat().st_mtime_ns
    target = own_folder(place / f"ice-postgresql-{made:x}", mode=0o755)
    if not (target / "whole").exists():
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, target / part.name, symlinks=True, dirs_exist_ok=True)
        (target / "whole").touch()
    return target / package.name / binaries.relative_to(package)


def hand_over(folder: Path, owner: int) -> None:
    """Give a folder and all in it to its owner, where it belongs to somebody else."""
    if folder.lstat().st_uid == owner:
        return
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.lchown(Path(root, name), owner, -1)
    os.lchown(folder, owner, -1)  # last: a walk that was cut short is done again
