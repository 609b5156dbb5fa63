"""Who asks and for whom; who leaves a crew."""

from incidents.choices import Role
from incidents.models import Patrol
from tests.factories import make_crew, make_organization, make_patrol, make_person
from tests.incidents.api.conftest import Phone, just_now, make_phone


def test_me_names_my_organisation_with_its_duty_phone(db: None) -> None:
    city = make_organization(level="city")
    county = make_organization(parent=city, name="国网上虞区供电公司", duty_phone="0575-82100000")
    phone = make_phone(organization=county)

    body = phone.get("me/").json()

    assert body["organizations"] == [
        {
            "uuid": str(county.uuid),
            "name": "国网上虞区供电公司",
            "short_name": "",
            "level": "county",
            "parent": str(city.uuid),
            "division": None,
            "duty_phone": "0575-82100000",
        }
    ]
    assert [role["organization"] for role in body["roles"]] == [str(county.uuid)]


def test_who_is_in_a_crew_leaves_it_and_nobody_else_does(db: None) -> None:
    desk = make_phone(role=Role.DISPATCHER)
    crew = make_crew(organization=desk.organization)
    member, stranger = (make_person(organization=desk.organization) for _ in range(2))
    desk.act(f"crews/{crew.uuid}/members/", person=str(member.uuid), at=just_now(minutes=10))
    path = f"crews/{crew.uuid}/remove-member/"

    gone = desk.act(path, person=str(member.uuid), at=just_now(), reason="轮休")
    unknown = desk.act(path, person=str(stranger.uuid), at=just_now())

    assert (gone.status_code, gone.json()["members"]) == (200, [])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert crew.members.get().person == member


def test_a_lineman_says_that_nothing_was_found(phone: Phone) -> None:
    patrol = make_patrol(line=phone.section.line, person=make_person())
    here = f"patrols/{patrol.uuid}/"
    desk = phone.act(f"{here}start/", at=just_now(minutes=30))
    silent = phone.act(f"{here}finish/", at=just_now())

    said = phone.act(f"{here}finish/", at=just_now(), nothing_found=True)

    assert (desk.status_code, silent.status_code, said.status_code) == (200, 400, 200)
    assert silent.json()["errors"][0]["pointer"] == "/nothing_found"
    assert (said.json()["status"], said.json()["nothing_found"]) == ("finished", True)
    assert len(phone.get("patrols/", nothing_found="true").json()["results"]) == 1
    assert Patrol.objects.get().status == "finished"
