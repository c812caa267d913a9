"""Settings: what is accepted, what is refused and with which sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk import config
from helpdesk.kernel import fonts

SAFE = {"HELPDESK_SECRET_KEY": "k" * 32}


def names(environ: dict[str, str], *, serving: bool = True) -> list[str]:
    """Names of the settings that are refused."""
    with pytest.raises(config.WrongSetting) as refused:
        config.load(environ, serving=serving)
    return [problem.name for problem in refused.value.problems]


def test_defaults_serve_with_a_secret_alone() -> None:
    settings = config.load(SAFE)
    assert settings.database_url == "sqlite:///./var/helpdesk.sqlite3"
    assert settings.demo is False


def test_demonstration_needs_nothing() -> None:
    assert config.load({"HELPDESK_DEMO": "1"}).secret_key == config.DEMO_SECRET


@pytest.mark.parametrize("secret", ["", config.DEMO_SECRET, "k" * 31])
def test_unsafe_secret_does_not_serve(secret: str) -> None:
    environ = {"HELPDESK_SECRET_KEY": secret}
    assert names(environ) == ["HELPDESK_SECRET_KEY"]


def test_command_that_looks_something_up_needs_no_secret() -> None:
    settings = config.load({}, serving=False)
    assert settings.secret_key != config.DEMO_SECRET
    assert len(settings.secret_key) >= config.SHORTEST_SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HELPDESK_DATABASE_URL", "mysql://host/db"),
        ("HELPDESK_DATABASE_URL", "postgresql://host/db"),
        ("HELPDESK_DATABASE_URL", "postgresql+psycopg://host"),
        ("HELPDESK_DATABASE_URL", "postgresql+psycopg://host/"),
        ("HELPDESK_DATABASE_URL", "sqlite://"),
        ("HELPDESK_DATABASE_URL", "sqlite:///file?mode=ro"),
        ("HELPDESK_DATABASE_URL", ""),
        ("HELPDESK_BASE_URL", "helpdesk.example.org"),
        ("HELPDESK_BASE_URL", "ftp://example.org"),
        ("HELPDESK_BASE_URL", "https://example.org/?a=b"),
        ("HELPDESK_BIND", "8000"),
        ("HELPDESK_BIND", "127.0.0.1:0"),
        ("HELPDESK_BIND", "127.0.0.1:８０００"),
        ("HELPDESK_DEMO", "maybe"),
        ("HELPDESK_WORKERS", "0"),
        ("HELPDESK_WORKERS", "two"),
        ("HELPDESK_WORKERS", "1.5"),
        ("HELPDESK_THREADS", "9999999999999"),
        ("HELPDESK_TRUSTED_PROXIES", "-1"),
        ("HELPDESK_MAIL_PORT", "70000"),
        ("HELPDESK_MAIL_SENDER", "nobody"),
        ("HELPDESK_LOG_LEVEL", "LOUD"),
        ("HELPDESK_UPLOAD_FILE_MB", ""),
    ],
)
def test_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    assert names({**SAFE, name: value}) == [name]


def test_unknown_name_is_refused() -> None:
    assert names({**SAFE, "HELPDESK_DATABSE_URL": "sqlite:///x"}) == ["HELPDESK_DATABSE_URL"]


def test_names_of_others_are_none_of_our_business() -> None:
    assert config.load({**SAFE, "PATH": "/bin", "helpdesk_demo": "x", "FLASK_ENV": "y"})


def test_every_problem_is_told_at_once_in_both_languages() -> None:
    with pytest.raises(config.WrongSetting) as refused:
        config.load({"HELPDESK_WORKERS": "x", "HELPDESK_TYPO": "1"})
    assert [p.name for p in refused.value.problems] == [
        "HELPDESK_TYPO",
        "HELPDESK_WORKERS",
        "HELPDESK_SECRET_KEY",
    ]
    assert all(p.zh and p.en for p in refused.value.problems)
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"HELPDESK_MAIL_TLS": "1", "HELPDESK_MAIL_SSL": "1"}, "HELPDESK_MAIL_SSL"),
        ({"HELPDESK_MAIL_SERVER": "smtp.example.org"}, "HELPDESK_MAIL_SENDER"),
    ],
)
def test_settings_that_contradict_each_other(environ: dict[str, str], name: str) -> None:
    assert names({**SAFE, **environ}) == [name]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://user:p%40ss@host:5433/helpdesk",
        "postgresql+psycopg:///helpdesk?host=/run/postgresql",
        "sqlite:////srv/helpdesk/data.sqlite3",
    ],
)
def test_good_addresses(url: str) -> None:
    assert config.load({**SAFE, "HELPDESK_DATABASE_URL": url}).database_url == url


def test_relative_file_lies_where_the_start_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = config.load(SAFE)
    settings.make_folders()
    assert settings.sqlite_path == tmp_path / "var" / "helpdesk.sqlite3"
    assert (tmp_path / "var" / "files").is_dir()


def test_secrets_are_hidden_from_the_list() -> None:
    environ = {
        **SAFE,
        "HELPDESK_DATABASE_URL": "postgresql+psycopg://user:sec@ret@host/db",
        "HELPDESK_MAIL_PASSWORD": "secret of the mail server",
    }
    shown = {line.name: line.value for line in config.describe(config.load(environ))}
    assert shown["HELPDESK_DATABASE_URL"] == "postgresql+psycopg://user:***@host/db"
    assert shown["HELPDESK_MAIL_PASSWORD"] == shown["HELPDESK_SECRET_KEY"] == "***"


def test_every_setting_is_explained_in_both_languages() -> None:
    for line in config.describe(config.load(SAFE)):
        assert line.zh
        assert line.en
        assert line.zh != line.en


def test_cookies_travel_encrypted_where_the_address_does() -> None:
    flask = config.load({**SAFE, "HELPDESK_BASE_URL": "https://helpdesk.example.org"}).flask()
    assert flask["SESSION_COOKIE_SECURE"] is True
    assert flask["REMEMBER_COOKIE_SECURE"] is True
    assert config.load(SAFE).flask()["SESSION_COOKIE_SECURE"] is False


def test_font_of_certificates_must_be_a_font(tmp_path: Path) -> None:
    page = tmp_path / "page.ttc"
    page.write_text("no font")
    for wrong in (page, tmp_path, tmp_path / "missing.ttc"):
        assert names({**SAFE, "HELPDESK_FONT": str(wrong)}) == ["HELPDESK_FONT"]
    page.write_bytes(b"ttcf and so on")
    assert config.load({**SAFE, "HELPDESK_FONT": str(page)}).font == str(page)


def test_font_is_looked_for_in_the_usual_places(tmp_path: Path) -> None:
    here, there = tmp_path / "here.ttc", tmp_path / "there.ttc"
    there.touch()
    assert fonts.font_file("", places=(here,)) is None
    assert fonts.font_file("", places=(here, there)) == there
    assert fonts.font_file(str(here), places=(there,)) == here
