"""A storm's review on paper: A4, with the curve drawn, in a face that needs no file of this machine."""

from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from incidents.models import Organization, Storm
from tracker.mail.tables import forces_table, totals_table
from tracker.selectors.review import Review
from tracker.web import review_tables as tables

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing

FACE = "STSong-Light"  # of every reader of PDF: Adobe's own for simplified Chinese
_WIDTH, _HEIGHT = 480.0, 150.0
_MOST = 60  # lines of a table on paper; the workbook has all of them


def pdf(storm: Storm, organization: Organization, found: Review, *, language: str) -> bytes:
    """Return a storm's review as a PDF.

    Args:
        storm: The storm.
        organization: Whose part of it.
        found: Its review.
        language: Of the tables that reports share.
    """
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415 - as large as the workbooks, as rarely made
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont(FACE))
    heading = tables.title(storm, organization, found)
    stored = BytesIO()
    paper = SimpleDocTemplate(
        stored, pagesize=A4, title=heading, margin=18 * mm, leftMargin=18 * mm, rightMargin=18 * mm
    )
    large, small = _style(15), _style(11)
    story: list[Any] = [Paragraph(escape(heading), large), Spacer(1, 4 * mm)]
    story += [Paragraph(escape(_curve_title(found)), small), _curve(found), Spacer(1, 4 * mm)]
    for name, table in _parts(found, language):
        if len(table) > 1:
            story += [Spacer(1, 4 * mm), Paragraph(escape(name), small), _table(table)]
            if len(table) > _MOST + 1:
                left = _("%(n)d more in the workbook") % {"n": len(table) - _MOST - 1}
                story.append(Paragraph(escape(left), _style(8)))
    paper.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return stored.getvalue()


def _parts(found: Review, language: str) -> list[tuple[str, tables.Table]]:
    return [
        (_("Totals"), totals_table(found.numbers, language)),
        (_("Forces"), forces_table(found.numbers, language)),
        (_("Indices"), tables.indices(found)),
        (_("Estimates"), tables.estimates(found)),
        (_("Long tail by age"), tables.age_table(found)),
        (_("Escalations"), tables.escalations(found)),
        (_("Crews"), tables.jobs(found)),
        (_("Timeline"), tables.timeline(found)),
    ]


def _style(size: int) -> Any:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415

    return ParagraphStyle(f"s{size}", fontName=FACE, fontSize=size, leading=size * 1.35, wordWrap="CJK")


def _table(table: tables.Table) -> Any:
    from reportlab.lib import colors  # noqa: PLC0415
    from reportlab.platypus import Paragraph, Table, TableStyle  # noqa: PLC0415

    cell = _style(8)
    rows = [[Paragraph(escape(_worded(each)), cell) for each in line] for line in table[: _MOST + 1]]
    made = Table(rows, repeatRows=1, hAlign="LEFT", colWidths=[_WIDTH / len(table[0])] * len(table[0]))
    made.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#9aa7b2")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8eef3")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return made


def _worded(cell: tables.Cell) -> str:
    return cell.replace("·", "|") if isinstance(cell, str) else f"{cell:,}"  # the face has no middle dot


def _curve_title(found: Review) -> str:
    counted = any(point.customers for point in found.numbers.curve)
    return _("Customers without supply") if counted else _("Outages open over time")


def _curve(found: Review) -> "Drawing":
    """Return the restoration curve in stairs, with the ends of both axes named."""
    from reportlab.graphics.shapes import Drawing, PolyLine, Rect, String  # noqa: PLC0415
    from reportlab.lib import colors  # noqa: PLC0415

    of_customers = any(point.customers for point in found.numbers.curve)
    series = [(point.at, point.customers if of_customers else point.outages) for point in found.numbers.curve]
    top = max((value for _at, value in series), default=0) or 1
    since = found.span.since.timestamp()
    whole = max(found.span.until.timestamp() - since, 1.0)
    corners: list[float] = []
    y = 0.0
    for at, value in series:
        x = (at.timestamp() - since) / whole * _WIDTH
        corners += [x, y]
        y = value / top * (_HEIGHT - 12)
        corners += [x, y]
    corners += [(found.at.timestamp() - since) / whole * _WIDTH, y]
    drawing = Drawing(_WIDTH, _HEIGHT + 14)
    frame = {"fillColor": colors.HexColor("#f6f8fa"), "strokeColor": colors.HexColor("#9aa7b2")}
    drawing.add(Rect(0, 14, _WIDTH, _HEIGHT - 4, **frame))
    lifted = [each + 14 * (number % 2) for number, each in enumerate(corners)]
    drawing.add(PolyLine(lifted, strokeColor=colors.HexColor("#0a5c86"), strokeWidth=1.6))
    words = {"fontName": FACE, "fontSize": 8}
    drawing.add(String(3, _HEIGHT, f"{top:,}", **words))
    drawing.add(String(0, 3, tables.moment(found.span.since), **words))
    drawing.add(String(_WIDTH, 3, tables.moment(found.span.until), textAnchor="end", **words))
    return drawing


def _foot(canvas: Any, _paper: Any) -> None:
    canvas.setFont(FACE, 8)
    canvas.drawCentredString(297, 24, f"{canvas.getPageNumber()}")
