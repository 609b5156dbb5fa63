"""Three of everything in one organisation, for tests that walk over all models.

The first row of each model has three of everything below it, so that a page which asks once a row shows it.
"""

from collections import defaultdict
from datetime import time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db.models import Model, QuerySet

from incidents import models as record
from incidents.choices import Role
from incidents.models.attachments import UploadChunk
from incidents.models.exchange import FilePiece, FileRow
from tests.factories import STORM_NIGHT, make_line, make_organization, make_section, make_storm, make_user
from tracker import models as watch
from tracker.rules.report_numbers import Numbers, as_json

HOUR = timedelta(hours=1)
TRIPLE = range(3)
_numbers = count(1)


class World:
    """The rows that were made, by model."""

    def __init__(self, organization: record.Organization) -> None:
        self.organization = organization
        self.rows: dict[type[Model], list[Any]] = defaultdict(list)
        self._organization()
        self._grid()
        self._outages()
        self._crews()
        self._readings()
        self._held()
        self._support()
        self._seen_and_told()
        self._briefs()
        self._files()
        self._views()
        self._photos()
        self._journal()
        self._watch()

    def first(self, model: type[Model]) -> Any:
        """Return the row with three of everything below it."""
        return self.rows[model][0]

    def keep(self, row: Any) -> Any:
        """Keep a row under its model."""
        self.rows[type(row)].append(row)
        return row

    def make(self, model: type[Model], **values: Any) -> Any:
        """Make a row and keep it."""
        return self.keep(QuerySet(model).create(**values))

    def fact(self, model: type[Model], **values: Any) -> Any:
        """Make a row that has a source."""
        told = {"reported_by": self.first(record.User), "received_at": STORM_NIGHT}
        if any(field.name == "storm" for field in model._meta.fields):
            told["storm"] = self.first(record.Storm)
        return self.make(model, **told | values)

    def _organization(self) -> None:
        self.keep(self.organization)
        for _ in TRIPLE:
            self.keep(make_organization(parent=self.organization))
            self.keep(make_user())
        first = self.first(record.User)
        for user, role in [*((each, Role.VIEWER) for each in self.rows[record.User]), (first, Role.MANAGER)]:
            self.make(
                record.Membership, user=user, organization=self.organization, role=role, since_at=STORM_NIGHT
            )
        for _ in TRIPLE:
            storm = self.keep(make_storm(started_at=STORM_NIGHT))
            storm.organizations.add(self.organization)
            self.make(
                record.Device,
                user=first,
                name="手机",
                token_digest=f"{next(_numbers):064x}",
                token_prefix="abcdefgh",
                enrolled_at=STORM_NIGHT,
                expires_at=STORM_NIGHT + 24 * HOUR,
            )
            self.make(
                record.EnrolmentCode,
                user=first,
                code_digest=f"{next(_numbers):064x}",
                lasting=24 * HOUR,
                issued_by=first,
                issued_at=STORM_NIGHT,
                expires_at=STORM_NIGHT + HOUR,
                withdrawn_at=STORM_NIGHT,
            )
            self.make(
                record.BrowserSession,
                key_digest=f"{next(_numbers):064x}",
                user=first,
                started_at=STORM_NIGHT,
                last_seen_at=STORM_NIGHT,
                expires_at=STORM_NIGHT + 12 * HOUR,
            )
            self.make(
                record.SignIn,
                kind="entered",
                at=STORM_NIGHT,
                user=first,
                name_digest="0" * 64,
                address="10.0.0.7",
            )
            self.make(
                record.SecondFactor,
                user=first,
                sealed_key="0" * 40,
                key_salt="0" * 32,
                offered_at=STORM_NIGHT,
                ended_at=STORM_NIGHT if self.rows[record.SecondFactor] else None,
            )
            self.make(
                record.Submission,
                user=first,
                key=str(next(_numbers)),
                route="/",
                digest="0" * 64,
                status=201,
                created_at=STORM_NIGHT,
            )
            digest = f"{next(_numbers):032x}"
            self.make(
                record.SyncScope,
                digest=digest,
                body={"organizations": []},
                made_at=STORM_NIGHT,
                touched_at=STORM_NIGHT,
            )
            self.make(
                record.Person,
                name="张三",
                organization=self.organization,
                phone="13800000000",
                user=self.keep(make_user()),
            )
            self.make(
                record.Vehicle, plate=f"浙D{next(_numbers)}", kind="repair", organization=self.organization
            )
            self.make(
                record.GradingPolicy,
                organization=self.rows[record.Organization][len(self.rows[record.GradingPolicy])],
                since_at=STORM_NIGHT,
                source="国网浙江",
            )

    def _grid(self) -> None:
        line = self.keep(make_line(organization=self.organization))
        for _ in TRIPLE:
            self.keep(make_line(organization=self.organization))
            self.keep(make_section(line=line))
            self.make(record.Place, text="横岗村山上", precision="unknown")

    def _outages(self) -> None:
        place, line = self.first(record.Place), self.first(record.Line)
        user = self.first(record.User)
        for section in self.rows[record.LineSection]:
            outage = self.fact(
                record.Outage,
                organization=self.organization,
                line=line,
                section=section,
                place=place,
                voltage_kv=10,
                kind="forced",
                occurred_at=STORM_NIGHT,
                reported_at=STORM_NIGHT,
                parent=self.rows[record.Outage][0] if self.rows[record.Outage] else None,
                unknown_reasons={"customers_affected": "not_measured"},
            )
        outage = self.first(record.Outage)
        for number in TRIPLE:
            at = STORM_NIGHT + (number + 1) * HOUR
            self.make(
                record.RestorationStep,
                outage=outage,
                seq=number + 1,
                at=at,
                method="transfer",
                customers=10,
                recorded_by=user,
            )
            self.make(
                record.Estimate,
                outage=outage,
                kind="crew",
                value_at=at + HOUR,
                published_at=at,
                published_by=user,
            )
            self.fact(record.Damage, outage=outage, kind="bamboo_on_line", place=place)
            road = self.fact(
                record.RoadBlock,
                organization=self.organization,
                place=place,
                blocked_at=STORM_NIGHT,
                cause="bamboo",
            )
            road.outages.add(*self.rows[record.Outage])

    def _crews(self) -> None:
        outage, place = self.first(record.Outage), self.first(record.Place)
        for number in TRIPLE:
            crew = self.make(
                record.Crew,
                name=f"抢修{next(_numbers)}班",
                organization=self.organization,
                home_organization=self.organization,
                skills=["mv"],
            )
            person, vehicle = self.rows[record.Person][number], self.rows[record.Vehicle][number]
            first = self.first(record.Crew)
            self.make(record.CrewMember, crew=first, person=person, since_at=STORM_NIGHT)
            self.make(record.CrewVehicle, crew=first, vehicle=vehicle, since_at=STORM_NIGHT)
            job = {"outage": outage, "place": place, "task": "repair", "assigned_at": STORM_NIGHT}
            self.fact(record.Assignment, crew=crew, road_block=self.first(record.RoadBlock), **job)
        job = self.first(record.Assignment)
        for _ in TRIPLE:
            self.fact(
                record.Assignment,
                crew=job.crew,
                place=place,
                outage=outage,
                task="patrol",
                assigned_at=STORM_NIGHT,
                status="finished",
                ended_at=STORM_NIGHT + HOUR,
            )
            self.make(
                record.CheckIn,
                crew=job.crew,
                assignment=job,
                at=STORM_NIGHT,
                received_at=STORM_NIGHT,
                reported_by=self.first(record.User),
            )

    def _readings(self) -> None:
        place = self.first(record.Place)
        for section in self.rows[record.LineSection]:
            moment = {"place": place, "observed_at": STORM_NIGHT}
            self.fact(record.WeatherReading, section=section, **moment)
            ice = {"thickness_mm": 12, "kind": "apparent", "method": "visual", "rule_version": "1"}
            glaze = "assumed_glaze"
            ice |= {"standard_mm": 12, "thickness_basis": glaze, "grade": "yellow", "grade_basis": glaze}
            reading = self.fact(
                record.IceReading,
                section=self.first(record.LineSection),
                outage=self.first(record.Outage),
                **moment,
                **ice,
            )
            self.make(
                record.SectionIcing,
                section=section,
                reading=reading,
                grade="yellow",
                grade_basis="assumed_glaze",
                observed_at=STORM_NIGHT,
                grade_since_at=STORM_NIGHT,
            )
            self.fact(
                record.Hazard,
                organization=self.organization,
                place=place,
                section=section,
                kind="vegetation",
                grade="serious",
                description="毛竹倒伏",
                found_at=STORM_NIGHT,
            )
            self.fact(
                record.StormNote,
                kind="condition",
                organization=self.organization,
                place=place,
                text="山区道路结冰",
            )

    def _held(self) -> None:
        outage = self.first(record.Outage)
        for _ in TRIPLE:
            self.make(
                record.HeldFact,
                organization=self.organization,
                outage=outage,
                verb="locate",
                said={"at": "2024-02-26T19:00:00+08:00"},
                at=STORM_NIGHT - HOUR,
                received_at=STORM_NIGHT,
                reported_by=self.first(record.User),
                channel="api",
                key=str(next(_numbers)),
                state="conflict",
                why="bad-transition",
                stands={"field": "located_at", "value": "2024-02-26T20:00:00+08:00"},
                overdue_at=STORM_NIGHT + 12 * HOUR,
            )

    def _support(self) -> None:
        other = make_organization()
        for number in TRIPLE:
            request = self.fact(
                record.SupportRequest,
                organization=self.organization,
                asked_organization=other,
                need="抢修人员20名",
                requested_at=STORM_NIGHT,
            )
            deployment = self.fact(
                record.Deployment,
                request=self.first(record.SupportRequest),
                organization=other,
                host_organization=self.organization,
                leader_phone="13900000000",
            )
            deployment.crews.add(*self.rows[record.Crew])
            visit = self.fact(record.Visit, organization=self.organization, leaders_text="公司领导")
            visit.places.add(*self.rows[record.Place])
            self.fact(
                record.Supply,
                organization=self.organization,
                kind="knee_pad",
                crew=self.rows[record.Crew][number],
                deployment=self.first(record.Deployment),
                visit=self.first(record.Visit),
            )
            assert request.organization == self.organization

    def _seen_and_told(self) -> None:
        for number in TRIPLE:
            self.fact(
                record.WeatherWarning,
                organization=self.organization,
                issuer="上虞区气象台",
                hazard="road_icing",
                level="yellow",
                text="道路结冰黄色预警",
                issued_at=STORM_NIGHT,
                valid_from_at=STORM_NIGHT,
                update_of=self.rows[record.WeatherWarning][-1] if number else None,
            )
            patrol = self.fact(
                record.Patrol,
                organization=self.organization,
                line=self.first(record.Line),
                place=self.first(record.Place),
                kind="inspect_after",
                crew=self.first(record.Crew),
                assignment=self.first(record.Assignment),
                outage=self.first(record.Outage),
                ordered_at=STORM_NIGHT,
            )
            patrol.sections.set(self.rows[record.LineSection])
            patrol.hazards.set(self.rows[record.Hazard])
            patrol.ice_readings.set(self.rows[record.IceReading])
            patrol.damages.set(self.rows[record.Damage])
            briefing = self.fact(
                record.SafetyBriefing,
                assignment=self.first(record.Assignment),
                given_at=STORM_NIGHT + number * HOUR,
                topics=["back_feed"],
            )
            briefing.signed_by.set(self.rows[record.Person])

    def _views(self) -> None:
        for number in TRIPLE:
            self.make(
                record.SavedView,
                user=self.first(record.User),
                name=f"红色{number}",
                page="incidents.outage",
                query="status__exact=reported",
                organization=self.organization,
                saved_at=STORM_NIGHT,
            )

    def _briefs(self) -> None:
        by, told = self.first(record.User), {"value": 2, "span": [6, 8], "quote": "2条", "confidence": 0.9}
        for number in TRIPLE:
            self.make(
                record.Brief,
                organization=self.organization,
                storm=self.first(record.Storm),
                text=f"10千伏停运2条。{number}",
                digest=f"{next(_numbers):064x}",
                channel="admin",
                received_at=STORM_NIGHT,
                reported_by=by,
                reading={"as_of": None, "is_exercise": None, "left_out": [], "checks": []},
            )
            word = {"category": "unit", "means": "line", "word": f"线{next(_numbers)}", "tests": ["线 |"]}
            self.make(record.BriefWord, **word, since_at=STORM_NIGHT, added_by=by)
        for seq in (1, 2, 3):
            self.make(
                record.BriefItem,
                brief=self.first(record.Brief),
                seq=seq,
                kind="total",
                values={"count": told},
                start=0,
                end=9,
                confidence="0.90",
            )

    def _files(self) -> None:
        for number in TRIPLE:
            self.make(
                record.FileJob,
                direction="import",
                subject="lines",
                organization=self.organization,
                asked_by=self.first(record.User),
                language="en",
                file_format="csv",
                file_name=f"台账{number}.csv",
                state="checked",
                created_at=STORM_NIGHT,
                expires_at=STORM_NIGHT + HOUR,
            )
            told = {"job": self.first(record.FileJob), "number": number + 2, "cells": {"code": "LS-1"}}
            self.make(FileRow, **told, outcome="new")
            self.make(FilePiece, job=self.first(record.FileJob), part="upload", seq=number, data=b"x")

    def _photos(self) -> None:
        told = {"reported_by": self.first(record.User), "received_at": STORM_NIGHT, "touched_at": STORM_NIGHT}
        kept = {"state": "ready", "uploaded": 9, "ready_at": STORM_NIGHT}
        kept |= {"width_px": 4, "height_px": 3, "stored_size": 9}
        parents: dict[str, type[Model]] = {
            "outage": record.Outage,
            "damage": record.Damage,
            "hazard": record.Hazard,
        }
        for name, model in parents.items():
            for _ in TRIPLE:
                photo = self.make(
                    record.Attachment,
                    client_id=uuid4(),
                    client_digest="0" * 64,
                    size=9,
                    caption="横岗村山上",
                    **{name: self.first(model)},
                    **told,
                    **kept,
                )
                self.make(UploadChunk, attachment=photo, start=0, data=b"jpeg")

    def _journal(self) -> None:
        outage = self.first(record.Outage)
        for _ in TRIPLE:
            entry = self.make(
                record.JournalEntry,
                kind="outage.confirmed",
                subject_type="outage",
                subject_id=outage.pk,
                subject_uuid=outage.uuid,
                organization=self.organization,
                occurred_at=STORM_NIGHT,
                by=self.first(record.User),
                channel="admin",
                before={"status": "reported", "confirmed_at": None},
                after={"status": "confirmed", "confirmed_at": "2024-02-26T12:00:00Z"},
            )
            number = next(_numbers)
            self.make(
                record.JournalSeal,
                seq=number,
                entry=entry,
                entry_hash=bytes(32),
                chain_hash=number.to_bytes(32, "big"),
            )

    def _levels(self) -> None:
        """Important users, response levels and what they are held against; replays."""
        user, storm = self.first(record.User), self.first(record.Storm)
        for number in TRIPLE:
            important = self.make(
                record.ImportantUser, organization=self.organization, name=f"医院{number}", grade="first"
            )
            important.feeders.set(self.rows[record.Line][:3])
            place = self.rows[record.Organization][number]
            valid_from = STORM_NIGHT.date()
            self.make(
                watch.Holding,
                rule_code="E11",
                subject_type="outage",
                subject_id=self.rows[record.Outage][number].pk,
            )
            self.make(
                watch.ResponseThreshold,
                kind="company",
                organization=self.organization,
                level="IV",
                clause=number + 1,
                measure="lines_out",
                at_least=1,
                valid_from=valid_from,
                basis="test",
            )
            self.make(
                watch.AreaProfile, organization=place, customers=1, valid_from=valid_from, source="test"
            )
            self.make(
                watch.EmergencyResponse,
                organization=self.organization,
                storm=storm,
                level="IV",
                state="ended",
                basis="命令",
                decided_at=STORM_NIGHT,
                decided_by=user,
                ended_at=STORM_NIGHT,
                ended_by=user,
            )
            self.make(
                watch.Replay,
                storm=storm,
                label="test",
                from_at=STORM_NIGHT,
                to_at=STORM_NIGHT + HOUR,
                step_s=60,
                run_at=STORM_NIGHT,
                run_by=user,
            )

    def _watch(self) -> None:
        self._levels()
        user = self.first(record.User)
        for number in TRIPLE:
            rule = self.make(
                watch.Rule,
                code=f"E9{number}",
                version=1,
                organization=self.organization,
                name="覆冰",
                subject_type="lineSection",
                source="test",
                stop_condition="覆冰消除",
                origin="company",
                since_at=STORM_NIGHT,
                made_by=user,
            )
            alert = self.make(
                watch.Alert,
                rule=self.first(watch.Rule),
                rule_code=rule.code,
                subject_type="outage",
                subject_id=self.first(record.Outage).pk,
                organization=self.organization,
                severity="warning",
                climb_at=STORM_NIGHT,
                opened_at=STORM_NIGHT,
                next_due_at=STORM_NIGHT,
            )
            first = self.first(watch.Alert)
            self.make(
                watch.RuleLevel, rule=self.first(watch.Rule), position=number + 1, after_min=0, roles=["D"]
            )
            self.make(watch.AlertEvent, alert=first, at=STORM_NIGHT, kind="opened", generation=1)
            self.make(
                watch.Notification,
                alert=first,
                generation=1,
                level=number + 1,
                recipient=user,
                channel="mail",
                address=user.email,
                language="zh-hans",
                due_at=STORM_NIGHT,
                created_at=STORM_NIGHT,
                next_try_at=STORM_NIGHT,
                message_id=f"<{alert.pk}@example.com>",
            )
            self._duty(number)
            self._reports(number)
            self._ways(number)

    def _ways(self, number: int) -> None:
        user = self.rows[record.User][number]
        self.make(
            watch.Hook,
            organization=self.rows[record.Organization][number],
            name="短信网关",
            url="http://127.0.0.1:9/",
            languages=["zh-hans"],
            secret_digest=f"{next(_numbers):064x}",
            secret_made_at=STORM_NIGHT,
            made_at=STORM_NIGHT,
            made_by=user,
        )
        self.make(
            watch.Bounce,
            user=user,
            notification=self.rows[watch.Notification][number],
            address=user.email,
            at=STORM_NIGHT,
            status="5.1.1",
            told="550",
        )
        self.make(
            watch.WatchFailure,
            why="late",
            began_at=STORM_NIGHT,
            ended_at=STORM_NIGHT + HOUR,
            told_at=STORM_NIGHT,
            told=[{"at": "20:00", "through": "127.0.0.1:25", "people": 2}],
        )

    def _reports(self, number: int) -> None:
        user = self.rows[record.User][number]
        self.make(
            watch.ReportSchedule,
            organization=self.organization,
            kind="follow_up",
            level=("I", "II", "III")[number],
            times=[time(8), time(17)],
            source="test",
        )
        self.make(watch.ReportRecipient, organization=self.organization, kinds=["follow_up"], user=user)
        report = self.make(
            watch.SituationReport,
            organization=self.organization,
            storm=self.first(record.Storm),
            kind="follow_up",
            state="sent",
            as_of=STORM_NIGHT + number * HOUR,
            due_at=STORM_NIGHT + number * HOUR,
            created_at=STORM_NIGHT,
            drafted_at=STORM_NIGHT,
            signed_at=STORM_NIGHT,
            signed_by=user,
            sent_at=STORM_NIGHT,
            sent_by=user,
            numbers=as_json(Numbers()),
            adds_up=True,
        )
        self.make(
            watch.Notification,
            kind="report",
            report=self.first(watch.SituationReport),
            recipient=user,
            channel="mail",
            address=user.email,
            language="zh-hans",
            due_at=STORM_NIGHT,
            created_at=STORM_NIGHT,
            next_try_at=STORM_NIGHT,
            message_id=f"<{report.uuid}@example.com>",
        )

    def _duty(self, number: int) -> None:
        user = self.rows[record.User][number]
        rotation = self.make(
            watch.Rotation,
            organization=self.organization,
            role="D",
            name="配调值班",
            pattern="daily",
            starts_at=STORM_NIGHT,
            planned_until=STORM_NIGHT,
            next_due_at=STORM_NIGHT,
        )
        self.make(watch.RotationMember, rotation=self.first(watch.Rotation), position=number, user=user)
        post, later = (
            self.make(
                watch.DutyPost,
                organization=self.organization,
                role=role,
                user=user,
                since_at=STORM_NIGHT,
                rotation=rotation,
            )
            for role in "DS"
        )
        self.make(watch.DutySwap, offered=post, wanted=later, offered_at=STORM_NIGHT, offered_by=user)
        self.make(watch.DutyNeed, organization=self.organization, role="DSO"[number], since_at=STORM_NIGHT)
        self.make(watch.DutyWish, user=user)
        self.make(watch.CalendarFeed, user=user, token_digest=f"{next(_numbers):064x}", made_at=STORM_NIGHT)
        self.make(
            watch.StormMode,
            organization=self.rows[record.Organization][number],
            switch="counted",
            since_at=STORM_NIGHT,
            until_at=STORM_NIGHT + HOUR,
            alerts=10,
        )


def divisions() -> list[record.Division]:
    """Return three divisions, each in the one before: common knowledge of all worlds."""
    province = record.Division.objects.create(code="33", name="浙江省", stem="浙江", level="province")
    city = record.Division.objects.create(
        code="3306", name="绍兴市", stem="绍兴", level="city", parent=province
    )
    county = record.Division.objects.create(
        code="330604", name="上虞区", stem="上虞", level="county", parent=city
    )
    return [province, city, county]
