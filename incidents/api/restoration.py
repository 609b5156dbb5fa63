"""``/api/v1/restoration-steps/`` and ``/api/v1/estimates/``: how supply comes back, and what was promised."""

from incidents.api.fields import Answer, Moment, Prose
from incidents.api.filters import Filters, Subtree, named, of_storm, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from incidents.api.told import count, maybe, one_of
from incidents.api.verbs import At, AtReason, NewTold, Told, verb
from incidents.choices import DeviceScope, EstimateKind, RestorationMethod
from incidents.models import Estimate, RestorationStep
from incidents.services import restoration


class StepIn(At):
    """Customers with supply again; ``final``: nobody is out any more, where nobody counted them."""

    method = one_of(RestorationMethod)
    customers = count()
    mv_users = count()
    final = Answer(default=False)
    remark = Prose(max_length=300, required=False, allow_blank=True)


class StepChanges(Told):
    """What is corrected of a step."""

    at = Moment(required=False)
    method = one_of(RestorationMethod, required=False)
    customers = count()
    mv_users = count()
    remark = Prose(max_length=300, required=False, allow_blank=True)


class StepCorrection(AtReason):
    """What is corrected, when and why."""

    changes = StepChanges()


class EstimateIn(NewTold):
    """A promise; of kind ``none`` without a time: still being assessed."""

    kind = one_of(EstimateKind)
    at = Moment()
    value_at = maybe()
    reason = Prose(max_length=300, required=False, allow_blank=True)


class StepOut(Versioned):
    """A step of restoration."""

    class Meta:
        model = RestorationStep
        fields = [
            "uuid",
            "version",
            "outage",
            "seq",
            "at",
            "method",
            "customers",
            "mv_users",
            "is_final",
            "remark",
        ]


class EstimateOut(Versioned):
    """A promise as it was published; never changed."""

    class Meta:
        model = Estimate
        fields = ["uuid", "version", "outage", "kind", "value_at", "published_at", "reason"]


class StepFilters(Filters):
    """Steps by whose, how and when."""

    organization = Subtree("outage__organization")
    storm = of_storm("outage__storm")
    outage = named("outage")
    method = coded("method", RestorationMethod.choices)
    since = since("at")
    until = until("at")


class EstimateFilters(Filters):
    """Promises by whose and when."""

    organization = Subtree("outage__organization")
    storm = of_storm("outage__storm")
    outage = named("outage")
    kind = coded("kind", EstimateKind.choices)
    since = since("published_at")
    until = until("published_at")


class RestorationSteps(Resource):
    """Steps of restoration; a new one is told to its outage."""

    home = "restoration-steps"
    model = RestorationStep
    serializer_class = StepOut
    filterset_class = StepFilters
    writes_with = DeviceScope.REPORT
    related = ("outage__organization",)
    locks_first = ("outage",)

    correct = verb(restoration.correct_step, StepCorrection, name="correct")


class Estimates(Resource):
    """Estimates of restoration; a new one is told to its outage."""

    home = "estimates"
    model = Estimate
    serializer_class = EstimateOut
    filterset_class = EstimateFilters
    writes_with = DeviceScope.REPORT
    related = ("outage",)
