"""What the deeds of the journal are called on the pages."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from incidents.admin.subjects import model_of
from incidents.models import JournalEntry

if TYPE_CHECKING:
    from incidents.models.base import Words

DEEDS: Final[Mapping[str, "Words"]] = {
    "alert.acknowledged": _("Alert acknowledged"),
    "alert.resolved": _("Alert ended"),
    "alert.snoozed": _("Alert snoozed"),
    "assignment.aborted": _("Job given back"),
    "assignment.accepted": _("Job accepted"),
    "assignment.arrived": _("Crew on site"),
    "assignment.assigned": _("Crew assigned"),
    "assignment.briefed": _("Crew briefed"),
    "assignment.departed": _("Crew departed"),
    "assignment.finished": _("Job finished"),
    "assignment.queued": _("Job waits for its crew"),
    "assignment.refused": _("Job refused"),
    "attachment.announced": _("Photo announced"),
    "attachment.received": _("Photo received"),
    "attachment.refused": _("Photo refused"),
    "attachment.stored": _("Photo stored"),
    "attachment.withdrawn": _("Photo withdrawn"),
    "check_in.recorded": _("Crew checked in"),
    "damage.corrected": _("Damage corrected"),
    "damage.isolated": _("Damage isolated"),
    "damage.made_safe": _("Damage made safe"),
    "damage.recorded": _("Damage recorded"),
    "damage.repaired": _("Damage repaired"),
    "estimate.published": _("Estimate published"),
    "held_fact.applied": _("Held fact applied"),
    "held_fact.conflict": _("Held fact contradicts"),
    "held_fact.dismissed": _("Held fact set aside"),
    "held_fact.held": _("Fact from the field held"),
    "held_fact.reconsidered": _("Held fact looked at again"),
    "held_fact.taken": _("Held fact taken over"),
    "outage.cancelled": _("Outage cancelled"),
    "outage.closed": _("Record closed"),
    "outage.confirmed": _("Outage confirmed"),
    "outage.corrected": _("Outage corrected"),
    "outage.isolated": _("Fault isolated"),
    "outage.located": _("Fault located"),
    "outage.mislocated": _("Location was wrong"),
    "outage.momentary_recorded": _("Was momentary"),
    "outage.reopened": _("Record reopened"),
    "outage.repair_started": _("Repair begun"),
    "outage.repaired": _("Equipment repaired"),
    "outage.reported": _("Outage reported"),
    "outage.returned_to_normal": _("Back to normal switching mode"),
    "restoration_step.corrected": _("Restoration step corrected"),
    "restoration_step.recorded": _("Restoration step"),
    "restoration_step.renumbered": _("Restoration step renumbered"),
    "road_block.cleared": _("Road cleared"),
    "road_block.clearing_started": _("Clearing begun"),
    "road_block.corrected": _("Blocked road corrected"),
    "road_block.reported": _("Road blocked"),
}


def named(entry: JournalEntry) -> str:
    """Return what was done, in words; of rarer deeds the record that they were done to."""
    if entry.kind in DEEDS:
        return str(DEEDS[entry.kind])
    model = model_of(entry)
    subject = str(model._meta.verbose_name) if model else entry.subject_type
    return f"{subject} · {entry.kind.partition('.')[2].replace('_', ' ')}"
