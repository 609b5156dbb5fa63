"""What an alert is, in one line: the subject of its mail without what the place of the line says anyway."""

import re
from datetime import datetime

from django.template import TemplateDoesNotExist

from tracker.choices import Severity
from tracker.mail.letters import Letter, Notice, write
from tracker.models import Alert

# A list shows severity and drill beside the line, and asks by its button.
_BESIDE = re.compile(
    r"^(?:【演练】\s*(?:\[DRILL\]\s*)?)?(?:【[^】]*】|\[[^\]]*\])\s*|\s*[—-] (?:请确认|please acknowledge)$"
)


def as_written(alert: Alert, *, language: str, now: datetime) -> Letter | None:
    """Return the mail of an alert as it would be written now; None for a rule that has no words yet.

    Args:
        alert: The alert, with its rule.
        language: Of the reader.
        now: Durations end here.
    """
    notice = Notice(
        alert_id=alert.pk,
        alert_uuid=alert.uuid,
        rule_code=alert.rule_code,
        band=alert.band,
        is_exercise=alert.is_exercise,
        facts=alert.facts,
        level=1,
        repeat=0,
        climb_at=alert.climb_at,
        urgency=Severity.values.index(alert.severity),
        language=language,
    )
    try:
        return write(notice, now=now)
    except TemplateDoesNotExist:
        return None


def headline(alert: Alert, *, language: str, now: datetime) -> str:
    """Return what an alert is about, in the words of its mail as it would be written now.

    Args:
        alert: The alert, with its rule.
        language: Of the reader.
        now: Durations end here.
    """
    letter = as_written(alert, language=language, now=now)
    return _BESIDE.sub("", letter.subject if letter else f"{alert.rule.name} {alert.what}")
