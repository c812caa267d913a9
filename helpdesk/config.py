"""Settings of the installation, from HELPDESK_* environment variables only, checked at start."""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from helpdesk import checks
from helpdesk.checks import between, like

PACKAGE = Path(__file__).resolve().parent
# In a checkout the data folders stand beside the package; in a wheel inside it.
ROOT = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parent

PREFIX: Final = "HELPDESK_"
DEMO_SECRET: Final = "demonstration-only-never-for-real-data"
DEMO_PASSWORD: Final = "aid-helpdesk-demo"
SHORTEST_SECRET: Final = 32


@dataclass(frozen=True)
class Problem:
    """What is wrong with one setting and what to do, in both languages."""

    name: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.name}: {self.zh} / {self.en}"


class WrongSetting(Exception):
    """The settings are wrong or unsafe; `problems` says each in one sentence. Exit code 2."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def _setting(
    default: Any,
    zh: str,
    en: str,
    *,
    check: Callable[[Any], None] | None = None,
    secret: bool = False,
) -> Any:
    return dataclasses.field(
        default=default, metadata={"zh": zh, "en": en, "check": check, "secret": secret}
    )


@dataclass(frozen=True)
class Settings:
    """Every setting there is; the variable of `database_url` is HELPDESK_DATABASE_URL."""

    database_url: str = _setting(
        "sqlite:///./var/helpdesk.sqlite3",
        "数据库地址；SQLite 文件路径相对于启动目录",
        "address of the database; an SQLite path is relative to the directory of the start",
        check=like(
            r"sqlite:///[^?#]+|postgresql\+psycopg://[^/?#\s]*/[^/?#\s]+(\?\S*)?",
            "请写成 sqlite:///文件路径 或 postgresql+psycopg://用户:口令@主机/库名",
            "write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE",
        ),
        secret=True,
    )
    database_pool: int = _setting(
        10, "每个进程的数据库连接数", "PostgreSQL connections per process", check=between(1, 200)
    )
    secret_key: str = _setting(
        DEMO_SECRET,
        "签名密钥，至少 32 个字符；非演示环境必须设置，所有进程相同",
        "signing key, at least 32 characters; required outside the demonstration, same everywhere",
        secret=True,
    )
    demo: bool = _setting(
        False,
        "演示环境：允许默认密钥，显示演示账号",
        "demonstration: allows the default key and shows the demonstration accounts",
    )
    demo_password: str = _setting(
        DEMO_PASSWORD,
        "演示账号共用的密码，由 helpdesk demo load 设置；非演示环境必须另设",
        "password of all demonstration accounts; outside the demonstration choose another",
        secret=True,
    )
    base_url: str = _setting(
        "http://127.0.0.1:8000",
        "用户访问的地址，用于邮件中的链接；https 时 Cookie 只走加密连接",
        "address the users open, for links in mail; with https cookies travel encrypted only",
        check=like(
            r"https?://[^/?#@\s]+(/[^?#\s]*)?",
            "请写成 http://主机 或 https://主机，不带参数",
            "write http://HOST or https://HOST without a query",
        ),
    )
    bind: str = _setting(
        "127.0.0.1:8000",
        "监听的地址和端口",
        "address and port to listen on",
        check=like(
            r"(\[[0-9A-Fa-f:]+\]|[\w.-]+):[1-9]\d{0,4}",
            "请写成 地址:端口，例如 127.0.0.1:8000",
            "write ADDRESS:PORT, for example 127.0.0.1:8000",
        ),
    )
    workers: int = _setting(2, "网页服务进程数", "web processes", check=between(1, 64))
    threads: int = _setting(
        8, "每个网页进程的线程数", "threads of each web process", check=between(1, 128)
    )
    trusted_proxies: int = _setting(
        0,
        "前置反向代理的层数；0 表示不相信 X-Forwarded-* 头",
        "reverse proxies in front; 0 means X-Forwarded-* headers are not believed",
        check=between(0, 5),
    )
    files_dir: Path = _setting(
        Path("./var/files"), "附件目录，不得放在网页目录内", "attachments, never below a web root"
    )
    upload_file_mb: int = _setting(
        10, "单个附件的上限（MB）", "largest single attachment in MB", check=between(1, 100)
    )
    upload_image_mb: int = _setting(
        5, "单张图片的上限（MB）", "largest single picture in MB", check=between(1, 100)
    )
    upload_request_mb: int = _setting(
        40, "一次提交的上限（MB）", "largest single request in MB", check=between(1, 500)
    )
    session_idle_minutes: int = _setting(
        60,
        "多少分钟不操作后退出登录",
        "minutes without activity until sign-out",
        check=between(5, 1440),
    )
    session_absolute_hours: int = _setting(
        12,
        "登录后最长多少小时必须重新登录",
        "hours after which one signs in again",
        check=between(1, 168),
    )
    mail_server: str = _setting(
        "", "SMTP 服务器；留空则邮件保留在发件箱", "SMTP server; empty keeps mail in the outbox"
    )
    mail_port: int = _setting(25, "SMTP 端口", "port of the SMTP server", check=between(1, 65535))
    mail_username: str = _setting("", "SMTP 用户名", "user name at the SMTP server")
    mail_password: str = _setting("", "SMTP 口令", "password at the SMTP server", secret=True)
    mail_tls: bool = _setting(False, "连接后启用 STARTTLS", "use STARTTLS after connecting")
    mail_ssl: bool = _setting(False, "直接使用 TLS 连接", "connect with TLS from the start")
    mail_ca_file: str = _setting(
        "",
        "邮件服务器证书签发者的 PEM 文件；留空用系统自带的",
        "PEM file with the issuer of the mail server's certificate; empty uses the system's",
    )
    mail_timeout: int = _setting(
        20, "SMTP 超时（秒）", "seconds to wait for the SMTP server", check=between(1, 300)
    )
    mail_sender: str = _setting(
        "",
        "发件人地址",
        "address of the sender",
        check=like(
            r"([^@\s]+@[^@\s]+)?",
            "请写成 name@host 形式的邮箱地址",
            "write an address like name@host",
        ),
    )
    support_contact: str = _setting(
        "",
        "本系统运维联系方式，显示在登录页和出错页",
        "contact of the operators of this system, shown at sign-in and on error pages",
    )
    font: str = _setting(
        "",
        "证书所用的中文字体文件；留空则到系统常见位置查找",
        "font file with Chinese characters for certificates; empty looks in the usual places",
        check=checks.font,
    )
    log_level: str = _setting(
        "INFO",
        "日志级别",
        "level of the log",
        check=like(
            "DEBUG|INFO|WARNING|ERROR",
            "只能是 DEBUG、INFO、WARNING 或 ERROR",
            "must be DEBUG, INFO, WARNING or ERROR",
        ),
    )

    @property
    def sqlite_path(self) -> Path | None:
        """Absolute path of the SQLite file, None on PostgreSQL."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///")).absolute()

    @property
    def secure_cookies(self) -> bool:
        """Do cookies travel over TLS only?"""
        return self.base_url.startswith("https://")

    def make_folders(self) -> None:
        """Create the directory of the SQLite file and of the attachments."""
        if self.sqlite_path is not None:
            self.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        self.files_dir.absolute().mkdir(parents=True, exist_ok=True)

    def flask(self) -> dict[str, object]:
        """Ours without the prefix, and the names that Flask and its extensions read."""
        lifetime = self.session_absolute_hours * 3600
        path = self.sqlite_path
        pool = {} if path else {"pool_size": self.database_pool, "pool_pre_ping": True}
        own = {f.name.upper(): getattr(self, f.name) for f in dataclasses.fields(self)}
        return {
            **own,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}" if path else self.database_url,
            # An error must not write into the log what somebody typed into a form.
            "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, **pool},
            "FILES_DIR": self.files_dir.absolute(),
            "MAX_CONTENT_LENGTH": self.upload_request_mb * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": lifetime,
            "SESSION_COOKIE_NAME": "helpdesk",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "PERMANENT_SESSION_LIFETIME": lifetime,
            # Nobody is remembered past the session: the library's cookie would live 365 days.
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": self.secure_cookies,
            "REMEMBER_COOKIE_DURATION": lifetime,
            "MAIL_USERNAME": self.mail_username or None,
            "MAIL_PASSWORD": self.mail_password or None,
            "MAIL_USE_TLS": self.mail_tls,
            "MAIL_USE_SSL": self.mail_ssl,
            "MAIL_DEFAULT_SENDER": self.mail_sender or None,
            "BOOTSTRAP_SERVE_LOCAL": True,
            "BABEL_DEFAULT_LOCALE": "zh",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        }


@dataclass(frozen=True)
class Described:
    """One line of `helpdesk config`: value and default as text, secrets already hidden."""

    name: str
    value: str
    default: str
    zh: str
    en: str


def load(environ: Mapping[str, str], *, serving: bool = True) -> Settings:
    """Read and check the HELPDESK_* variables of `environ`.

    `serving`: the process answers requests or sends messages, so an unsafe secret is refused too;
    a command that only looks something up runs without one. Raises WrongSetting with every problem.
    """
    given = {name: environ[name] for name in environ if name.startswith(PREFIX)}
    problems = list(_unknown_names(given))
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        name = variable(field.name)
        if name in given:
            try:
                values[field.name] = _parsed(field, given[name].strip())
            except checks.Wrong as wrong:
                zh, en = wrong.args
                problems.append(Problem(name, f"{zh}。", f"{en}."))
    settings = Settings(**values)
    problems += _contradictions(settings)
    problems += unsafe(settings) if serving else ()
    if problems:
        raise WrongSetting(tuple(problems))
    return settings if serving or settings.demo else _with_own_secret(settings)


def variable(field_name: str) -> str:
    """`database_url` -> `HELPDESK_DATABASE_URL`."""
    return PREFIX + field_name.upper()


def unsafe(settings: Settings) -> tuple[Problem, ...]:
    """What must not serve real people: the default or a short secret outside the demonstration."""
    secret = settings.secret_key
    if settings.demo or (secret != DEMO_SECRET and len(secret) >= SHORTEST_SECRET):
        return ()
    return (
        Problem(
            variable("secret_key"),
            "非演示环境必须设置至少 32 个字符的随机密钥；只是试用请设 HELPDESK_DEMO=1。",
            "set a random key of at least 32 characters, or HELPDESK_DEMO=1 to try the product.",
        ),
    )


def describe(settings: Settings) -> tuple[Described, ...]:
    """All settings in the order of the class, for people; secret values are not in it."""
    return tuple(
        Described(
            name=variable(field.name),
            value=_shown(field, getattr(settings, field.name)),
            default=_shown(field, field.default),
            zh=field.metadata["zh"],
            en=field.metadata["en"],
        )
        for field in dataclasses.fields(Settings)
    )


def _unknown_names(given: Mapping[str, str]) -> tuple[Problem, ...]:
    known = {variable(field.name) for field in dataclasses.fields(Settings)}
    return tuple(
        Problem(
            name,
            "没有这个设置，请核对拼写；全部设置见 helpdesk config。",
            "there is no such setting; check the spelling against `helpdesk config`.",
        )
        for name in sorted(set(given) - known)
    )


def _parsed(field: dataclasses.Field[Any], text: str) -> Any:
    value: Any = text
    if isinstance(field.default, bool):
        value = checks.boolean(text)
    elif isinstance(field.default, int):
        value = checks.whole_number(text)
    elif isinstance(field.default, Path):
        value = Path(text).absolute()
    check = field.metadata["check"]
    if check is not None:
        check(value)
    return value


def _contradictions(settings: Settings) -> tuple[Problem, ...]:
    found = []
    if settings.mail_tls and settings.mail_ssl:
        zh, en = "不能与 HELPDESK_MAIL_TLS 同时启用。", "excludes HELPDESK_MAIL_TLS: choose one."
        found.append(Problem(variable("mail_ssl"), zh, en))
    if settings.mail_server and not settings.mail_sender:
        zh, en = "设置了邮件服务器就必须填写。", "required when HELPDESK_MAIL_SERVER is set."
        found.append(Problem(variable("mail_sender"), zh, en))
    return tuple(found)


def _with_own_secret(settings: Settings) -> Settings:
    # A command signs nothing that another process reads; the known default never signs anything.
    if settings.secret_key != DEMO_SECRET:
        return settings
    return dataclasses.replace(settings, secret_key=secrets.token_hex(SHORTEST_SECRET))


def _shown(field: dataclasses.Field[Any], value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    text = str(value)
    if not field.metadata["secret"] or not text:
        return text
    if "://" in text:
        return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", text)
    return "***"
