"""A verb done to several rows: first shown what would happen to each, then done one by one.

Looking is doing: the service runs for every row in turn, inside one transaction that is taken back. So what
is shown is what the services say, with what one row means for the next: a crew goes to one place, not to
three. Doing is a transaction a row; who refuses is told with the reason, and holds up no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from incidents.admin.asking import Asking
from incidents.admin.differences import changes
from incidents.admin.refusals import in_words
from incidents.admin.verbs import Verb, VerbForm, do_to, newest_entries
from incidents.errors import Refused
from incidents.models import JournalEntry
from incidents.models.journal import TRANSACTION_ID
from incidents.services import submissions_kept as kept
from incidents.services.submissions_kept import Answer, once


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a row, or would.

    Attributes:
        version: Number of the newest journal entry about the row before.
        refusal: Why it is refused, in words; empty where it is not.
        changed: What is written, each with the differences field by field.
        was_done: Whether the same sending did it before.
    """

    row: Model
    version: int
    refusal: str = ""
    changed: Sequence[tuple[JournalEntry, str]] = ()
    was_done: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the row was changed, or would be."""
        return not self.refusal


def look(verb: Verb, form: VerbForm, who: Asking, words: Mapping[str, str]) -> list[Outcome]:
    """Return what would happen to each row; nothing stays written."""
    with transaction.atomic():
        versions = newest_entries(form.rows)
        outcomes = [
            _outcome(verb, form, who, words, row=row, version=versions.get(row.pk, 0)) for row in form.rows
        ]
        transaction.set_rollback(True)
    return outcomes


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What a page sends after a person has looked.

    Attributes:
        page: Identity of the page: sent twice, nothing is done twice.
        looked: Digest of what was typed when it was shown.
        versions: Row → the version that was shown; others are left out.
    """

    page: UUID
    looked: str
    versions: Mapping[int, int]


def do_each(
    verb: Verb, form: VerbForm, who: Asking, words: Mapping[str, str], *, sent: Sending
) -> list[Outcome]:
    """Do a verb to the rows that were shown as able, a transaction each; a second sending does nothing."""
    return [
        _outcome(verb, form, who, words, row=row, version=sent.versions[row.pk], sent=sent)
        for row in form.rows
        if row.pk in sent.versions
    ]


def versions_in(told: Iterable[str]) -> dict[int, int]:
    """Return row → version, from ``<row>:<version>`` each; what is malformed is left out."""
    pairs = (each.partition(":") for each in told)
    return {int(row): int(number) for row, _colon, number in pairs if row.isdecimal() and number.isdecimal()}


def _outcome(
    verb: Verb,
    form: VerbForm,
    who: Asking,
    words: Mapping[str, str],
    *,
    row: Model,
    version: int,
    sent: Sending | None = None,
) -> Outcome:
    changed: list[tuple[JournalEntry, str]] = []

    def deed() -> Answer:
        before = JournalEntry.objects.aggregate(newest=Max("id"))["newest"] or 0
        do_to(row, verb=verb, arguments=form.arguments(), who=who, seen=version)
        changed.extend(_written(since=before))
        return Answer(status=200, body="", headers={})

    try:
        with transaction.atomic():
            answer = deed() if sent is None else once(_key(verb, row, sent), deed, by=who.actor)
    except Refused as refused:
        return Outcome(row=row, version=version, refusal=_sentence(refused, words))
    return Outcome(row=row, version=version, changed=changed, was_done=answer.is_replay)


def _key(verb: Verb, row: Model, sent: Sending) -> kept.Sending:
    route = f"{row._meta.label_lower} {verb.name}"
    return kept.Sending(key=f"{sent.page} {row.pk}", route=route, digest=sent.looked, creates=False)


def _written(*, since: int) -> list[tuple[JournalEntry, str]]:
    """Return what this transaction has written since; others may be writing at the same time."""
    mine = JournalEntry.objects.filter(id__gt=since, transaction_id=TRANSACTION_ID).order_by("id")
    return [(entry, changes(entry)) for entry in mine]


def _sentence(refused: Refused, words: Mapping[str, str]) -> str:
    problems = refused.fields.get("problems")
    if not isinstance(problems, Mapping):
        return in_words(refused, words)
    told = (f"{words.get(name, name)}: {' '.join(map(str, said))}" for name, said in problems.items())
    return _("; ").join(told)
