"""A storm's review as a workbook: words are always words, never formulas; numbers stay numbers."""

from io import BytesIO
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import Organization, Storm
from tracker.mail.letters import harmless
from tracker.mail.tables import forces_table, totals_table
from tracker.selectors.review import Review
from tracker.web import review_tables as tables

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_WIDTH = 20


def book(storm: Storm, organization: Organization, found: Review, *, language: str) -> bytes:
    """Return a storm's review as an .xlsx file.

    Args:
        storm: The storm.
        organization: Whose part of it.
        found: Its review.
        language: Of the tables that reports share.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - 10 MB in every process that never makes one

    stored = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stored, options) as made:
        heading = tables.title(storm, organization, found)
        made.set_properties({"title": heading, "created": timezone.localtime(found.at).replace(tzinfo=None)})
        _sheet(made, _("Totals"), totals_table(found.numbers, language), heading)
        _sheet(made, _("Forces"), forces_table(found.numbers, language), heading)
        _sheet(made, _("Curve"), _curve(found), heading)
        _sheet(made, _("Indices"), tables.indices(found), heading)
        _sheet(made, _("Estimates"), tables.estimates(found), heading)
        _sheet(made, _("Age"), tables.age_table(found), heading)
        _sheet(made, _("Escalations"), tables.escalations(found), heading)
        _sheet(made, _("Crews"), tables.jobs(found), heading)
        _sheet(made, _("Ice"), tables.icing(found), heading)
        _sheet(made, _("Timeline"), tables.timeline(found), heading)
    return stored.getvalue()


def _sheet(made: "Workbook", name: str, table: tables.Table, heading: str) -> None:
    sheet, bold = made.add_worksheet(name), made.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 10, _WIDTH)
    sheet.write_string(0, 0, harmless(heading), made.add_format({"bold": True}))
    for number, cells in enumerate(table):
        for column, cell in enumerate(cells):
            style = (bold,) if number == 0 else ()
            if isinstance(cell, int | float):
                sheet.write_number(number + 2, column, cell, *style)
            else:
                sheet.write_string(number + 2, column, harmless(cell), *style)
    sheet.freeze_panes(3, 0)


def _curve(found: Review) -> tables.Table:
    lines: tables.Table = [
        [tables.moment(point.at), point.customers, point.outages] for point in found.numbers.curve
    ]
    return [[_("When"), _("Customers out"), _("Outages")], *lines]
