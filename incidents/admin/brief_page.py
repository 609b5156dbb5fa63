"""What the page of a brief shows: the text with its marks, and the pieces, parts below their outage."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse

from incidents.admin.brief_forms import PieceForm
from incidents.admin.brief_words import LABELS, ROUGHLY, SAME, named
from incidents.choices import BriefItemKind, BriefItemState
from incidents.journal import Actor
from incidents.models import Brief, BriefItem, Crew, Division, Outage
from incidents.rules.briefs.marked import Piece as Stretch
from incidents.rules.briefs.marked import marked
from incidents.rules.briefs.stored import values_in
from incidents.rules.briefs.values import Span
from incidents.selectors.organizations import below
from incidents.selectors.own_figures import Figures, key_of
from incidents.services.brief_outages import match_outage
from incidents.services.brief_pieces import keeping_of
from incidents.services.briefs import SURE

_HALF = Decimal("0.6")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A value with its words.

    Attributes:
        mark: Number of its mark in the text; 0 where the words are not in it.
        percent: How sure it is.
        notes: What was inferred, and whether the number is a bound.
    """

    quote: str
    mark: int
    percent: int
    is_doubtful: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A field of a piece."""

    label: Any
    controls: tuple[Any, ...]
    told: tuple[Told, ...]

    @property
    def is_told(self) -> bool:
        """Whether the brief says anything of it."""
        return bool(self.told)


@dataclass(kw_only=True)
class Shown:
    """A piece as the page shows it.

    Attributes:
        record: Address of the record that it became.
        match: The outage on record that it would be linked to, and what is the same.
        own: Our own figure beside a total; None where there is none.
    """

    item: BriefItem
    form: PieceForm
    rows: list[Row]
    record: str = ""
    match: tuple[Outage, str] | None = None
    own: int | None = None
    parts: list["Shown"] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.item.state == BriefItemState.OPEN

    @property
    def is_sure(self) -> bool:
        """Whether it may be confirmed together with others."""
        return self.item.confidence >= SURE and self.item.kind != BriefItemKind.STORM

    @property
    def percent(self) -> int:
        """How sure the least sure value is."""
        return int(self.item.confidence * 100)

    @property
    def same(self) -> str:
        """What matched where it was found in the record."""
        return same_words(self.item.same)

    @property
    def differs(self) -> list[tuple[Any, Any]]:
        """Where the record says otherwise."""
        return [(LABELS.get(name, name), value) for name, value in self.item.differs.items()]


def same_words(codes: Iterable[str]) -> str:
    """Return what matched, in words."""
    return "、".join(str(SAME.get(code, code)) for code in codes)


def page_of(
    brief: Brief, *, by: Actor, figures: Figures | None, sent: Mapping[int, PieceForm] | None = None
) -> dict[str, Any]:
    """Return what the template needs.

    Args:
        brief: The brief.
        by: Who looks at it, and the present.
        figures: Our own figures as of its cut-off, where they are known.
        sent: Number of a piece → its form as it was sent and refused.
    """
    items = list(brief.items.select_related("of", "decided_by").order_by("seq"))
    for item in items:
        item.brief = brief
    marks = _marks(items)
    divisions = division_names(items)
    crews = _crews(brief, items)
    shown: dict[int, Shown] = {}
    for item in items:
        form = (sent or {}).get(item.pk) or PieceForm(item, divisions=divisions, crews=crews)
        shown[item.pk] = _shown(item, form, marks, by=by, figures=figures)
    for item in items:
        if item.of_id:
            shown[item.of_id].parts.append(shown[item.pk])
    return {
        "brief": brief,
        "stretches": _stretches(brief, marks),
        "pieces": [shown[item.pk] for item in items if not item.of_id],
        "open_count": sum(item.state == BriefItemState.OPEN for item in items),
        "sure_count": sum(each.is_open and each.is_sure for each in shown.values()),
        "left_out": [
            (named("left_out", each["why"]), each["quote"]) for each in brief.reading.get("left_out", ())
        ],
        "doubts": [
            (named("doubt", each["doubt"]), [brief.text[start:end] for start, end in each["spans"]])
            for each in brief.reading.get("checks", ())
        ],
        "why_not": named("left_out", brief.why_not) if brief.why_not else "",
        "says_exercise": bool(brief.reading.get("is_exercise")),
    }


def division_names(items: Iterable[BriefItem]) -> dict[str, str]:
    """Return code → whole name of every place that pieces may mean, in one query."""
    codes: set[str] = set()
    for item in items:
        for told in values_in(item.values):
            if isinstance(told["value"], dict) and "candidates" in told["value"]:
                codes.update(filter(None, [told["value"]["code"], *told["value"]["candidates"]]))
    wanted = {code[:length] for code in codes for length in (4, 6, 9, 12) if len(code) >= length}
    names = dict(Division.objects.filter(pk__in=wanted).values_list("code", "stem"))
    return {
        code: "".join(names.get(code[:length], "") for length in (4, 6, 9, 12) if len(code) >= length)
        for code in codes
    }


def _shown(
    item: BriefItem,
    form: PieceForm,
    marks: Mapping[tuple[int, int], int],
    *,
    by: Actor,
    figures: Figures | None,
) -> Shown:
    rows = [
        Row(
            label=LABELS.get(name, name),
            controls=tuple(form[part] for part in parts),
            told=tuple(_told(item.values.get(name), marks)),
        )
        for name, parts in form.names.items()
    ]
    found = Shown(item=item, form=form, rows=sorted(rows, key=lambda row: not row.is_told))
    if item.record_type:
        found.record = reverse("admin:incidents_brief_record", args=[item.brief_id, item.seq])
    if found.is_open and item.kind == BriefItemKind.OUTAGE:
        keeping = keeping_of(item, by=by, is_trial=True)
        match = match_outage(keeping, keeping.line())
        found.match = (match[0], same_words(match[1])) if match else None
    if figures and item.kind == BriefItemKind.TOTAL:
        found.own = figures.get(key_of(item.values))
    return found


def _told(value: Any, marks: Mapping[tuple[int, int], int]) -> Iterator[Told]:
    for each in value if isinstance(value, list) else [value] if value else []:
        notes = [named("inferred", each["inferred"])] if "inferred" in each else []
        notes += [str(ROUGHLY[each["roughly"]])] if "roughly" in each else []
        yield Told(
            quote=each["quote"],
            mark=marks.get(tuple(each["span"]), 0) if each["span"] else 0,
            percent=round(each["confidence"] * 100),
            is_doubtful=Decimal(str(each["confidence"])) < _HALF,
            notes=tuple(notes),
        )


def _marks(items: Iterable[BriefItem]) -> dict[tuple[int, int], int]:
    """Return span → number of its mark, in the order of the text."""
    spans = {tuple(told["span"]) for item in items for told in values_in(item.values) if told["span"]}
    return {(start, end): number for number, (start, end) in enumerate(sorted(spans), start=1)}


def _stretches(brief: Brief, marks: Mapping[tuple[int, int], int]) -> list[Stretch]:
    return marked(brief.text, [(number, Span(*span)) for span, number in marks.items()])


def _crews(brief: Brief, items: Iterable[BriefItem]) -> list[Crew]:
    wants = any(item.kind == BriefItemKind.ASSIGNMENT and item.state == BriefItemState.OPEN for item in items)
    if not wants:
        return []
    rows = Crew.objects.filter(organization__in=below(brief.organization.uuid))
    drill = brief.storm is not None and brief.storm.is_exercise
    return list(rows.filter(disbanded_at=None, is_exercise=drill).order_by("name", "pk")[:200])
