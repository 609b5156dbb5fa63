"""Story 1: leaders of the Lishui company with the crews in four villages.

No outage is stated, no line, no number: the record gets none.
"""

from incidents.choices import NoteKind, SupplyKind, VisitPurpose
from incidents.journal import Actor
from incidents.management.stories.february_2024.words import LISHUI, told
from incidents.management.stories.february_2024.words import place as place_of
from incidents.models import Organization, Storm
from incidents.services import storms, supplies, visits


def tell(storm: Storm, lishui: Organization, by: Actor) -> None:
    """Tell of the visit, what it brought, and what was said."""
    names = ["缙云县壶镇镇南田村", "莲都区陈寮村", "遂昌县叶家殿村", "云和县雾溪乡龙井村"]
    visit = visits.record(
        organization=lishui,
        places=[place_of(name, by) for name in names],
        leaders_text="公司领导班子，班子成员分别带队",
        visited_on=None,
        purposes=[VisitPurpose.COMFORT, VisitPurpose.SURVEY_ICING, VisitPurpose.GUIDE],
        instructions="确保人身安全",
        by=by,
        **told(storm, LISHUI, "连日来", "visited_on"),
    )
    for kind, words in ((SupplyKind.SELF_HEATING_MEAL, "自热饭"), (SupplyKind.KNEE_PAD, "护膝")):
        supplies.record(
            organization=lishui,
            kind=kind,
            quantity=None,
            visit=visit,
            by=by,
            **told(storm, LISHUI, words, "quantity", "delivered_at", "crew", "deployment"),
        )
    storms.add_note(
        kind=NoteKind.CONDITION,
        text="部分地区冰冻，对电网安全稳定运行带来挑战",
        organization=lishui,
        by=by,
        **told(storm, LISHUI, "对电网安全稳定运行带来挑战", "place"),
    )
    storms.add_note(
        kind=NoteKind.INSTRUCTION,
        text="确保人身安全",
        organization=lishui,
        by=by,
        **told(storm, LISHUI, "确保人身安全", "place"),
    )
