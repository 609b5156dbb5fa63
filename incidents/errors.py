"""The catalogue of refusals: everything that the record says no to, and how it says so.

A refusal is an answer, not a crash: interfaces turn it into one reply with a stable ``code``, the
``fields`` that name what was wrong, and a ``message`` in the reader's language. Nothing is
formatted before somebody asks for the message: the language is the reader's, not the process's.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Something that the record refuses.

    Attributes:
        code: Stable name of the refusal for programs, kebab-case.
        final: Whether sending the same again can never succeed; a phone then stops trying.
        template: Sentence for people with the names of ``fields`` as placeholders.
        fields: What the sentence is about, by name.
        part: Where in what was said the fields stand, as a JSON pointer; empty for the whole.
    """

    code: ClassVar[str] = "refused"
    final: ClassVar[bool] = True
    template: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code)
        self.fields = fields
        self.part = ""

    @property
    def message(self) -> str:
        """The sentence for people, in the language active now."""
        return str(self.template) % self.fields

    def __str__(self) -> str:
        """The same for logs: one language, no translation needed."""
        told = ", ".join(f"{name}={value!s}" for name, value in self.fields.items())
        return f"{self.code}: {told}" if told else self.code


class OutOfRange(Refused):
    """A value outside what is allowed."""

    code = "out-of-range"
    template = _("%(field)s is %(value)s; allowed is %(allowed)s.")

    def __init__(
        self,
        *,
        field: str,
        value: float | date,
        low: float | date | None = None,
        high: float | date | None = None,
        unit: str = "",
    ) -> None:
        """Name the field, its value and the range.

        Args:
            field: Name of the field as the interfaces spell it.
            value: The value given.
            low: Lowest value allowed; ``None`` without a lower limit.
            high: Highest value allowed; ``None`` without an upper limit.
            unit: Unit of all three.
        """
        allowed = f"{_range(low, high)} {unit}".rstrip()
        super().__init__(field=field, value=value, low=low, high=high, unit=unit, allowed=allowed)


class Inconsistent(Refused):
    """Two values that contradict each other."""

    code = "inconsistent"
    template = _("%(field)s (%(value)s) must be %(relation)s %(other)s (%(other_value)s).")

    def __init__(self, *, field: str, value: object, relation: str, other: str, other_value: object) -> None:
        """Name both values and how they have to relate.

        Args:
            field: Name of the value that is refused.
            value: That value.
            relation: What had to hold, as a sign: ``≥``, ``≤``, ``>``, ``<`` or ``=``.
            other: Name of the value it is held against.
            other_value: That other value.
        """
        super().__init__(field=field, value=value, relation=relation, other=other, other_value=other_value)


class BadTransition(Refused):
    """A verb that the present state does not allow."""

    code = "bad-transition"
    template = _("%(subject)s is %(state)s: %(verb)s is not possible now. Possible: %(possible)s.")

    def __init__(self, *, subject: str, state: str | None, verb: str, allowed: Collection[str]) -> None:
        """Name the state, the verb and what would be allowed.

        Args:
            subject: Kind of the thing, for example ``outage``.
            state: Code of its state; ``None`` before it exists.
            verb: Code of the verb tried.
            allowed: Codes of the verbs that are legal now; empty when it has ended.
        """
        super().__init__(
            subject=subject,
            state=str(state) if state is not None else "new",
            verb=str(verb),
            allowed=[str(name) for name in allowed],
            possible=", ".join(str(name) for name in allowed) or "–",
        )


class Missing(Refused):
    """Something that has to be said and was not."""

    code = "missing"
    template = _("%(field)s is needed for: %(purpose)s.")

    def __init__(self, *, field: str, purpose: str) -> None:
        """Name the field and what it is needed for."""
        super().__init__(field=field, purpose=purpose)


class NaiveTime(Refused):
    """A time without an offset from UTC: nobody can tell which moment it means."""

    code = "naive-time"
    template = _("%(field)s has no time zone: %(value)s.")

    def __init__(self, *, field: str, value: date) -> None:
        """Name the field and its value."""
        super().__init__(field=field, value=value)


class NotFound(Refused):
    """The thing asked for does not exist, or not for this person."""

    code = "not-found"
    template = _("%(kind)s %(key)s was not found.")

    def __init__(self, *, kind: str, key: object) -> None:
        """Name the kind of thing and the key it was looked up by."""
        super().__init__(kind=kind, key=key)


class Conflict(Refused):
    """Something in the record already stands against it."""

    code = "conflict"
    template = _("%(subject)s conflicts with %(other)s.")

    def __init__(self, *, subject: str, other: str) -> None:
        """Name the thing refused and the one it collides with."""
        super().__init__(subject=subject, other=other)


def _range(low: float | date | None, high: float | date | None) -> str:
    """Write a range with signs that every language reads."""
    if low is None:
        return f"≤ {high}"
    if high is None:
        return f"≥ {low}"
    return f"{low} – {high}"


class Invalid(Refused):
    """Fields whose values their columns do not take."""

    code = "invalid"
    template = _("Not valid: %(summary)s")

    def __init__(self, *, problems: Mapping[str, Collection[object]]) -> None:
        """Name each field and what is wrong with it."""
        summary = "; ".join(f"{field}: {' '.join(map(str, words))}" for field, words in problems.items())
        super().__init__(problems=dict(problems), summary=summary)


class BrokenRule(Refused):
    """A rule that the database holds, and that this change would break."""

    code = "rule-broken"
    template = _("%(sentence)s (%(rule)s)")

    def __init__(self, *, rule: str, sentence: object) -> None:
        """Name the constraint and say its sentence."""
        super().__init__(rule=rule, sentence=sentence)


class ClientIdTaken(Refused):
    """A phone's number for a submission that was used before, for something else."""

    code = "client-id-taken"
    template = _("Another submission was sent under %(client_id)s already; this one needs its own number.")

    def __init__(self, *, client_id: object) -> None:
        """Name the number."""
        super().__init__(client_id=client_id)


class ExerciseMix(Refused):
    """Something of a drill that would count as real."""

    code = "exercise-mix"
    template = _("%(subject)s belongs to an exercise and can only be used in one.")

    def __init__(self, *, subject: object) -> None:
        """Name what belongs to the drill."""
        super().__init__(subject=subject)


class MalformedFile(Refused):
    """A file that is not as it should be; nothing of it was taken."""

    code = "malformed-file"
    template = _("%(file)s, line %(line)s, column %(column)s: %(value)s; expected is %(allowed)s.")

    def __init__(self, *, file: str, line: int, column: str, value: str, allowed: object) -> None:
        """Name the file, where in it, what stands there and what should.

        Args:
            file: Name of the file.
            line: Number of the line, from 1; 0 for the file as a whole.
            column: Name of the column; empty for the line as a whole.
            value: What stands there.
            allowed: What should.
        """
        super().__init__(file=file, line=line, column=column, value=value, allowed=allowed)


class ChangedMeanwhile(Refused):
    """Somebody else changed the thing after this person last saw it."""

    code = "changed-meanwhile"
    final = False
    template = _("%(by)s changed this meanwhile. Look at it as it is now, then send it again.")

    def __init__(self, *, by: object) -> None:
        """Name who changed it."""
        super().__init__(by=by)


class AlreadyOut(Refused):
    """A line section that is reported out while it is out."""

    code = "already-out"
    template = _("%(section)s is out already; its outage is %(outage)s.")

    def __init__(self, *, section: object, outage: object) -> None:
        """Name the section and the outage that is open on it."""
        super().__init__(section=section, outage=outage)


class CrewUnderWay(Refused):
    """A crew that is sent somewhere while it is under way."""

    code = "crew-under-way"
    template = _("%(crew)s is under way: %(task)s, %(place)s (%(assignment)s).")

    def __init__(self, *, crew: object, task: object, place: object, assignment: object) -> None:
        """Name the crew and the job that it is on."""
        super().__init__(crew=crew, task=task, place=place, assignment=assignment)


class InProgress(Refused):
    """A submission that is sent again while the first sending of it is being worked on."""

    code = "in-progress"
    final = False
    template = _("%(key)s is being worked on just now; send it again in a moment.")

    def __init__(self, *, key: str) -> None:
        """Name the phone's key."""
        super().__init__(key=key)


class KeyReused(Refused):
    """A key for an action that was used before, for something else."""

    code = "idempotency-key-reused"
    template = _("Another action was sent under %(key)s already; this one needs its own key.")

    def __init__(self, *, key: str) -> None:
        """Name the phone's key."""
        super().__init__(key=key)


class CodeRefused(Refused):
    """A one-time code that is unknown, used, withdrawn or too old; which of these is not told."""

    code = "code-refused"
    template = _("This code cannot be used. Ask the desk for a new one.")


class PhotoTooLarge(Refused):
    """A photo of more bytes than are taken, or more bytes than were announced."""

    code = "photo-too-large"
    template = _("%(size)s bytes; allowed is %(allowed)s.")

    def __init__(self, *, size: int, allowed: int) -> None:
        """Name how many bytes there are and may be."""
        super().__init__(size=size, allowed=allowed)


class PhotoQuota(Refused):
    """More photos than one person may send in a day."""

    code = "photo-quota"
    final = False
    template = _("No more photos of one person today: %(allowed)s. Try again tomorrow.")

    def __init__(self, *, allowed: str) -> None:
        """Name what may be sent in a day."""
        super().__init__(allowed=allowed)


class StoreFull(Refused):
    """No room for photos; everything else is still taken."""

    code = "store-full"
    final = False
    template = _("The store of photos is nearly full; everything else is taken. Send the photo later.")


class WrongOffset(Refused):
    """A piece of an upload that does not go on where the bytes received end."""

    code = "wrong-offset"
    final = False
    template = _("%(expected)s bytes have been received; this piece begins at %(offset)s.")

    def __init__(self, *, offset: int, expected: int) -> None:
        """Name where the piece begins and where it had to."""
        super().__init__(offset=offset, expected=expected)


class PieceDamaged(Refused):
    """A piece of an upload that is not what its checksum says; nothing of it was kept."""

    code = "piece-damaged"
    final = False
    template = _("The piece is not what its checksum says; send it again.")


class UploadOver(Refused):
    """Bytes for an upload that goes on no more."""

    code = "upload-over"
    template = _("This upload is %(state)s; a photo that is still wanted is announced anew.")

    def __init__(self, *, state: str) -> None:
        """Name the state of the upload."""
        super().__init__(state=state)


class NotTheirs(Refused):
    """A deed that only one person can do himself."""

    code = "not-theirs"
    template = _("Only %(person)s can do this.")

    def __init__(self, *, person: object) -> None:
        """Name who could."""
        super().__init__(person=person)


class WithoutRole(Refused):
    """Somebody who has no role where he is to be told of things."""

    code = "without-role"
    template = _("%(person)s has no role in %(organization)s or above it, or no open account.")

    def __init__(self, *, person: object, organization: object) -> None:
        """Name the person and the organisation."""
        super().__init__(person=person, organization=organization)


class DoesNotAddUp(Refused):
    """Numbers that somebody is to answer for and that contradict each other."""

    code = "does-not-add-up"
    template = _("The numbers do not add up: %(flaws)s.")

    def __init__(self, *, flaws: Collection[str]) -> None:
        """Name what does not add up."""
        super().__init__(flaws=", ".join(flaws))


class TooManyTries(Refused):
    """Too many wrong passwords or codes for an account, from the same place or from places unknown to it."""

    code = "too-many-tries"
    final = False
    template = _("Too many attempts. Try again in %(wait_s)d seconds.")

    def __init__(self, *, wait_s: int) -> None:
        """Say after how many seconds it may be tried again."""
        super().__init__(wait_s=wait_s)


class WrongCode(Refused):
    """A code of an authenticator app, or a recovery code, that is wrong, too old or was used before."""

    code = "wrong-code"
    template = _("This code is wrong, too old or was used before. Wait for the next one.")


class OwnAccount(Refused):
    """What somebody else has to do for a person, so that a borrowed browser cannot."""

    code = "own-account"
    template = _("For your own account somebody else has to do this.")


class UnreadableFile(Refused):
    """A document whose text cannot be taken."""

    code = "unreadable-file"
    template = _("The text of %(file)s cannot be read: %(why)s.")

    def __init__(self, *, file: str, why: object) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(file=file, why=why)


class RowsWithErrors(Refused):
    """An import some of whose rows cannot be taken, and nobody said to leave them out."""

    code = "rows-with-errors"
    template = _("%(count)d rows have errors; mend them, or say that they are left out.")

    def __init__(self, *, count: int) -> None:
        """Say how many."""
        super().__init__(count=count)
