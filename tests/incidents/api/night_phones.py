"""The storm night of :mod:`tests.incidents.api.night`: a phone's life, from the desk's code to its end."""

from datetime import timedelta

from rest_framework.test import APIClient

from incidents.choices import DeviceScope, Role
from incidents.services import enrolments
from tests import factories as make
from tests.desk import give_role
from tests.incidents.api.examples import NOW, Night
from tracker.choices import DutyRole
from tracker.models import DutyPost


def phones(night: Night) -> None:
    """Enrol the phone of somebody on duty, renew its token, look at it and log out."""
    person = give_role(make.make_user(username="zhao", display_name="赵六"), night.county, Role.CREW_LEADER)
    for user in (person, night.user):
        post = {"organization": night.county, "role": DutyRole.CREW_LEADER, "since_at": make.STORM_NIGHT}
        DutyPost.objects.create(user=user, **post)
    by = make.make_actor(now=NOW)
    scopes, quarter = list(DeviceScope), timedelta(minutes=15)
    _row, code = enrolments.offer(user=person, scopes=scopes, valid_for=quarter, by=by)
    known = {"name": "巡线手机", "platform": "Android 14", "app_version": "2.1"}
    client = APIClient(enforce_csrf_checks=True)
    token = night.ask(client, "enrol/", {"code": code, "client_id": night.number()} | known)["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    token = night.ask(client, "me/device/renew/", {"app_version": "2.2"})["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    first = night.look("me/devices/", client)["results"][0]
    night.look(f"me/devices/{first['uuid']}/", client)
    night.ask(client, "me/log-out/", {"stay_on_duty": False})
