"""Every rule's mail, whole, as in ``docs/mail-samples.*.txt``: what people are sent changes on purpose."""

from datetime import timedelta
from uuid import UUID

import pytest

from incidents.choices import Language
from tests.architecture.source import ROOT
from tests.factories import STORM_NIGHT
from tests.tracker.mail.sample_facts import SAMPLES
from tracker.checks import CHECKS
from tracker.mail.letters import LONGEST_SUBJECT, Letter, Notice, write


def letter(code: str, language: str, *, is_exercise: bool = False) -> Letter:
    band, urgency, facts = SAMPLES[code]
    return write(
        Notice(
            alert_id=7,
            alert_uuid=UUID(int=1),
            rule_code=code,
            band=band,
            is_exercise=is_exercise,
            facts=facts,
            level=1,
            repeat=0,
            climb_at=STORM_NIGHT - timedelta(minutes=12),
            language=language,
            urgency=urgency,
        ),
        now=STORM_NIGHT,
    )


def samples(language: str) -> str:
    """All samples of a language, as the file has them."""
    made = []
    for code in sorted(SAMPLES):
        said = letter(code, language)
        made.append(f"== {code}\n{said.subject}\n\n{said.text}")
    return "\n".join(made)


def test_every_rule_has_a_sample() -> None:
    assert set(SAMPLES) >= set(CHECKS)


@pytest.mark.parametrize("language", Language.values)
def test_mails_are_as_on_record(language: str) -> None:
    path = ROOT / "docs" / f"mail-samples.{language}.txt"

    assert samples(language) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_a_mail_fits_a_screen_and_leaves_nothing_unfilled(code: str, language: str) -> None:
    is_exercise = code != "E39"  # posts are manned, drill or not
    said = letter(code, language, is_exercise=is_exercise)

    assert said.text.count("\n") <= 20
    assert len(said.subject) <= LONGEST_SUBJECT
    assert "None" not in {*said.subject.split(), *said.text.split()}
    assert "%}" not in said.subject + said.text
    assert said.subject.startswith("【演练】") is is_exercise


def test_an_unknown_beginning_is_said_and_counted_from_the_report() -> None:
    """The test vector of the rule catalogue: an outage without a beginning, long out by E09."""
    said = letter("E09", "zh-hans")

    assert "停电128户 已2h10m" in said.subject
    assert "起始时间未知，自02-26 17:50接报已2h10m" in said.text
