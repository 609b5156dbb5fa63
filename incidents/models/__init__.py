"""The record's tables; one file a subject."""

from incidents.models.assignments import Assignment, CheckIn
from incidents.models.attachments import Attachment
from incidents.models.briefings import SafetyBriefing
from incidents.models.briefs import Brief, BriefItem, BriefWord
from incidents.models.crews import Crew, CrewMember, CrewVehicle, Person, Vehicle
from incidents.models.damage import Damage
from incidents.models.enrolment import EnrolmentCode
from incidents.models.exchange import FileJob
from incidents.models.grading import GradingPolicy, SectionIcing
from incidents.models.grid import Line, LineSection
from incidents.models.hazards import Hazard
from incidents.models.held_facts import HeldFact
from incidents.models.ice import IceReading
from incidents.models.important_users import ImportantUser
from incidents.models.journal import JournalEntry, JournalSeal
from incidents.models.outages import Outage
from incidents.models.patrols import Patrol
from incidents.models.people import Device, Membership, Organization, User
from incidents.models.places import Division, Place
from incidents.models.restoration import Estimate, RestorationStep
from incidents.models.roads import RoadBlock
from incidents.models.saved_views import SavedView
from incidents.models.sign_in import BrowserSession, SecondFactor, SignIn
from incidents.models.storms import Storm, StormNote
from incidents.models.submissions import Submission
from incidents.models.supplies import Supply
from incidents.models.support import Deployment, SupportRequest
from incidents.models.sync import SyncScope
from incidents.models.visits import Visit
from incidents.models.weather import WeatherReading
from incidents.models.weather_warnings import WeatherWarning

__all__ = [
    "Assignment",
    "Attachment",
    "Brief",
    "BriefItem",
    "BriefWord",
    "BrowserSession",
    "CheckIn",
    "Crew",
    "CrewMember",
    "CrewVehicle",
    "Damage",
    "Deployment",
    "Device",
    "Division",
    "EnrolmentCode",
    "Estimate",
    "FileJob",
    "GradingPolicy",
    "Hazard",
    "HeldFact",
    "IceReading",
    "ImportantUser",
    "JournalEntry",
    "JournalSeal",
    "Line",
    "LineSection",
    "Membership",
    "Organization",
    "Outage",
    "Patrol",
    "Person",
    "Place",
    "RestorationStep",
    "RoadBlock",
    "SafetyBriefing",
    "SavedView",
    "SecondFactor",
    "SectionIcing",
    "SignIn",
    "Storm",
    "StormNote",
    "Submission",
    "Supply",
    "SupportRequest",
    "SyncScope",
    "User",
    "Vehicle",
    "Visit",
    "WeatherReading",
    "WeatherWarning",
]
