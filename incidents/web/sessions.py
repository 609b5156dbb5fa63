"""Where sessions are kept: one row a browser, found by the digest of the key in its cookie.

Django's engine deletes a row at signing out and knows nobody's browsers; a cookie found in a backup of its
table signs its finder in. A row of ours says whose it is, is ended by whoever may, and holds no key.
"""

from datetime import timedelta
from typing import Any, Final, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from incidents.models import BrowserSession
from incidents.models.sign_in import LONGEST_AGENT
from incidents.services import sessions

BY_CODE: Final = "by_code"
TOUCHED: Final = "HTTP_ICE_TOUCHED"
"""Header of what a page asks by itself: whether somebody has moved a pointer or a key since it last asked."""


class SessionStore(SessionBase):
    """The session of one browser, as Django's middleware uses it.

    Attributes:
        address: Where the browser is now.
        agent: What it says of itself.
        by_itself: Whether an open page asks without anybody having clicked.
        is_touched: Whether somebody was at it; what a page asks by itself is no sign of a person otherwise.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.address = self.agent = ""
        self.by_itself, self.is_touched = False, True

    def told(self, request: HttpRequest) -> None:
        """Learn whose browser it is."""
        self.address = request.META.get("ICE_ADDRESS", "")
        self.agent = request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT]
        asked = request.path in settings.ASKED_BY_PAGES
        self.by_itself = asked and request.method in {"GET", "HEAD"}
        self.is_touched = not self.by_itself or request.META.get(TOUCHED) == "1"

    @property
    def digest(self) -> str:
        """The digest under which the row is kept; empty before there is one."""
        return sessions.digest_of(self.session_key) if self.session_key else ""

    def load(self) -> dict[str, Any]:
        """Return what is kept for the browser; nothing once it has ended, expired or been idle too long.

        A board on the wall goes on asking for its figures until the shift is over, although nobody touches
        it: that alone. It keeps nobody signed in for anything else.
        """
        now = timezone.now()
        idle: timedelta = settings.SIGN_IN.idle
        living = sessions.living(now=now, idle=settings.SIGN_IN.longest if self.by_itself else idle)
        row = living.filter(key_digest=self.digest).first()
        if row is None:
            self._session_key = None
            return {}
        if self.is_touched and row.last_seen_at > now - idle:
            sessions.saw(row, address=self.address, now=now)
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Return whether there is or was such a key."""
        return BrowserSession.objects.filter(key_digest=sessions.digest_of(session_key)).exists()

    def create(self) -> None:
        """Take a new key, with a row of its own."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Write what is kept for the browser.

        Raises:
            CreateError: If the new key is taken.
            UpdateError: If the session was ended meanwhile.
        """
        if self.session_key is None:
            return self.create()
        kept = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        values = {
            "session_data": self.encode(kept),
            "user_id": int(kept[SESSION_KEY]) if SESSION_KEY in kept else None,
            "by_code": bool(kept.get(BY_CODE)),
        }
        if must_create:
            return self._insert(values)
        if not BrowserSession.objects.filter(key_digest=self.digest, ended_at=None).update(**values):
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        """End a session; nothing is kept for it any more."""
        key = session_key or self.session_key
        if key:
            living = BrowserSession.objects.filter(key_digest=sessions.digest_of(key), ended_at=None)
            living.update(ended_at=timezone.now(), session_data="")

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: the watch purges sessions a week after they were last seen (services/purging.py)."""

    def _insert(self, values: dict[str, Any]) -> None:
        now = timezone.now()
        row = BrowserSession(
            key_digest=self.digest,
            address=self.address,
            agent=self.agent,
            started_at=now,
            last_seen_at=now,
            expires_at=now + settings.SIGN_IN.longest,
            **values,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as taken:
            raise CreateError from taken


def browser_of(request: HttpRequest) -> SessionStore:
    """Return the session of a request as what it is: a row of ours."""
    return cast("SessionStore", request.session)
