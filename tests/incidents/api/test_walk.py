"""The walk of ``docs/field-api.md`` is true: it is executed as it stands there."""

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.choices import DeviceScope, Role
from incidents.models import Attachment, JournalEntry, Outage
from incidents.services import enrolments, photos
from tests.architecture.source import ROOT
from tests.debian import program
from tests.factories import make_actor
from tests.incidents.api.conftest import make_phone

pytestmark = pytest.mark.alone

GUIDE = ROOT / "docs" / "field-api.md"


@pytest.mark.django_db(transaction=True)
def test_the_walk_of_the_guide_is_true(live_server: Any, tmp_path: Path, settings: Any) -> None:
    program("curl", "curl")
    store = settings.STORAGES["photos"]
    kept = store["OPTIONS"] | {"location": str(tmp_path / "photos")}
    settings.STORAGES = settings.STORAGES | {"photos": store | {"OPTIONS": kept}}
    phone = make_phone(role=Role.CREW_LEADER)
    by = make_actor(now=datetime.now(UTC))
    known: dict[str, Any] = {"scopes": list(DeviceScope), "valid_for": timedelta(minutes=15), "by": by}
    _row, code = enrolments.offer(user=phone.user, **known)
    script = "\n".join(re.findall(r"^```bash\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL))

    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "API": f"{live_server.url}/api/v1", "CODE": code},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (told.returncode, told.stderr) == (0, "")
    outage = Outage.objects.exclude(restored_at=None).get()
    assert (outage.status, outage.reported_by) == ("restored", phone.user)
    assert JournalEntry.objects.filter(device__user=phone.user, kind__startswith="outage.").count() == 5
    photos.prepare_due(now=datetime.now(UTC))  # what a worker does a moment later
    photo = Attachment.objects.get()
    assert (photo.state, photo.outage, photo.caption) == ("ready", outage, "毛竹压线")
