"""Each setting that is not for production is refused with a sentence of its own that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.records.production_settings import faults
from casework.settings import Settings

GOOD = {
    "profile": "production", "secret_key": "V8s-Qm2xLr7TzKp0WdYc5NfHb3JgUa9E", "trusted_hosts": "casework.example.org", "scanner": "none",
    "base_url": "https://casework.example.org", "smtp_host": "mail.example.org", "smtp_security": "starttls",
    "database_url": "postgresql://casework_web:x@db.example.org/casework?sslmode=verify-full", "webhook_inside": "hooks.example.lan:443",
}  # fmt: skip
WEAK = [
    "", "short", "a" * 40, "0123456789abcdefghijklmnopqrstuvwxyz", "abc" * 20, "changeme" * 5, "ChangeMe-9fK2xLr7TzKp0WdYc5NfHb3JgUa9E",
    "change-this-key-before-you-go-to-production", "my-secret-key-for-this-installation-2026", "django-insecure-9fK2xLr7TzKp0WdYc5NfHb3",
    "this is a long sentence that anybody may guess", "12345678901234567890123456789012", "aaaaaaaabbbbbbbbccccccccdddddddd",
    "passwordpasswordpasswordpassword", "deadbeefdeadbeefdeadbeefdeadbeef", "Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9",
]  # fmt: skip
WRONG = [
    *[({"secret_key": key}, "CASEWORK_SECRET_KEY ") for key in WEAK],
    ({"secret_key": None}, "CASEWORK_SECRET_KEY must be set"),
    ({"owner_database_url": "postgresql://owner@db/casework"}, "CASEWORK_OWNER_DATABASE_URL is for `init`"),
    ({"trusted_hosts": ""}, "CASEWORK_TRUSTED_HOSTS must name the hosts"),
    ({"trusted_hosts": "*"}, "CASEWORK_TRUSTED_HOSTS names *, which is no host"),
    ({"trusted_hosts": "casework.example.org, *.example.org"}, "CASEWORK_TRUSTED_HOSTS names *.example.org, which is no host"),
    ({"trusted_hosts": "."}, "CASEWORK_TRUSTED_HOSTS names ., which is no host"),
    ({"base_url": "http://casework.example.org"}, "CASEWORK_BASE_URL must begin with https://"),
    ({"smtp_security": "none"}, "CASEWORK_SMTP_SECURITY is none, and mail.example.org is another machine"),
    ({"smtp_security": "none", "smtp_host": "10.0.0.4"}, "CASEWORK_SMTP_SECURITY is none, and 10.0.0.4 is another machine"),
    ({"database_url": "postgresql://casework_web:x@db.example.org/casework"},
        "DATABASE_URL leads to another machine without sslmode=verify-full"),
    ({"database_url": "postgresql://casework_web:x@10.1.1.1/casework?sslmode=require"}, "DATABASE_URL leads to another machine"),
    ({"database_url": "postgresql://casework_web:x@/casework?host=one&host=two&sslmode=prefer&target_session_attrs=primary"},
        "DATABASE_URL leads to another machine"),
    ({"database_url": "postgresql://casework_web@/casework?host=127.0.0.1:5432&host=127.0.0.1:5433"},
        "DATABASE_URL names several machines without target_session_attrs=read-write"),
    ({"database_url": "postgresql://casework_web@/casework?host=[2001:db8::1]:5432&host=127.0.0.1:1&target_session_attrs=read-write"},
        "DATABASE_URL leads to another machine"),
    ({"scanner": None}, "CASEWORK_SCANNER names no scanner"),
    ({"scanner": "tcp://clam.example.org:3310"}, "CASEWORK_SCANNER is another machine"),
    ({"webhook_inside": "127.0.0.1:8443"}, "CASEWORK_WEBHOOK_INSIDE names 127.0.0.1:8443, which is this machine"),
    ({"webhook_inside": "hooks.example.lan:443, localhost:5432"}, "CASEWORK_WEBHOOK_INSIDE names localhost:5432"),
    ({"webhook_inside": "169.254.169.254:80"}, "CASEWORK_WEBHOOK_INSIDE names 169.254.169.254:80"),
    ({"webhook_inside": "metadata.google.internal:80"}, "CASEWORK_WEBHOOK_INSIDE names metadata.google.internal:80"),
    ({"webhook_inside": "[::1]:443"}, "CASEWORK_WEBHOOK_INSIDE names [::1]:443"),
]  # fmt: skip


def made(tmp_path: Path, **given: object) -> Settings:
    return Settings.model_validate({"var": tmp_path, **GOOD, **given})


def test_good_settings_have_no_fault(tmp_path: Path) -> None:
    assert faults(made(tmp_path), {}) == []


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_each_is_refused_with_its_own_sentence(tmp_path: Path, wrong: dict[str, str], words: str) -> None:
    (told,) = faults(made(tmp_path, **wrong), {})
    assert told.startswith(words)
    assert told.endswith(".")


@pytest.mark.parametrize(
    "fine",
    [
        {"smtp_security": "none", "smtp_host": "127.0.0.1"},
        {"smtp_security": "none", "smtp_host": "localhost"},
        {"smtp_host": None},
        {"database_url": "postgresql://casework_web@/casework?host=%2Frun%2Fpostgresql"},
        {"database_url": None},
        {
            "database_url": "postgresql://casework_web@/casework?host=127.0.0.1:5432&host=[::1]:5433&target_session_attrs=read-write"
        },
        {"database_url": "postgresql://casework_web@localhost/casework"},
        {"scanner": "tcp://127.0.0.1:3310"},
        {"scanner": "unix:///run/clamav/clamd.ctl"},
        {"trusted_hosts": ".example.org, casework.example.org:8443"},
        {"webhook_inside": ""},
    ],
)
def test_what_stays_on_this_machine_needs_no_encryption(tmp_path: Path, fine: dict[str, str]) -> None:
    assert faults(made(tmp_path, **fine), {}) == []


def test_a_store_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    (told,) = faults(made(tmp_path), {"AWS_ENDPOINT": "http://store.example.org:9000"})
    assert told == "AWS_ENDPOINT is not encrypted: let it begin with https://."
    assert faults(made(tmp_path), {"AWS_ENDPOINT": "http://127.0.0.1:9000"}) == []
