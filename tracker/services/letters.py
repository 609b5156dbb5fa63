"""From the row of an owed mail to its words and bytes: the text that is kept, and the one that is sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation

from tracker.choices import NoticeKind
from tracker.mail.digests import Digest, Shift, write_digest, write_shift
from tracker.mail.envelopes import Envelope, to_bytes
from tracker.mail.letters import Letter, Notice, harmless, write
from tracker.models import DutyPost
from tracker.selectors.told import Told
from tracker.services import links, report_mails
from tracker.services.outbox import Claimed, Written


def written(row: Claimed, about: Sequence[Told], *, now: datetime) -> Written:
    """Write a mail as things stand; one that may have arrived is repeated word for word.

    Args:
        row: The mail.
        about: Alerts that it tells; none any more for a digest that nobody needs, nor for a shift or
            a report.
        now: When it is written.

    Raises:
        django.template.TemplateDoesNotExist: If a rule has no words in this language.
    """
    if row.doubts and row.composed_at:
        return Written(subject=row.subject, text=row.body_text, composed_at=row.composed_at)
    letter = _letter(row, about, now)
    return Written(subject=letter.subject, text=letter.text, composed_at=now)


def mail_of(row: Claimed, text: Written, about: Sequence[Told]) -> bytes:
    """Return the mail as it is sent: with the recipient's own links, which are kept nowhere.

    Raises:
        django.core.mail.BadHeaderError: If a header would be more than one.
    """
    envelope = Envelope(
        address=row.address,
        message_id=row.message_id,
        thread=_thread(row, about),
        composed_at=text.composed_at,
        is_repeat=row.doubts > 0,
    )
    if row.report_id is not None:
        return report_mails.to_bytes_of(row.report_id, text, envelope, language=row.language)
    body = links.fill(text.text, user_id=row.recipient_id, at=text.composed_at)
    return to_bytes(Letter(subject=text.subject, text=body), envelope)


def _thread(row: Claimed, about: Sequence[Told]) -> UUID:
    if row.report_id is not None:
        return report_mails.thread(row.report_id, language=row.language)
    return about[0].alert_uuid if row.kind == NoticeKind.STEP else row.recipient_uuid


def _letter(row: Claimed, about: Sequence[Told], now: datetime) -> Letter:
    if row.report_id is not None:
        return report_mails.letter(row.report_id, language=row.language)
    if row.post_id is not None:
        return _shift(row.post_id, row.language)
    notices = [_notice(one, row.language) for one in about]
    if row.kind == NoticeKind.STEP:
        return write(notices[0], now=now)
    if not notices:  # needed by nobody any more; the sender is about to see that
        return Letter(subject="", text="")
    digest = Digest(
        notices=notices,
        together=about[0].together,
        held_by=frozenset(one.held_by for one in about),
        language=row.language,
    )
    return write_digest(digest, now=now)


def _notice(one: Told, language: str) -> Notice:
    return Notice(
        alert_id=one.alert_id,
        alert_uuid=one.alert_uuid,
        rule_code=one.rule_code,
        band=one.band,
        is_exercise=one.is_exercise,
        facts=one.facts,
        level=one.level,
        repeat=one.repeat,
        climb_at=one.climb_at,
        language=language,
        generation=one.generation,
        explains=one.explains,
        urgency=one.urgency,
    )


def _shift(post_id: int, language: str) -> Letter:
    post = DutyPost.objects.select_related("organization").get(pk=post_id)
    with translation.override(language):
        shift = Shift(
            role=post.get_role_display(),
            organization=harmless(post.organization.name),
            since_at=timezone.localtime(post.since_at),
            until_at=timezone.localtime(post.until_at) if post.until_at else None,
            language=language,
        )
        return write_shift(shift)
