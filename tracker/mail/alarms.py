"""The words by which a watchdog tells that the watch itself is ill: no rule, no template of an alert."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import timezone

from tracker.mail.envelopes import Envelope, to_bytes
from tracker.mail.letters import Letter

_WORDS = {
    "zh-hans": {
        "dead": "值守系统停止运转",
        "late": "值守系统告警延误",
        "database": "值守系统无法访问数据库",
        "subject": "【紧急】{what} 已{minutes}分钟 — 请立即检查",
        "over": "【恢复】{what}已恢复（{minutes}分钟）",
        "since": "自{since}起，已{minutes}分钟。期间可能没有任何人收到告警。",
        "ask": "请检查系统进程、数据库和邮件服务器；恢复前请用电话联系值班人员。",
        "ended": "自{since}起，历时{minutes}分钟，现已恢复。到期未发的通知已补发，请核对。",
        "how": "本消息由看门狗进程绕过正常通道直接发出。",
    },
    "en": {
        "dead": "the watch does not turn",
        "late": "the watch is late",
        "database": "the watch does not reach its database",
        "subject": "[CRITICAL] {what}, for {minutes} min - check now",
        "over": "[WELL AGAIN] {what}: over after {minutes} min",
        "since": "Since {since}, for {minutes} min. Nobody may have been told of anything meanwhile.",
        "ask": "Check the processes, the database and the mail server; until then call whoever is on duty.",
        "ended": "Since {since}, for {minutes} min; now over. What was due meanwhile is being sent.",
        "how": "Sent by the watchdog itself, past the usual way.",
    },
}


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is wrong with the watch.

    Attributes:
        why: ``dead``, ``late`` or ``database``.
        since: When it began.
        now: When it is told.
        is_over: Whether it is well again.
    """

    why: str
    since: datetime
    now: datetime
    is_over: bool = False


def write_alarm(alarm: Alarm, *, language: str) -> Letter:
    """Return subject and text in a language."""
    words = _WORDS[language]
    minutes = max(int((alarm.now - alarm.since).total_seconds() // 60), 0)
    said = {
        "what": words[alarm.why],
        "minutes": minutes,
        "since": f"{timezone.localtime(alarm.since):%m-%d %H:%M}",
    }
    lines = ["ended"] if alarm.is_over else ["since", "ask"]
    text = "\n".join(words[line].format(**said) for line in (*lines, "how"))
    return Letter(subject=words["over" if alarm.is_over else "subject"].format(**said), text=f"{text}\n")


def number_of(alarm: Alarm, *, to: object) -> str:
    """Return what makes one telling of an alarm to one person known again."""
    when = f"{alarm.since:%Y%m%d%H%M%S}.{alarm.now:%Y%m%d%H%M%S%f}"
    return f"<watch.{when}.{to}@{settings.MAIL_DOMAIN}>"


def mail_of(alarm: Alarm, letter: Letter, *, address: str, to: object) -> bytes:
    """Return the whole mail; all mails of one failure are shown together."""
    envelope = Envelope(
        address=address,
        message_id=number_of(alarm, to=to),
        thread=uuid5(NAMESPACE_URL, f"watch.{format_datetime(alarm.since)}"),
        composed_at=alarm.now,
        is_repeat=False,
    )
    return to_bytes(letter, envelope)
