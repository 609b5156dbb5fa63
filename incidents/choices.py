"""The vocabularies of the record: every code that a row can hold, with its term in Chinese and English.

Codes are stored, labels are shown; source strings are English and translated in ``locale/``. The Chinese
terms are the field's own (see ``docs/glossary.md``).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganizationLevel(TextChoices):
    """Level of a power-supply organisation."""

    PROVINCE = "province", _("Provincial company")
    CITY = "city", _("City company")
    COUNTY = "county", _("County company")
    STATION = "station", _("Supply station")
    CONTRACTOR = "contractor", _("Contractor")


class Role(TextChoices):
    """What a person may do inside an organisation and everything below it."""

    DISPATCHER = "dispatcher", _("Dispatcher")
    CREW_LEADER = "crew_leader", _("Crew leader")
    CREW_MEMBER = "crew_member", _("Crew member")
    MANAGER = "manager", _("Manager")
    VIEWER = "viewer", _("Viewer")
    ADMIN = "admin", _("Administrator")


class DivisionLevel(TextChoices):
    """Level of an administrative division, GB/T 2260 and NBS statistical codes."""

    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWN = "town", _("Town or subdistrict")
    VILLAGE = "village", _("Village or community")


class PlacePrecision(TextChoices):
    """How exactly a place is known."""

    POLE = "pole", _("To the pole")
    VILLAGE = "village", _("To the village")
    TOWN = "town", _("To the town")
    COUNTY = "county", _("To the county")
    CITY = "city", _("To the city")
    UNKNOWN = "unknown", _("Unknown")


class PlaceResolution(TextChoices):
    """How a place text was matched to a division."""

    EXACT = "exact", _("Exact name")
    ALIAS = "alias", _("Alias")
    HUMAN = "human", _("By a person")
    NONE = "none", _("Not resolved")


class CoordinateSystem(TextChoices):
    """Datum of a coordinate."""

    CGCS2000 = "EPSG:4490", _("CGCS2000")
    WGS84 = "EPSG:4326", _("WGS 84")
    GCJ02 = "GCJ-02", _("GCJ-02 (Chinese phone maps, offset)")


class TimePrecision(TextChoices):
    """How exactly a moment is known; a date without a time is a date, not midnight."""

    EXACT = "exact", _("Exact")
    MINUTE = "minute", _("To the minute")
    HOUR = "hour", _("To the hour")
    DAY = "day", _("To the day")
    UNKNOWN = "unknown", _("Unknown")


class UnknownReason(TextChoices):
    """Why a value is not known."""

    NOT_STATED = "not_stated", _("Not stated")
    NOT_MEASURED = "not_measured", _("Not measured")
    PENDING = "pending", _("Pending")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


class Source(TextChoices):
    """Where a value comes from."""

    MEASURED = "measured", _("Measured")
    REPORTED = "reported", _("Reported")
    IMPORTED = "imported", _("Imported")
    MODEL = "model", _("Model")
    INFERRED = "inferred", _("Inferred")
    MANUAL = "manual", _("Entered by hand")


class EntryMode(TextChoices):
    """Whether a record was made as things happened or after the fact."""

    LIVE = "live", _("Live")
    HISTORICAL = "historical", _("After the fact")


class LineKind(TextChoices):
    """Main feeder or branch."""

    MAIN = "main", _("Main feeder")
    BRANCH = "branch", _("Branch line")


class Vegetation(TextChoices):
    """What grows along a line section."""

    BAMBOO = "bamboo", _("Bamboo")
    FOREST = "forest", _("Forest")
    ORCHARD = "orchard", _("Orchard")
    NONE = "none", _("None")
    UNKNOWN = "unknown", _("Unknown")


class Access(TextChoices):
    """How a crew gets to a line section."""

    CAR = "car", _("By car")
    FOUR_WHEEL_DRIVE = "4wd", _("By four-wheel drive")
    FOOT = "foot", _("On foot")
    UNKNOWN = "unknown", _("Unknown")


class StormHazard(TextChoices):
    """Kind of a storm event."""

    ICE = "ice", _("Ice")
    WET_SNOW = "wet_snow", _("Wet snow")
    COLD_WAVE = "cold_wave", _("Cold wave")
    MIXED = "mixed", _("Mixed")


class PrecipitationType(TextChoices):
    """Precipitation at a weather reading."""

    NONE = "none", _("None")
    RAIN = "rain", _("Rain")
    FREEZING_RAIN = "freezing_rain", _("Freezing rain")
    ICE_PELLETS = "ice_pellets", _("Ice pellets")
    SNOW = "snow", _("Snow")
    WET_SNOW = "wet_snow", _("Wet snow")
    FOG = "fog", _("Fog")
    UNKNOWN = "unknown", _("Unknown")


class WeatherKind(TextChoices):
    """Observed or forecast weather."""

    OBSERVATION = "obs", _("Observation")
    FORECAST = "forecast", _("Forecast")


class Statistic(TextChoices):
    """What a stated number is of the values behind it."""

    SINGLE = "single", _("Single value")
    MEAN = "mean", _("Mean")
    MAX = "max", _("Maximum")
    MIN = "min", _("Minimum")


class ThicknessKind(TextChoices):
    """Which thickness a number means; only the standard one compares with a design value."""

    STANDARD = "standard", _("Standard ice thickness")
    APPARENT = "apparent", _("Apparent icing thickness")
    UNKNOWN = "unknown", _("Kind unknown")


class IceType(TextChoices):
    """Type of ice on a conductor."""

    GLAZE = "glaze", _("Glaze")
    RIME = "rime", _("Rime")
    MIXED = "mixed", _("Mixed glaze and rime")
    WET_SNOW = "wet_snow", _("Wet snow")
    RAIN_SNOW = "rain_snow", _("Rain-snow freeze")
    UNKNOWN = "unknown", _("Unknown")


class IceMethod(TextChoices):
    """How an ice reading was made."""

    VISUAL = "visual", _("By eye")
    CALIPER = "caliper", _("Caliper")
    DUMMY_WIRE_WEIGHT = "dummy_wire_weight", _("Dummy wire, weighed")
    DUMMY_WIRE_DIAMETER = "dummy_wire_diameter", _("Dummy wire, diameter")
    TENSION_WEIGHING = "tension_weighing", _("Tension sensor, weighing method")
    IMAGE = "image", _("Image")
    MODEL = "model", _("Model")
    MEDIA_REPORT = "media_report", _("Media report")


class Grade(TextChoices):
    """Icing grade of a line section, mildest first."""

    NONE = "none", _("Normal")
    BLUE = "blue", _("Blue (IV)")
    YELLOW = "yellow", _("Yellow (III)")
    ORANGE = "orange", _("Orange (II)")
    RED = "red", _("Red (I)")


class GradeBasis(TextChoices):
    """What a grade assumed."""

    MEASURED = "measured", _("Measured standard thickness")
    ASSUMED_GLAZE = "assumed_glaze", _("Apparent thickness, glaze assumed")
    ASSUMED_DENSITY = "assumed_density", _("Apparent thickness, density of the ice type assumed")
    ABSOLUTE_NO_DESIGN = "absolute_no_design", _("Absolute thickness, design value unknown")
    OVERRIDE = "override", _("Set by a person")


class OutageKind(TextChoices):
    """Kind of an outage."""

    FORCED = "forced", _("Fault outage")
    SWITCHED_OFF = "switched_off", _("Switched off deliberately")
    PLANNED = "planned", _("Planned outage")
    LOW_VOLTAGE = "lv", _("Low-voltage outage")
    UNKNOWN = "unknown", _("Unknown")


class OutageStatus(TextChoices):
    """Where an outage stands in its life."""

    REPORTED = "reported", _("Reported")
    CONFIRMED = "confirmed", _("Confirmed")
    LOCATED = "located", _("Fault located")
    ISOLATED = "isolated", _("Fault isolated")
    REPAIRING = "repairing", _("Under repair")
    PARTIALLY_RESTORED = "partially_restored", _("Partly restored")
    RESTORED = "restored", _("Supply restored")
    CLOSED = "closed", _("Closed")
    MOMENTARY = "momentary", _("Momentary")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Reopened for correction")


class CauseCode(TextChoices):
    """Cause of an outage."""

    ICE_LOAD = "ice_load", _("Ice load")
    ICE_FLASHOVER = "ice_flashover", _("Ice flashover")
    GALLOPING = "galloping", _("Galloping")
    SHEDDING_JUMP = "shedding_jump", _("Ice-shedding jump")
    TREE_ICE = "tree_ice", _("Iced tree on the line")
    BAMBOO_ICE = "bamboo_ice", _("Iced bamboo on the line")
    SNOW_LOAD = "snow_load", _("Snow load")
    WIND = "wind", _("Wind")
    LANDSLIDE = "landslide", _("Landslide")
    VEHICLE = "vehicle", _("Vehicle")
    EQUIPMENT_AGEING = "equipment_ageing", _("Ageing equipment")
    USER_SIDE = "user_side", _("Customer side")
    UPSTREAM = "upstream", _("Upstream supply")
    UNKNOWN = "unknown", _("Unknown")


class CauseConfidence(TextChoices):
    """How sure the cause is."""

    SUSPECTED = "suspected", _("Suspected")
    INFERRED = "inferred", _("Inferred")
    CONFIRMED = "confirmed", _("Confirmed")


class ReportChannel(TextChoices):
    """How an outage became known."""

    HOTLINE = "95598", _("95598 hotline")
    AUTOMATION = "automation", _("Distribution automation")
    METER = "meter", _("Meter last gasp")
    PATROL = "patrol", _("Patrol")
    DISPATCH = "dispatch", _("Dispatch")
    GOVERNMENT = "government", _("Government hotline")
    MEDIA = "media", _("Media")
    OTHER = "other", _("Other")


class RestorationMethod(TextChoices):
    """How part of the customers got power back; a generator supplies but does not restore."""

    ISOLATE_AND_RECLOSE = "isolate_and_reclose", _("Fault cut out, rest re-energised")
    TRANSFER = "transfer", _("Load transfer")
    REPAIR = "repair", _("Repair")
    GENERATOR = "generator", _("Generator")
    BACKUP_SUPPLY = "backup_supply", _("Backup supply")
    RECLOSE_TRIAL = "reclose_trial", _("Trial reclosing")
    UNKNOWN = "unknown", _("Unknown")


class DamageKind(TextChoices):
    """What is damaged."""

    CONDUCTOR_BREAK = "conductor_break", _("Broken conductor")
    CONDUCTOR_PRESSED = "conductor_pressed", _("Conductor pressed down")
    POLE_BROKEN = "pole_broken", _("Broken pole")
    POLE_LEANING = "pole_leaning", _("Leaning pole")
    CROSSARM = "crossarm", _("Crossarm")
    INSULATOR = "insulator", _("Insulator")
    JUMPER = "jumper", _("Jumper")
    TRANSFORMER = "transformer", _("Transformer")
    SWITCH = "switch", _("Switch")
    SERVICE_DROP = "service_drop", _("Service drop")
    ICE_FLASHOVER = "ice_flashover", _("Ice flashover")
    TREE_ON_LINE = "tree_on_line", _("Tree on the line")
    BAMBOO_ON_LINE = "bamboo_on_line", _("Bamboo on the line")
    FOUNDATION = "foundation", _("Foundation")
    UNKNOWN = "unknown", _("Unknown")


class EstimateKind(TextChoices):
    """Who stands behind an estimate of restoration."""

    AUTO = "auto", _("From history")
    AREA = "area", _("For the area")
    CREW = "crew", _("From the crew")
    NONE = "none", _("Assessing, no time yet")


class BlockCause(TextChoices):
    """What blocks a road."""

    BAMBOO = "bamboo", _("Bamboo")
    TREE = "tree", _("Tree")
    ICE = "ice", _("Ice")
    SNOW = "snow", _("Snow")
    LANDSLIDE = "landslide", _("Landslide")
    BRIDGE = "bridge", _("Bridge")
    UNKNOWN = "unknown", _("Unknown")


class Skill(TextChoices):
    """What a crew can do."""

    LOW_VOLTAGE = "lv", _("Low voltage")
    MEDIUM_VOLTAGE = "mv", _("Medium voltage")
    TOWER = "tower", _("Tower climbing")
    VEGETATION = "vegetation", _("Corridor clearing")
    GENERATOR = "generator", _("Generator")
    DRONE = "drone", _("Drone")
    LIVE_WORK = "live_work", _("Live work")


class VehicleKind(TextChoices):
    """Kind of a vehicle."""

    REPAIR = "repair", _("Repair vehicle")
    CRANE = "crane", _("Crane")
    BUCKET = "bucket", _("Bucket truck")
    FOUR_WHEEL_DRIVE = "4wd", _("Four-wheel drive")
    BUS = "bus", _("Bus")
    GENERATOR = "generator", _("Generator car")


class TaskKind(TextChoices):
    """What a crew is sent to do."""

    PATROL = "patrol", _("Patrol")
    SPECIAL_PATROL = "special_patrol", _("Special patrol")
    LOCATE = "locate", _("Locate the fault")
    ISOLATE = "isolate", _("Isolate the fault")
    CLEAR_ROAD = "clear_road", _("Clear the road")
    CLEAR_CORRIDOR = "clear_corridor", _("Clear the corridor")
    DEICE = "deice", _("De-ice")
    MELT = "melt", _("Melt ice by current")
    REPAIR = "repair", _("Repair")
    GENERATOR = "generator", _("Run a generator")
    ESCORT = "escort", _("Escort")
    SURVEY = "survey", _("Survey")
    INSPECT_AFTER = "inspect_after", _("Patrol after restoration")


class AssignmentStatus(TextChoices):
    """Where an assignment of a crew stands."""

    QUEUED = "queued", _("Queued")
    PLANNED = "planned", _("Planned")
    ACCEPTED = "accepted", _("Accepted")
    EN_ROUTE = "en_route", _("En route")
    ON_SITE = "on_site", _("On site")
    FINISHED = "finished", _("Finished")
    REFUSED = "refused", _("Refused")
    ABORTED = "aborted", _("Aborted")


class AbortReason(TextChoices):
    """Why a crew gave an assignment back."""

    WEATHER = "weather", _("Weather")
    ACCESS = "access", _("No access")
    SAFETY = "safety", _("Safety")
    SUPERSEDED = "superseded", _("Sent elsewhere")
    OTHER = "other", _("Other")


class SupportRequestStatus(TextChoices):
    """Where a request for support stands."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


class DeploymentStatus(TextChoices):
    """Where a support deployment stands, from call to return."""

    MOBILISED = "mobilised", _("Mobilised")
    EN_ROUTE = "en_route", _("En route")
    ARRIVED = "arrived", _("Arrived")
    BRIEFED = "briefed", _("Briefed")
    WORKING = "working", _("Working")
    RESTING = "resting", _("Resting")
    RELEASED = "released", _("Released")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class SupplyKind(TextChoices):
    """What is brought to a crew."""

    HOT_MEAL = "hot_meal", _("Hot meals")
    SELF_HEATING_MEAL = "self_heating_meal", _("Self-heating meals")
    KNEE_PAD = "knee_pad", _("Knee pads")
    WATER = "water", _("Water")
    GLOVE = "glove", _("Gloves")
    CHAIN = "chain", _("Anti-slip chains")
    BEDDING = "bedding", _("Bedding")
    FUEL = "fuel", _("Fuel")
    MATERIAL = "material", _("Repair material")
    OTHER = "other", _("Other")


class VisitPurpose(TextChoices):
    """What leaders came for."""

    COMFORT = "comfort", _("Thank and comfort crews")
    SURVEY_ICING = "survey_icing", _("Look at the icing")
    GUIDE = "guide", _("Guide the fight against ice")
    INSPECT_SAFETY = "inspect_safety", _("Inspect safety")


class HeldState(TextChoices):
    """Where a fact from the field stands that could not be applied when it came."""

    WAITING = "waiting", _("Waiting")
    CONFLICT = "conflict", _("In conflict")
    APPLIED = "applied", _("Applied")
    TAKEN = "taken", _("Taken over")
    DISMISSED = "dismissed", _("Dismissed")


class HazardGrade(TextChoices):
    """Grade of a hidden danger."""

    GENERAL = "general", _("General")
    SERIOUS = "serious", _("Serious")
    CRITICAL = "critical", _("Critical")


class HazardKind(TextChoices):
    """Kind of a hidden danger."""

    VEGETATION = "vegetation", _("Trees or bamboo near the line")
    ICING = "icing", _("Icing")
    EQUIPMENT = "equipment", _("Defective equipment")
    ROAD = "road", _("Road")
    OTHER = "other", _("Other")


class Channel(TextChoices):
    """Through what a deed reached the record."""

    ADMIN = "admin", _("Web admin")
    API = "api", _("Field API")
    SYSTEM = "system", _("The system itself")
    IMPORT = "import", _("Import")


class Language(TextChoices):
    """Language of a person's screens and mails."""

    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")


class UserGrade(TextChoices):
    """How important a power user is, GB/T 29328; sensitive ones are listed besides."""

    SPECIAL = "special", _("Special grade")
    FIRST = "first", _("First grade")
    SECOND = "second", _("Second grade")
    TEMPORARY = "temporary", _("Temporary")
    SENSITIVE = "sensitive", _("Sensitive")


class EmergencySupply(TextChoices):
    """What supplies a user while the grid does not; it is supplied then, not restored."""

    OWN_GENERATOR = "own_generator", _("Own generator")
    GENERATOR_CAR = "generator_car", _("Generator car")
    OTHER_LINE = "other_line", _("Another line")


class NoteKind(TextChoices):
    """What a note about a storm says."""

    CONDITION = "condition", _("Condition of the grid")
    FOLLOW_UP = "follow_up", _("Follow-up announced")
    INSTRUCTION = "instruction", _("Instruction")


class DeviceScope(TextChoices):
    """What a phone may do in its owner's name."""

    READ = "read", _("Read")
    REPORT = "report", _("Report readings, outages and damage")
    WORK = "work", _("Assignments and check-ins")


class WarningHazard(TextChoices):
    """What the weather service warns of."""

    ROAD_ICING = "road_icing", _("Road icing")
    SNOWSTORM = "snowstorm", _("Snowstorm")
    COLD_WAVE = "cold_wave", _("Cold wave")
    FREEZING = "freezing", _("Freezing rain and snow")
    WIRE_ICING = "wire_icing", _("Wire icing")
    FROST = "frost", _("Frost")
    GALE = "gale", _("Gale")
    OTHER = "other", _("Other")


class WarningLevel(TextChoices):
    """Colour of a weather warning, which is its level, mildest first."""

    BLUE = "blue", _("Blue (IV)")
    YELLOW = "yellow", _("Yellow (III)")
    ORANGE = "orange", _("Orange (II)")
    RED = "red", _("Red (I)")


class PatrolKind(TextChoices):
    """Why a line is walked; the codes are those of the tasks."""

    ROUTINE = "patrol", _("Patrol")
    SPECIAL = "special_patrol", _("Special patrol")
    INSPECT_AFTER = "inspect_after", _("Patrol after restoration")


class PatrolStatus(TextChoices):
    """Where a patrol stands."""

    ORDERED = "ordered", _("Ordered")
    UNDER_WAY = "under_way", _("Under way")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


class BriefingTopic(TextChoices):
    """A danger, or a measure against it, that a safety briefing speaks of."""

    LIVE_PARTS = "live_parts", _("Live parts nearby")
    BACK_FEED = "back_feed", _("Back-feed from generators")
    ISOLATION = "isolation", _("Power off, test dead, earth")
    FALLING_ICE = "falling_ice", _("Falling ice and leaping conductors")
    CLIMBING = "climbing", _("Iced poles and towers")
    FELLING = "felling", _("Bamboo and trees under tension")
    ROAD = "road", _("Iced roads")
    TERRAIN = "terrain", _("Terrain and way out")
    WEATHER = "weather", _("Cold and weather")
    CONTACT = "contact", _("Who is called, and when")
    OTHER = "other", _("Other")


class AttachmentState(TextChoices):
    """Where a photo stands, from its announcement on."""

    UPLOADING = "uploading", _("Uploading")
    RECEIVED = "received", _("Received, being prepared")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    TERMINATED = "terminated", _("Upload ended by the phone")
    ABANDONED = "abandoned", _("Upload abandoned")


class TakenBasis(TextChoices):
    """Where the time of a photo comes from."""

    EXIF = "exif", _("Camera, with its offset")
    PHONE = "phone", _("Told by the phone")
    EXIF_ASSUMED = "exif_assumed", _("Camera, Chinese time assumed")


class PhotoProblem(TextChoices):
    """Why a photo that was uploaded cannot be taken."""

    DIGEST = "digest-mismatch", _("Other bytes arrived than were announced")
    TYPE = "type-unsupported", _("No JPEG, PNG or WebP")
    ANIMATED = "animated", _("More than one picture")
    TRUNCATED = "truncated", _("Part of the picture is missing")
    PIXELS = "too-many-pixels", _("Too many pixels")
    MEMORY = "too-much-memory", _("Needs too much memory")
    SLOW = "too-slow", _("Takes too long to decode")
    UNREADABLE = "unreadable", _("The picture cannot be read")
    DUPLICATE = "duplicate", _("The same photo is there already")


class SignInKind(TextChoices):
    """What happened at the door."""

    WRONG_PASSWORD = "password", _("Wrong name or password")
    WRONG_CODE = "code", _("Wrong code")
    CODE_OWED = "code_owed", _("Password right, code asked for")
    ENTERED = "entered", _("Signed in")
    SSO_ENTERED = "sso", _("Signed in by the company's identity provider")
    SSO_REFUSED = "sso_refused", _("Refused after the company's identity provider")
    CONFIRMED = "confirmed", _("Proved who it is")
    LEFT = "left", _("Signed out")
    UNLOCKED = "unlocked", _("Lock lifted")


class BriefItemKind(TextChoices):
    """What a piece of a brief tells; the names are those of ``rules/briefs/flat.py``."""

    STORM = "storm", _("Storm")
    OUTAGE = "outage", _("Outage")
    STEP = "step", _("Restoration step")
    DAMAGE = "damage", _("Damage")
    ICE = "ice", _("Ice reading")
    WEATHER = "weather", _("Weather reading")
    WARNING = "warning", _("Weather warning")
    RESPONSE = "response", _("Response level")
    ASSIGNMENT = "assignment", _("Assignment")
    DEPLOYMENT = "deployment", _("Deployment")
    SUPPLY = "supply", _("Supply")
    VISIT = "visit", _("Visit")
    HAZARD = "hazard", _("Hidden danger")
    PATROL = "patrol", _("Patrol")
    TOTAL = "total", _("Total of the situation")


class BriefItemState(TextChoices):
    """Whether a person has decided about a piece of a brief."""

    OPEN = "open", _("To be looked at")
    CONFIRMED = "confirmed", _("Confirmed")
    DISCARDED = "discarded", _("Discarded")


class BriefOutcome(TextChoices):
    """What a confirmed piece of a brief became."""

    CREATED = "created", _("New record")
    LINKED = "linked", _("Found in the record")
    STATED = "stated", _("Kept as what the brief says")


class JobDirection(TextChoices):
    """Which way a file goes."""

    IMPORT = "import", _("Import")
    EXPORT = "export", _("Export")


class JobState(TextChoices):
    """Where the work on a file stands."""

    READING = "reading", _("Reading the file")
    CHECKING = "checking", _("Dry run")
    CHECKED = "checked", _("Checked, nothing written yet")
    APPLYING = "applying", _("Importing")
    COLLECTING = "collecting", _("Collecting rows")
    WRITING = "writing", _("Writing the file")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RowOutcome(TextChoices):
    """What a row of a file would do, or did."""

    PENDING = "pending", _("Not looked at yet")
    NEW = "new", _("New")
    UNCHANGED = "unchanged", _("Unchanged")
    CHANGE = "change", _("Differs")
    ERROR = "error", _("Error")


class FilePart(TextChoices):
    """What a piece of a file belongs to."""

    UPLOAD = "upload", _("File as it was sent")
    KEYS = "keys", _("Rows asked for")
    ROWS = "rows", _("Collected rows")
    RESULT = "result", _("Finished file")


class FileFormat(TextChoices):
    """Kind of a file with rows."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", _("Excel workbook (.xlsx)")
