"""The mail of a situation report: the brief first, tables and picture beside it, the workbook attached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from tracker.mail.briefs import Brief, Length, brief
from tracker.mail.curves import curve_png
from tracker.mail.enclosures import Enclosure, Enclosures
from tracker.mail.letters import LONGEST_SUBJECT, Letter, harmless
from tracker.mail.report_words import WORDS
from tracker.mail.tables import Cell, forces_table, totals_table
from tracker.mail.workbooks import workbook
from tracker.rules.report_clock import ZONE
from tracker.rules.report_numbers import Numbers, OutageRow
from tracker.rules.report_sums import customers_back, flaws, long_tail

NAMED = 30  # outages of the long tail that a mail names
# What is said besides the brief makes a shorter one enough.
_LENGTHS = {"digest": Length.STANDARD, "long_tail": Length.SHORT}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class ReportMail:
    """What one report says, in one language.

    Attributes:
        level: Response level in force; empty without one.
        signed_by: Name of who signed; empty for what nobody signs.
        correction_reason: Why it takes the place of an earlier one; empty for a first one.
    """

    report_id: int
    kind: str
    company: str
    is_exercise: bool
    is_formal: bool
    level: str
    as_of: datetime
    numbers: Numbers
    composed_at: datetime
    next_due_at: datetime | None
    remark: str
    signed_by: str
    correction_reason: str
    language: str


def write_report(mail: ReportMail, *, length: Length | None = None) -> Letter:
    """Write the plain text of a report: every phone shows it, without pictures and tables.

    Args:
        mail: What is told.
        length: Of the brief; None for the usual one of the kind.
    """
    words = WORDS[mail.language]
    lines = [_brief(mail, length or _LENGTHS.get(mail.kind, Length.FULL))]
    if mail.kind == "long_tail":
        lines += _long_tail(mail, words)
    lines += [f"{name}: {value}" for name, value in _said(mail, words)]
    if wrong := flaws(mail.numbers):
        lines.append(words["flawed"].format(n=len(wrong)))
    lines.append(f"{words['open']}: {_link(mail)}")
    return Letter(subject=subject(mail), text="\n".join(lines) + "\n")


def subject(mail: ReportMail) -> str:
    """Return the subject line; a drill says so first."""
    words = WORDS[mail.language]
    drill = "【演练】" if mail.is_exercise else ""
    again = f"（{words['correction']}）" if mail.correction_reason else ""
    title = f"{drill}【{words[mail.kind]}{again}】{harmless(mail.company)} {words['report']}"
    return f"{title} {words['as_of']} {_at(mail.as_of)}"[:LONGEST_SUBJECT]


def enclose(mail: ReportMail) -> Enclosures:
    """Return what goes beside the plain text: HTML with the picture, and the workbook."""
    picture = curve_png(mail.numbers.curve, as_of=mail.as_of, language=mail.language)
    stamp = mail.as_of.astimezone(ZONE).strftime("%Y%m%d-%H%M")
    return Enclosures(
        html=html(mail, has_picture=bool(picture)),
        picture=picture,
        attached=(
            Enclosure(
                name=f"report-{mail.kind}-{stamp}.xlsx",
                mime=_XLSX,
                content=workbook(
                    mail.numbers,
                    title=subject(mail),
                    created_at=mail.composed_at,
                    language=mail.language,
                ),
            ),
        ),
    )


def html(mail: ReportMail, *, has_picture: bool) -> str:
    """Return the HTML of a report; every word in it is escaped by the template."""
    words = WORDS[mail.language]
    return render_to_string(
        "tracker/mail/report.html",
        {
            "language": mail.language,
            "title": subject(mail),
            "drill": mail.is_exercise,
            "brief": _brief(mail, _LENGTHS.get(mail.kind, Length.FULL)),
            "tables": [totals_table(mail.numbers, mail.language), forces_table(mail.numbers, mail.language)],
            "oldest": _long_tail(mail, words) if mail.kind == "long_tail" else [],
            "said": _said(mail, words),
            "flaws": words["flawed"].format(n=len(wrong)) if (wrong := flaws(mail.numbers)) else "",
            "has_picture": has_picture,
            "picture_named": words["sheet_curve"],
            "link": _link(mail),
            "open": words["open"],
        },
    )


def _brief(mail: ReportMail, length: Length) -> str:
    about = Brief(
        company=harmless(mail.company),
        as_of=mail.as_of,
        numbers=mail.numbers,
        next_due_at=mail.next_due_at,
        remark=harmless(mail.remark, longest=1000),
    )
    words = brief(about, length=length, language=mail.language)
    return f"【演练】{words}" if mail.is_exercise else words


def _said(mail: ReportMail, words: dict[str, str]) -> list[Sequence[Cell]]:
    found = [
        (words["as_of"], _at(mail.as_of)),
        (words["level"], mail.level),
        (words["reason"], harmless(mail.correction_reason)),
        (words["signed_by"], harmless(mail.signed_by)),
    ]
    return [pair for pair in found if pair[1]]


def _long_tail(mail: ReportMail, words: dict[str, str]) -> list[str]:
    """Return the outages that have lasted longest, a line each."""
    old = long_tail(mail.numbers.rows, as_of=mail.as_of)
    if not old:
        return []
    lines = [f"{words['oldest']}:", *(_old(row, mail, words) for row in old[:NAMED])]
    return lines + ([words["more"].format(n=len(old) - NAMED)] if len(old) > NAMED else [])


def _old(row: OutageRow, mail: ReportMail, words: dict[str, str]) -> str:
    hours = int((mail.as_of - row.began_at).total_seconds() // 3600)
    began = "" if row.began_known else words["began_unknown"]
    left = words["not_known"] if row.customers is None else str(row.customers - customers_back(row))
    where = " ".join(harmless(part) for part in (row.line, row.place) if part)
    return f"- {row.kv} kV {where}: {hours} {words['hours']}{began}, {words['curve']} {left}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _link(mail: ReportMail) -> str:
    return f"{settings.PUBLIC_URL}/admin/tracker/situationreport/{mail.report_id}/change/"
