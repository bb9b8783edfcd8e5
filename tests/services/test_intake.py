"""A vendor's file becomes a declaration, or a list of every fault with its sheet and cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from labapp.domain.errors import EnvironmentFault, InputError, InputErrors
from labapp.domain.pics import Answer, Declaration, Kind, Question, snake_case
from labapp.domain.pics_answers import normalise
from labapp.services.intake import (
    demonstration_pics,
    inspect_pics,
    judge_answers,
    keys_as_json,
    new_pics,
    read_pics,
    write_pics_toml,
    write_pics_workbook,
)
from labapp.services.pics_forms import editions, questionnaire

QUESTIONS = list(questionnaire())


def faults(path: Path) -> list[str]:
    return [str(fault) for fault in inspect_pics(path).faults]


def demonstration_with(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """The demonstration's TOML with lines replaced."""
    path = tmp_path / "pics.toml"
    if not path.exists():
        write_pics_toml(path, demonstration_pics())
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_keys_are_the_row_names_of_the_forms() -> None:
    own_names = {"other_minimum_value", "other_maximum_value"}
    for question in QUESTIONS:
        if question.form != "supplementary" and question.name not in own_names:
            assert question.name == snake_case(question.label), question.key


def test_the_forms_have_the_documents_rows() -> None:
    counted = {form.name: len(form.questions) for form in questionnaire().forms}

    assert counted == {
        "general": 11,
        "optional": 7,
        "limits": 19,
        "profiles": 6,
        "security": 5,
        "performance": 5,
        "supplementary": 11,
    }
    assert editions() == ("1.1.4",)


def test_other_names_of_a_question_are_no_names_of_another() -> None:
    for form in questionnaire().forms:
        names = [name for question in form.questions for name in (question.name, *question.also)]
        assert len(names) == len(set(names))


def test_a_form_that_is_gone_is_a_fault_of_the_installation() -> None:
    with pytest.raises(EnvironmentFault, match=r"general-9\.9\.toml: the form is missing - install labapp again"):
        questionnaire("9.9")


def test_a_file_with_faults_gives_no_declaration(tmp_path: Path) -> None:
    new_pics(tmp_path / "pics.toml")

    with pytest.raises(InputErrors, match=r"general\.dut: is not answered"):
        _ = inspect_pics(tmp_path / "pics.toml").declaration


def test_keys_name_the_cell_of_each_answer_in_a_new_workbook(tmp_path: Path) -> None:
    new_pics(tmp_path / "pics.xlsx")
    workbook = load_workbook(tmp_path / "pics.xlsx")

    keys = keys_as_json(questionnaire())
    assert len(keys) == len(QUESTIONS)
    for key in keys:
        row = int(key["cell"][1:])
        assert workbook[key["sheet"]].cell(row, 1).value == key["key"]
        assert workbook[key["sheet"]][key["cell"]].protection.locked is False
    cable = next(key for key in keys if key["key"] == "general.fixed_cable")
    assert (cable["type"], cable["choices"], cable["sut"], cable["required"]) == (
        "yes/no",
        ["Yes", "No"],
        ["cs"],
        ["cs"],
    )


@pytest.mark.parametrize("ending", ["xlsx", "toml"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"pics.{ending}"
    write = write_pics_workbook if ending == "xlsx" else write_pics_toml
    write(path, demonstration_pics())

    assert read_pics(path) == demonstration_pics()
    assert inspect_pics(path).sut == "cs"


def _answers_to(question: Question) -> st.SearchStrategy[Answer]:
    match question.kind:
        case Kind.YES_NO:
            return st.sampled_from(["Yes", "No"])
        case Kind.CHOICE:
            return st.sampled_from(question.choices)
        case Kind.INTEGER:
            return st.integers(question.minimum or 0, 2**31 - 1)
        case Kind.NUMBER:
            return st.integers(0, 10**6) | st.floats(0.001, 1e6).map(lambda number: round(number, 3))
        case Kind.LIST:
            return st.lists(st.sampled_from(question.choices), min_size=1, unique=True).map(tuple)
        case Kind.TOPOLOGY:
            return st.sampled_from(["[[1]]", "[[1],[2]]", "[[2,1],[3]]"])
        case Kind.TEXT:
            return st.text(min_size=1, max_size=40).filter(lambda text: _survives(question, text))


def _survives(question: Question, text: str) -> bool:
    try:
        return normalise(question, text, "") == text
    except InputError:
        return False


_DECLARATIONS = st.fixed_dictionaries({}, optional={each.key: _answers_to(each) for each in QUESTIONS}).map(
    lambda answers: Declaration("1.1.4", answers)
)


@pytest.mark.parametrize("ending", ["toml", "xlsx"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(declaration=_DECLARATIONS)
def test_every_answer_survives_the_file(tmp_path: Path, ending: str, declaration: Declaration) -> None:
    path = tmp_path / f"pics.{ending}"
    path.unlink(missing_ok=True)
    (write_pics_workbook if ending == "xlsx" else write_pics_toml)(path, declaration)

    assert inspect_pics(path).answers == declaration.answers


def test_an_empty_form_asks_for_what_every_dut_must_answer(tmp_path: Path) -> None:
    new_pics(tmp_path / "pics.toml")
    new_pics(tmp_path / "pics.xlsx")

    assert inspect_pics(tmp_path / "pics.toml").sut is None
    assert faults(tmp_path / "pics.toml")[:2] == [
        "general.dut: is not answered - answer with: CSMS / Charging Station",
        "general.communication: is not answered - answer with: SOAP / JSON",
    ]
    assert faults(tmp_path / "pics.xlsx") == [
        "general!C6: general.dut is not answered - answer with: CSMS / Charging Station",
        "general!C8: general.communication is not answered - answer with: SOAP / JSON",
        "profiles!C5: profiles.core is not answered - answer with: Yes / No",
        "profiles!C6: profiles.firmware_management is not answered - answer with: Yes / No",
        "profiles!C7: profiles.smart_charging is not answered - answer with: Yes / No",
        "profiles!C8: profiles.reservation is not answered - answer with: Yes / No",
        "profiles!C9: profiles.local_auth_list_management is not answered - answer with: Yes / No",
        "profiles!C10: profiles.remote_trigger is not answered - answer with: Yes / No",
    ]


def test_a_station_must_answer_more_than_a_csms(tmp_path: Path) -> None:
    new_pics(tmp_path / "cs.toml", "cs")
    new_pics(tmp_path / "csms.toml", "csms")
    more = {fault.where for fault in inspect_pics(tmp_path / "cs.toml").faults} - {
        fault.where for fault in inspect_pics(tmp_path / "csms.toml").faults
    }

    assert inspect_pics(tmp_path / "csms.toml").sut == "csms"
    assert more == {
        "general.fixed_cable",
        "optional.authorization_cache",
        "optional.unknown_offline_authorization",
    }


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = demonstration_with(
        tmp_path,
        ('communication = "JSON"', 'communication = "SOAP"'),
        ('fixed_cable = "No"', 'fixed_cable = "perhaps"'),
        ("get_configuration_max_keys = 50", 'get_configuration_max_keys = "many"'),
        ('core = "Yes"', 'core = "No"'),
    )

    with pytest.raises(InputErrors) as caught:
        read_pics(path)
    assert str(caught.value).splitlines() == [
        'pics.toml: general.fixed_cable: is "perhaps" where Yes or No is asked - answer Yes or No',
        'pics.toml: limits.get_configuration_max_keys: is "many" where a whole number is asked - '
        "write the digits alone, without a unit",
        'pics.toml: general.communication: is "SOAP", and labapp has no transport for SOAP, so that no case could be run - '
        "have the DUT tested over JSON, or by a laboratory whose tool speaks SOAP",
        'pics.toml: profiles.core: is "No", but every certificate needs the Core profile - '
        "answer Yes, or withdraw the application",
    ]
    assert caught.value.exit_status == 2


def test_the_inspection_is_json(tmp_path: Path) -> None:
    path = demonstration_with(tmp_path, ('fixed_cable = "No"', 'fixed_cable = "perhaps"'))
    found = inspect_pics(path).as_json()

    assert list(found) == ["file", "edition", "sut", "answers", "unanswered", "faults"]
    assert found["file"] == str(path)
    assert found["answers"]["limits.supported_file_transfer_protocols"] == ["http", "ftp"]
    assert "general.fixed_cable" not in found["answers"]
    assert found["unanswered"][0] == "general.fixed_cable"
    assert "performance.response_time_authorize" not in found["unanswered"]  # a question for a CSMS
    assert found["faults"] == [
        {
            "where": "general.fixed_cable",
            "what": 'is "perhaps" where Yes or No is asked',
            "mend": "answer Yes or No",
        }
    ]


def test_answers_as_they_are_entered_are_judged_like_those_of_a_file() -> None:
    entered = dict(demonstration_pics().answers)
    assert judge_answers(entered).declaration == demonstration_pics()
    entered |= {
        "general.fixed_cable": "perhaps",
        "limits.other": 3,
        "profiles.core": " no ",
        "general.rfid_readers": "",
    }
    found = judge_answers(entered)
    assert [str(fault) for fault in found.faults] == [
        "limits.other: no question has the key limits.other - remove it; `labapp pics keys` lists every key",
        'general.fixed_cable: is "perhaps" where Yes or No is asked - answer Yes or No',
        'profiles.core: is "No", but every certificate needs the Core profile - answer Yes, or withdraw the application',
    ]
    assert found.answers["profiles.core"] == "No"
    assert "general.rfid_readers" in found.unanswered


def test_an_edition_that_is_not_known_is_one_fault() -> None:
    found = judge_answers({"general.dut": "CSMS"}, "9.9")
    assert (found.answers, [str(fault) for fault in found.faults]) == (
        {},
        [
            'the declaration: answers edition "9.9" of the forms, which is not known here - use one of: 1.1.4',
        ],
    )


def test_files_that_are_no_forms_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pics.pdf").write_bytes(b"%PDF")
    (tmp_path / "dir.toml").mkdir()

    assert faults(tmp_path / "gone.toml") == [f"{tmp_path / 'gone.toml'}: there is no such file - correct the name"]
    assert faults(tmp_path / "dir.toml") == [f"{tmp_path / 'dir.toml'}: is a directory - name the file in it"]
    assert faults(tmp_path / "pics.pdf") == [
        'pics.pdf: ends in ".pdf", and a PICS file is .xlsx or .toml - choose one of the two'
    ]


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300 + ".toml")

    assert faults(path) == [
        f"{path}: cannot be opened (file name too long) - correct the name, or grant read access to the file"
    ]


def test_a_form_is_never_written_over_another_file(tmp_path: Path) -> None:
    path = demonstration_with(tmp_path)

    with pytest.raises(InputError) as caught:
        new_pics(path)
    assert str(caught.value) == f"{path}: the file exists already - choose another name"
    with pytest.raises(InputError) as caught:
        new_pics(tmp_path / "nowhere" / "pics.toml")
    assert str(caught.value) == f"{tmp_path / 'nowhere'}: there is no such directory - create it, or choose another"
    with pytest.raises(InputError) as caught:
        write_pics_workbook(tmp_path / "filled.toml", demonstration_pics())
    assert str(caught.value) == "filled.toml: does not end in .xlsx - name it filled.xlsx"
