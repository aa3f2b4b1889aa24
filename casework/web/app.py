"""The application that a WSGI server runs: pages, the API, and what every answer carries."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from importlib.resources import files

from flask import Flask, Response, g, request
from flask.helpers import get_debug_flag
from flask_wtf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from casework.api import create_blueprint, large_routes
from casework.errors import InvalidSettings
from casework.operations.core.encryption import SecretBox
from casework.operations.integrations.ssrf_guard import inside_of
from casework.operations.oversight.job_health import age_of_backup
from casework.records.blob_store import Store
from casework.records.database import connect_engine
from casework.records.key_ring import earlier_keys, secret_key
from casework.records.log_keys import public_keys
from casework.settings import Settings
from casework.web.audit import attestation_pages, export_pages, file_check_pages, log_pages, sample_pages, witness_pages
from casework.web.audit import pages as audit_pages
from casework.web.auth import pages as auth_pages
from casework.web.auth import passkey_pages, password_pages, provider_pages, step_up_pages, token_pages
from casework.web.cases import bulk_case_pages, contract_value_pages, correction_pages
from casework.web.cases import pages as case_pages
from casework.web.catalogue import (
    assessment_need_pages,
    assessment_pages,
    assessment_row_pages,
    burden_pages,
    evidence_pages,
    figure_record_pages,
    file_import_pages,
    match_pages,
    merging_pages,
    need_link_pages,
    need_renewal_link_pages,
    need_renewal_pages,
    organisation_row_pages,
    organisation_use_pages,
    past_project_pages,
    proposal_pages,
    record_merging_pages,
    record_pages,
    record_use_pages,
    right_merging_pages,
    right_use_pages,
    screening_pages,
    source_pages,
    statement_pages,
    table_pages,
    twin_pages,
)
from casework.web.catalogue import organisation_pages as party_pages
from casework.web.catalogue import pages as catalogue_pages
from casework.web.deadlines import calendar_pages
from casework.web.deadlines import pages as deadline_pages
from casework.web.documents import pages as documents_pages
from casework.web.documents import place, preview_pages
from casework.web.editions import pages as editions_pages
from casework.web.history import certificate_pages, field_pages, printed_pages
from casework.web.history import pages as history_pages
from casework.web.home import pages as home_pages
from casework.web.home import tour
from casework.web.integrations import incoming_messages, incoming_pages, service_account_pages, webhook_pages
from casework.web.letters import pages as letters_pages
from casework.web.links import answer_pages
from casework.web.links import pages as links_pages
from casework.web.matching import (
    compare_pages,
    desk_pages,
    interest_link_pages,
    interest_pages,
    match_decision_pages,
    public_json,
    public_pages,
    weights_pages,
)
from casework.web.matching import decision_pages as desk_decision_pages
from casework.web.mediations import emergency_access_pages, unsealing_pages
from casework.web.mediations import pages as mediations_pages
from casework.web.messages import pages as messages_pages
from casework.web.notifications import follow_pages, mail_pages, mail_stop_pages, news_pages
from casework.web.notifications import pages as notification_pages
from casework.web.oversight import (
    event_file_pages,
    figure_mail_pages,
    figure_pages,
    follow_up_pages,
    job_pages,
    night_pages,
    outside_pages,
    process_pages,
    provider_figure_pages,
    report_files,
    report_pages,
    report_word_pages,
)
from casework.web.people import (
    absence_pages,
    batch_pages,
    invitation_acceptance_pages,
    invitation_pages,
    offboarding_pages,
    organisation_pages,
    programme_edition_pages,
    programme_list_pages,
    programme_provider_pages,
    programme_settings_pages,
    public_catalogue_pages,
    recovery_pages,
    retention_pages,
    role_request_pages,
    routing_pages,
)
from casework.web.people import pages as people_pages
from casework.web.privacy import hold_pages, kept_case_pages, removal_pages
from casework.web.privacy import pages as privacy_pages
from casework.web.referrals import acknowledgement_pages, directory_pages, guide_pages, sheet_pages, task_pages
from casework.web.referrals import pages as referrals_pages
from casework.web.results import figure_pages as result_figure_pages
from casework.web.results import result_pages, story_link_pages, story_pages
from casework.web.search import pages as search_pages
from casework.web.search import palette_pages
from casework.web.shell import (
    component_pages,
    errors,
    health,
    layout,
    limited_routes,
    proxy,
    refused_drafts,
    request_boundary,
    request_counts,
    request_origin,
    security_log,
    session,
    shortcut_pages,
    static_files,
)
from casework.web.shell.form_texts import CleanRequest
from casework.web.shell.rules import LateRule
from casework.web.tasks import (
    agenda_pages,
    allocation_pages,
    bulk_pages,
    decision_pages,
    list_columns,
    operation_pages,
    saved_view_pages,
    skill_pages,
    task_preview_pages,
)
from casework.web.tasks import pages as tasks_pages

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ONE_YEAR = "max-age=31536000; includeSubDomains"


class StoredInteger(IntegerConverter):
    """A number in an address that the database can hold; there is nothing under a larger one."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def create_app(settings: Settings) -> Flask:
    """The application for one installation. Connects to the database at the first request."""
    app = Flask(
        "casework",
        template_folder=str(files("casework.templates")),
        static_folder=str(files("casework.web").joinpath("static")),
        static_url_path="/static",
    )
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = StoredInteger
    app.request_class = CleanRequest
    _trust(app, settings)
    _configure(app, settings)
    app.extensions["casework"] = connect_engine(settings)
    request_counts.register(app)
    security_log.register(app)
    proxy.register(app, settings)
    app.after_request(partial(_secure, https=settings.profile == "production"))
    session.register(app)
    layout.register(app)
    static_files.register(app)
    errors.register(app)
    refused_drafts.register(app)
    # Before the token is looked for in a form: only some forms may be large.
    documents_pages.register(app, Store(settings.store_url))
    answer_pages.register(app)
    need_link_pages.register(app)
    need_renewal_link_pages.register(app)
    file_import_pages.register(app)
    file_check_pages.register(app)
    table_pages.register(app)
    # Before the token is looked at: a foreign page learns nothing from it.
    request_origin.register(app)
    request_boundary.register(app)
    csrf = CSRFProtect(app)
    # After it: what a forged form asks for is not carried on.
    step_up_pages.register(app)
    limited_routes.register(app)
    api = create_blueprint()
    # Programs send a token of their own with each request, and no cookie counts.
    csrf.exempt(api)
    # A mail program sends its secret, a provider's own system signs what it sends, and neither knows a form of ours.
    csrf.exempt(mail_stop_pages.blueprint)
    csrf.exempt(incoming_messages.blueprint)
    provider_pages.register(app, settings, csrf, CONTENT_SECURITY_POLICY)
    app.register_blueprint(api)
    app.extensions["casework.large"] |= large_routes(api.name)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    health.register(app)
    return app


#: The pages, one blueprint for each subject.
PAGES = (
    absence_pages.blueprint,
    invitation_acceptance_pages.blueprint,
    allocation_pages.blueprint,
    auth_pages.blueprint,
    people_pages.blueprint,
    organisation_pages.blueprint,
    programme_settings_pages.blueprint,
    public_catalogue_pages.blueprint,
    programme_list_pages.blueprint,
    programme_edition_pages.blueprint,
    programme_provider_pages.blueprint,
    agenda_pages.blueprint,
    audit_pages.blueprint,
    field_pages.blueprint,
    witness_pages.blueprint,
    attestation_pages.blueprint,
    sample_pages.blueprint,
    file_check_pages.blueprint,
    printed_pages.blueprint,
    export_pages.blueprint,
    bulk_pages.blueprint,
    bulk_case_pages.blueprint,
    calendar_pages.blueprint,
    case_pages.blueprint,
    component_pages.blueprint,
    step_up_pages.blueprint,
    acknowledgement_pages.blueprint,
    correction_pages.blueprint,
    decision_pages.blueprint,
    list_columns.blueprint,
    saved_view_pages.blueprint,
    place.blueprint,
    preview_pages.blueprint,
    guide_pages.blueprint,
    history_pages.blueprint,
    certificate_pages.blueprint,
    operation_pages.blueprint,
    home_pages.blueprint,
    tour.blueprint,
    invitation_pages.blueprint,
    privacy_pages.blueprint,
    hold_pages.blueprint,
    kept_case_pages.blueprint,
    removal_pages.blueprint,
    batch_pages.blueprint,
    offboarding_pages.blueprint,
    letters_pages.blueprint,
    links_pages.blueprint,
    answer_pages.blueprint,
    event_file_pages.blueprint,
    night_pages.blueprint,
    figure_pages.blueprint,
    figure_record_pages.blueprint,
    outside_pages.blueprint,
    provider_figure_pages.blueprint,
    process_pages.blueprint,
    report_pages.blueprint,
    report_files.blueprint,
    report_word_pages.blueprint,
    figure_mail_pages.blueprint,
    mail_stop_pages.blueprint,
    follow_up_pages.blueprint,
    job_pages.blueprint,
    mail_pages.blueprint,
    follow_pages.blueprint,
    news_pages.blueprint,
    editions_pages.blueprint,
    deadline_pages.blueprint,
    catalogue_pages.blueprint,
    contract_value_pages.blueprint,
    past_project_pages.blueprint,
    burden_pages.blueprint,
    record_pages.needs,
    record_pages.technologies,
    party_pages.blueprint,
    organisation_row_pages.blueprint,
    merging_pages.blueprint,
    organisation_use_pages.blueprint,
    record_merging_pages.needs,
    record_merging_pages.technologies,
    right_merging_pages.blueprint,
    right_use_pages.blueprint,
    match_pages.needs,
    match_pages.technologies,
    match_pages.changes,
    record_use_pages.needs,
    record_use_pages.technologies,
    need_link_pages.blueprint,
    need_renewal_link_pages.blueprint,
    need_renewal_pages.blueprint,
    interest_link_pages.blueprint,
    interest_pages.blueprint,
    statement_pages.blueprint,
    assessment_pages.blueprint,
    assessment_row_pages.blueprint,
    assessment_need_pages.blueprint,
    desk_pages.blueprint,
    desk_decision_pages.blueprint,
    match_decision_pages.blueprint,
    compare_pages.blueprint,
    weights_pages.blueprint,
    retention_pages.blueprint,
    routing_pages.blueprint,
    public_pages.blueprint,
    public_json.blueprint,
    log_pages.blueprint,
    result_pages.blueprint,
    result_figure_pages.blueprint,
    story_link_pages.blueprint,
    story_pages.blueprint,
    twin_pages.twin_list,
    twin_pages.needs,
    twin_pages.technologies,
    screening_pages.blueprint,
    file_import_pages.blueprint,
    source_pages.blueprint,
    proposal_pages.blueprint,
    table_pages.blueprint,
    evidence_pages.blueprint,
    mediations_pages.blueprint,
    messages_pages.blueprint,
    notification_pages.blueprint,
    unsealing_pages.blueprint,
    emergency_access_pages.blueprint,
    passkey_pages.blueprint,
    provider_pages.blueprint,
    password_pages.blueprint,
    directory_pages.blueprint,
    recovery_pages.blueprint,
    referrals_pages.blueprint,
    sheet_pages.blueprint,
    task_pages.blueprint,
    role_request_pages.blueprint,
    search_pages.blueprint,
    palette_pages.blueprint,
    shortcut_pages.blueprint,
    service_account_pages.blueprint,
    skill_pages.blueprint,
    tasks_pages.blueprint,
    task_preview_pages.blueprint,
    token_pages.blueprint,
    webhook_pages.blueprint,
    incoming_pages.blueprint,
    incoming_messages.blueprint,
)


def _configure(app: Flask, settings: Settings) -> None:
    https = settings.profile == "production"
    key, earlier = secret_key(settings), earlier_keys(settings)
    app.extensions["casework.secret_box"] = SecretBox([key, *earlier])
    # Read when it is asked for: another key may have followed.
    app.extensions["casework.log_keys"] = partial(public_keys, settings)
    app.extensions["casework.backups"] = partial(age_of_backup, settings)
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=earlier,
        MAX_CONTENT_LENGTH=1_000_000,
        # As much of it may be in fields: the table of a programme's list is one field.
        MAX_FORM_MEMORY_SIZE=1_000_000,
        MAX_FORM_PARTS=1_000,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        # Holds the token of forms and what the next page says, nothing else; who one is stands on the server.
        SESSION_COOKIE_NAME="__Host-page" if https else "page",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A form may stay open for as long as its session lasts.
        WTF_CSRF_TIME_LIMIT=None,
        PROFILE=settings.profile,
        OPEN_DOCS=settings.open_docs or not https,
        INSIST_ON_SECOND_FACTOR=https,
        BASE_URL=settings.base_url,
        WEBHOOK_INSIDE=inside_of(settings.webhook_inside),
        WEBHOOK_HOSTS=settings.receivers,
        KEEP_FINANCING_YEARS=settings.keep_financing_years,
        CONFIRM_WITHIN=timedelta(minutes=settings.confirm_minutes),
        DEMO_ACCOUNTS=settings.var / "demo-accounts.json",
        CLOCK_OFFSET=settings.clock_offset,
        MAILING=settings.smtp_host is not None,
        SCANNED=settings.scanner_address is not None,
    )


def _trust(app: Flask, settings: Settings) -> None:
    hosts = [host.strip() for host in settings.trusted_hosts.split(",") if host.strip()]
    if settings.profile == "production" and get_debug_flag():
        raise InvalidSettings("FLASK_DEBUG must not be set in production: it shows what goes on inside to everybody.")
    if settings.profile == "production" and settings.base_url and not settings.base_url.startswith("https://"):
        raise InvalidSettings("CASEWORK_BASE_URL must begin with https:// in production.")
    if not hosts and settings.profile == "demo":
        # A page elsewhere must not reach it by a name that leads to this machine.
        hosts = ["localhost", "127.0.0.1", "[::1]"]
    if hosts:
        app.config["TRUSTED_HOSTS"] = hosts
    elif settings.profile == "production":
        raise InvalidSettings("CASEWORK_TRUSTED_HOSTS must name the hosts that this installation answers to.")


def _secure(response: Response, *, https: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if https:
        response.headers.setdefault("Strict-Transport-Security", ONE_YEAR)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint == "static":
        return response
    # What one person was shown is no other one's.
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.update(("Authorization", "Cookie", "Accept-Language"))
    return response
