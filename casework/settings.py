"""The settings of one installation, read from the environment."""

from __future__ import annotations

import os
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from casework.errors import InvalidSettings

#: What may stand before and after "@" where answers come to; 49 more characters stand before it then, of 64 in all.
_LOCAL, _DOMAIN = re.compile(r"[a-z0-9._-]{1,15}"), re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
#: An address of a bucket, and what comes before the names of the files in it.
BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._/-]*))?")
Profile = Literal["demo", "production", "test"]


class Settings(BaseSettings):
    """One installation. Every field is read from CASEWORK_<NAME>, or from the file that CASEWORK_<NAME>_FILE
    names; the database's address also from DATABASE_URL and DATABASE_URL_FILE."""

    model_config = SettingsConfigDict(
        env_prefix="CASEWORK_", env_ignore_empty=True, extra="forbid", frozen=True, populate_by_name=True
    )

    var: Path = Field(Path("var"), description="The folder for everything that a run keeps.")
    profile: Profile = Field("demo", description="demo, production (serve and worker) or test.")
    database_url: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "CASEWORK_DATABASE_URL"),
        description="The application's address of a PostgreSQL database; the embedded server when empty.",
    )
    owner_database_url: str | None = Field(
        None,
        description="The address of the same database for the owner of its tables: for `init` and `db upgrade` alone. Where it is empty,"
        " those log in as the application, which production refuses.",
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs cookies and seals secrets in the database; a demo makes its own under var."
    )
    secret_key_fallbacks: SecretStr | None = Field(
        None, description="Secret keys from before, with commas: they still open what they signed and sealed."
    )
    base_url: str | None = Field(
        None,
        description="What browsers call this installation, such as https://casework.example.org: in letters, and for passkeys.",
    )
    trusted_hosts: str = Field(
        "",
        description="Host names that this installation answers to, with commas; a demo answers to this machine's own when empty.",
    )
    proxy_hops: int = Field(
        0,
        ge=0,
        le=8,
        description="How many proxies of one's own stand in front, each of which adds to X-Forwarded-For.",
    )
    open_docs: bool = Field(False, description="Whether strangers may read the API's documentation in production.")

    smtp_host: str | None = Field(None, description="The mail server; without one nothing is mailed.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port: 587 for starttls, usually 465 for tls.")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the way there is guarded.")
    smtp_user: str | None = Field(None, description="Whom to sign in as; nobody when empty.")
    smtp_password: SecretStr | None = Field(None, description="What to sign in with.")
    smtp_sender: str = Field("Casework <casework@localhost>", description="Whom mails are from.")
    smtp_timeout_s: float = Field(10.0, gt=0, le=60, description="How long to wait for the mail server.")
    smtp_retry_s: float = Field(15.0, gt=0, description="The first pause before a mail is tried again; it doubles.")

    reply_address: str | None = Field(
        None,
        description="An address such as reply@office.example: mails about a thread may be answered, at reply+TOKEN@office.example, and your"
        " mail server hands what comes there to `casework mail-in`. Without one nothing of it exists.",
    )
    reply_proved_by: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9.-]{1,255}$",
        description="The name with which your mail server writes Authentication-Results. Then only answers are taken of which it says"
        " dmarc=pass, and it must remove such headers of others in its name.",
    )

    documents_url: str | None = Field(
        None,
        description="Where the files of documents lie: file:///folder or s3://bucket/prefix, with AWS_* of the environment;"
        " a folder under var when empty.",
    )
    scanner: str | None = Field(
        None,
        pattern=r"^(none|tcp://[^/:]+:\d+|unix:///.+)$",
        description="A clamd that looks at what is uploaded: tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl. Production needs one, or"
        " the word none.",
    )
    log_folder: Path | None = Field(
        None,
        description="Where the worker keeps the key that signs checkpoints of the log, and beside it what strangers check them with and"
        " the last one that was signed; a folder under var when empty.",
    )
    archive_folder: Path | None = Field(
        None,
        description="Where the worker puts the sealed files of cases that go into the archive; a folder under var when empty."
        " A backup has them too.",
    )
    backup_folder: str | None = Field(
        None,
        description="Where the worker puts a backup every day, and proves it: a folder on another disk, better another machine's, or"
        " s3://bucket/prefix; without one nobody makes any. Whoever serves the pages may name it too, to tell on the page Jobs how old the"
        " last good one is.",
    )
    backup_s3_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.-]+(:\d+)?$",
        description="The S3 server that has the bucket of backups, such as https://s3.office.example; Amazon's when empty. Where it begins"
        " with the bucket's name (https://bucket.host), the server is called by that.",
    )
    backup_s3_region: str = Field(
        "us-east-1", pattern=r"^[a-z0-9-]{2,40}$", description="The region in which the bucket lies."
    )
    backup_s3_access_key_id: str | None = Field(
        None, description="The access key by which backups are written there, and read."
    )
    backup_s3_secret_access_key: SecretStr | None = Field(None, description="The secret of the access key.")
    backup_key: SecretStr | None = Field(
        None,
        description="A passphrase of 20 characters or more by which backups are encrypted; plain where it is empty. Keep it apart.",
    )
    backup_database_url: str | None = Field(
        None,
        description="The address of the database for whoever backs it up, with BYPASSRLS and pg_read_all_data; for a server of one's own.",
    )
    backup_log_seconds: int = Field(
        30,
        ge=0,
        le=300,
        description="Of the embedded server the worker archives what was done this often, beside the backups in the folder: a restore"
        " then goes to any moment, and no more than so much is lost. With 0, and on a server of one's own, each backup is a dump and"
        " stands alone.",
    )
    backup_log_late_minutes: int = Field(
        5, ge=1, le=1440, description="What was done is told as not archived when so much of it is missing there."
    )
    backup_hours: int = Field(24, ge=1, le=168, description="The worker makes a backup when the last one is so old.")
    backup_keep_days: int = Field(14, ge=1, le=3650, description="Of so many days the last good backup is kept.")
    backup_keep_weeks: int = Field(8, ge=0, le=520, description="And of so many weeks.")
    metrics_token: SecretStr | None = Field(
        None, description="What Prometheus sends to `casework metrics`; needed where that answers other machines."
    )
    oidc_issuer: str | None = Field(
        None,
        description="The OpenID Connect provider that people may sign in with, beside local accounts: its issuer, such as"
        " https://id.example.org/realms/office. Without one nothing of it is shown. It needs CASEWORK_BASE_URL.",
    )
    oidc_client_id: str | None = Field(None, description="As what this installation is registered at that provider.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret of that registration.")
    oidc_name: str | None = Field(
        None, max_length=60, description="What people call that provider, for buttons; its host when empty."
    )
    oidc_groups_claim: str | None = Field(
        None,
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="In which claim of its ID token that provider states the groups of people, such as groups: they give roles by"
        " CASEWORK_OIDC_GROUPS_FILE. When empty, groups give none.",
    )
    oidc_groups_file: Path | None = Field(
        None, description="A file that says which group at that provider gives which role where; needed with the claim."
    )
    oidc_groups_missing: Literal["keep", "none"] = Field(
        "keep",
        description="What follows for somebody of whom that claim is missing: with keep nothing; with none they are in no group, and"
        " roles that came of groups end.",
    )
    people_file: Path | None = Field(
        None,
        description="A file of who joins, moves and leaves, which the worker looks at when it has changed, and four times a day; none when"
        " empty. `casework people import` brings one in by hand.",
    )
    oidc_strong: str = Field(
        "",
        description="Values of `amr` or `acr`, with commas, by which that provider says that it asked for a second factor: then none is"
        " asked for here. When empty, its word never counts as one.",
    )
    webhook_hosts: str = Field(
        "",
        description="Hosts that webhooks may go to, with commas: hooks.example.org, .example.org for all below it, * for every public one."
        " Where it is empty, production sends none, and a demo to any.",
    )
    webhook_inside: str = Field(
        "",
        description="Receivers of webhooks within one's own network, as host:port, with commas; all others must be public.",
    )

    pool_size: int = Field(5, ge=1, le=200, description="Database connections of one process.")
    pool_overflow: int = Field(10, ge=0, le=200, description="Connections beyond the pool, under load.")
    pool_timeout_s: float = Field(10.0, gt=0, description="How long a request waits for a connection.")
    connect_timeout_s: int = Field(5, ge=1, description="How long to wait for the database to answer at all.")
    synchronous_standbys: int = Field(
        0,
        ge=0,
        le=8,
        description="On how many standbys of a PostgreSQL of one's own must be what is acknowledged: production does not start where the"
        " server waits for fewer, and what it recorded without them is told as unknown. With 0 nobody asks.",
    )
    statement_timeout_ms: int = Field(5_000, ge=0)
    lock_timeout_ms: int = Field(2_000, ge=0)
    idle_timeout_ms: int = Field(10_000, ge=0, description="The longest pause inside a transaction.")

    keep_financing_years: int = Field(
        10,
        ge=0,
        le=100,
        description="Years for which financing records are kept after their case, before a person is erased from them.",
    )

    confirm_minutes: int = Field(
        10,
        ge=1,
        le=720,
        description="Sensitive actions ask who one is, when the last proof is older than so many minutes.",
    )

    clock_offset: int = Field(0, description="Seconds added to the database's clock, for simulation.")

    @property
    def store_url(self) -> str:
        """Where files lie."""
        return self.documents_url or f"file://{self.var}/documents"

    @property
    def log_dir(self) -> Path:
        """Where the key of the log lies."""
        return self.log_folder or self.var / "log"

    @property
    def archive_dir(self) -> Path:
        """Where the sealed files of the archive lie."""
        return self.archive_folder or self.var / "archive"

    @property
    def counts_dir(self) -> Path:
        """Where the processes of this machine write what they have counted."""
        return self.var / "metrics"

    @property
    def scanner_address(self) -> str | None:
        """Where the scanner is, if there is one."""
        return None if self.scanner == "none" else self.scanner

    @property
    def oidc_strong_words(self) -> frozenset[str]:
        """By which words of the provider its sign-in counts as one with a second factor."""
        return frozenset(word.strip() for word in self.oidc_strong.split(",") if word.strip())

    @property
    def receivers(self) -> frozenset[str]:
        """The hosts that webhooks may go to, as `operations.integrations.ssrf_guard` reads them."""
        named = frozenset(host.strip().lower() for host in self.webhook_hosts.split(",") if host.strip())
        return named if named or self.profile == "production" else frozenset({"*"})

    @field_validator("var", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return Path(os.path.abspath(value.expanduser()))

    @model_validator(mode="after")
    def _production_keeps_real_time(self) -> Self:
        if self.profile == "production" and self.clock_offset:
            raise ValueError("CASEWORK_CLOCK_OFFSET must be 0 in production: its history shows real times only.")
        return self

    @model_validator(mode="after")
    def _groups_are_whole(self) -> Self:
        if (self.oidc_groups_claim is None) != (self.oidc_groups_file is None):
            raise ValueError("CASEWORK_OIDC_GROUPS_CLAIM and CASEWORK_OIDC_GROUPS_FILE are needed together.")
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        if not self.oidc_issuer:
            return self
        for name, value in (
            ("OIDC_CLIENT_ID", self.oidc_client_id),
            ("OIDC_CLIENT_SECRET", self.oidc_client_secret),
            ("BASE_URL", self.base_url),
        ):
            if not value:
                raise ValueError(f"CASEWORK_{name} is needed with CASEWORK_OIDC_ISSUER.")
        parts = urlsplit(self.oidc_issuer)
        if (
            parts.scheme not in ("https", "http")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or "@" in parts.netloc
        ):
            raise ValueError("CASEWORK_OIDC_ISSUER must be an address such as https://id.example.org.")
        if self.profile == "production" and parts.scheme != "https":
            raise ValueError("CASEWORK_OIDC_ISSUER must begin with https:// in production.")
        return self

    @field_validator("backup_folder", mode="before")
    @classmethod
    def _is_folder_or_bucket(cls, value: object) -> object:
        if str(value).startswith("s3:") and not BUCKET.fullmatch(str(value)):
            raise ValueError("CASEWORK_BACKUP_FOLDER must be a folder, or a bucket such as s3://bucket/prefix.")
        return str(value) if isinstance(value, Path) else value

    @model_validator(mode="after")
    def _mails_can_be_opened(self) -> Self:
        if self.smtp_host and not self.base_url:
            raise ValueError("CASEWORK_BASE_URL is needed with CASEWORK_SMTP_HOST: the links in mails begin with it.")
        if self.smtp_host and not parseaddr(self.smtp_sender)[1].rpartition("@")[2]:
            raise ValueError("CASEWORK_SMTP_SENDER must be an address.")
        return self

    @model_validator(mode="after")
    def _answers_can_come(self) -> Self:
        if self.reply_address is None:
            return self
        local, _, domain = self.reply_address.partition("@")
        if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
            raise ValueError(
                "CASEWORK_REPLY_ADDRESS must be an address such as reply@office.example, with at most 15 letters and digits before @."
            )
        if not self.smtp_host:
            raise ValueError("CASEWORK_SMTP_HOST is needed with CASEWORK_REPLY_ADDRESS: there is no mail to answer.")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, _NamedFiles(settings_cls))


class _NamedFiles(EnvSettingsSource):
    """Values from files that the environment names: CASEWORK_SECRET_KEY_FILE=/run/secrets/key."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        for key, env_name, is_complex in self._extract_field_info(field, field_name):
            path = os.environ.get(f"{env_name.upper()}_FILE")
            if path:
                return Path(path).read_text(encoding="utf-8").strip(), key, is_complex
        return None, field_name, False


def load_settings(default_profile: Profile = "demo") -> Settings:
    """The settings as the environment has them; `serve` and `worker` pass "production" as their default.
    Raises InvalidSettings, in one line."""
    profile = os.environ.get("CASEWORK_PROFILE") or default_profile
    try:
        return Settings(profile=profile)  # Checked by the model itself.
    except ValidationError as fault:
        faults = "; ".join(f"{_variable(error['loc'])}: {error['msg']}" for error in fault.errors())
        raise InvalidSettings(faults) from fault
    except SettingsError as fault:
        raise InvalidSettings(f"{fault.__cause__ or fault}") from fault


def _variable(place: tuple[int | str, ...]) -> str:
    """The environment variable that a fault speaks of; the reader knows no other name."""
    name = ".".join(str(part) for part in place)
    return f"CASEWORK_{name.upper()}" if name in Settings.model_fields else name or "settings"
