"""What of the record is in the changes, in the order in which it is told: first what others name.

Everything that a phone has, but the divisions: they change once a year and are common knowledge.
"""

from incidents.api.assignments import Assignments, CheckIns
from incidents.api.attachments import Attachments
from incidents.api.briefings import Briefings
from incidents.api.crews import Crews
from incidents.api.damage import Damages
from incidents.api.feed import Shows, tell_of
from incidents.api.grid import Lines, Sections
from incidents.api.hazards import Hazards
from incidents.api.held_facts import HeldFacts
from incidents.api.ice import IceReadings
from incidents.api.important_users import ImportantUsers
from incidents.api.organizations import Organizations
from incidents.api.outages import Outages
from incidents.api.patrols import Patrols
from incidents.api.restoration import Estimates, RestorationSteps
from incidents.api.roads import RoadBlocks
from incidents.api.storms import Storms
from incidents.api.supplies import Supplies, Visits
from incidents.api.support import Deployments, SupportRequests
from incidents.api.weather import WeatherReadings
from incidents.api.weather_warnings import WeatherWarnings
from incidents.models import (
    Assignment,
    CrewMember,
    CrewVehicle,
    HeldFact,
    IceReading,
    Line,
    LineSection,
    Person,
    Place,
    SectionIcing,
    Vehicle,
    WeatherWarning,
)

_IDENTIFIED = frozenset({"place.identified"})
_PLACE = Shows(model=Place, path="place", kinds=_IDENTIFIED)
# The line of its place may be whose matter a reading is.
_PLACE_THAT_OWNS = Shows(model=Place, path="place", kinds=_IDENTIFIED, moves=True)

tell_of(Organizations)
tell_of(Lines)
tell_of(Sections)
tell_of(ImportantUsers)
tell_of(Storms)
tell_of(
    Outages,
    _PLACE,
    Shows(model=Assignment, path="assignments"),
    # A reading moves the icing that an outage shows, and has no entry of its own but where the grade changes.
    Shows(model=SectionIcing, path="section__icing"),
    Shows(model=HeldFact, path="held_facts"),
    Shows(model=IceReading, path="section__ice_readings"),
    Shows(model=Line, path="line", kinds=frozenset({"line.corrected"})),
    Shows(model=LineSection, path="section", kinds=frozenset({"section.corrected"})),
)
tell_of(Damages, _PLACE)
tell_of(RestorationSteps)
tell_of(Estimates)
tell_of(RoadBlocks, _PLACE)
tell_of(
    Crews,
    Shows(model=CrewMember, path="members"),
    Shows(model=CrewVehicle, path="vehicles"),
    Shows(model=Person, path="members__person"),
    Shows(model=Vehicle, path="vehicles__vehicle"),
)
tell_of(Assignments, _PLACE)
tell_of(CheckIns)
tell_of(SupportRequests)
tell_of(Deployments, Shows(model=Place, path="host_place", kinds=_IDENTIFIED))
tell_of(Briefings)
tell_of(Visits, Shows(model=Place, path="places", kinds=_IDENTIFIED))
tell_of(Supplies)
tell_of(Hazards, _PLACE)
tell_of(Patrols, _PLACE)
tell_of(IceReadings, _PLACE_THAT_OWNS)
tell_of(WeatherReadings, _PLACE_THAT_OWNS)
# A newer warning names the one that it replaces, which then says so.
tell_of(WeatherWarnings, Shows(model=WeatherWarning, path="updates"))
tell_of(HeldFacts)
tell_of(Attachments)
