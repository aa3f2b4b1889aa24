"""What the database grants, enforces and runs, held against what a database of this release does.

The list stands in `expected_database.json`, read from a freshly migrated database; what it cannot hold, because servers
differ in it, stands here: settings, and who logs in. Each difference is a sentence that says what to do.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, text

from casework.records.server_process import ROLES

#: By kind and name, the statement that makes it, or what is said of it.
Facts = dict[str, dict[str, str]]

MAY_GRANT = "granted, and may grant it"
LIST = "expected_database.json"
#: Settings of the session and the server, each with the values that it may have.
SETTINGS = {
    "fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "zero_damaged_pages": ("off",), "ignore_checksum_failure": ("off",), "ignore_system_indexes": ("off",),
    "row_security": ("on",), "session_replication_role": ("origin",), "transform_null_equals": ("off",),
    "standard_conforming_strings": ("on",), "default_transaction_read_only": ("off",), "server_encoding": ("UTF8",),
    "password_encryption": ("scram-sha-256",),
}  # fmt: skip
#: What is lost or let in where one of them has another value.
_MEANS = {
    "fsync": "an acknowledged action could be lost", "synchronous_commit": "an acknowledged action could be lost",
    "full_page_writes": "a power failure could tear pages",
    "row_security": "statements fail where row security hides something",
    "session_replication_role": "triggers and foreign keys do not fire",
}  # fmt: skip
_PATH = "pg_catalog, public"


def faults(db: Connection) -> list[str]:
    """How this database differs from one of this release, and who may do too much in it; whole sentences, none when it is right."""
    return [*differences(db), *_roles(db), *_members(db), *_settings(db)]


def differences(db: Connection) -> list[str]:
    """How its form differs, whoever may do what in it; whole sentences."""
    return _differences(expected(), read(db))


@cache
def expected() -> Facts:
    """The list of this release."""
    facts: Facts = json.loads(importlib.resources.files("casework.records").joinpath(LIST).read_text("utf-8"))
    return facts


def read(db: Connection) -> Facts:
    """What there is in this database, in the form of the list."""
    facts: Facts = {}
    for kind, query in _QUERIES.items():
        rows = db.execute(text(query))
        facts[kind] = {row.name: " ".join(row.said.split()) for row in rows}
    return facts


def written(facts: Facts) -> str:
    """The facts as the file holds them: one on each line, so that a change is read like one of the code."""
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# --- differences -----------------------------------------------------------------------------------------------------


def _differences(wanted: Facts, actual: Facts) -> list[str]:
    sentences = []
    for kind in _QUERIES:
        right, there = wanted.get(kind, {}), actual.get(kind, {})
        # What belongs to a table that is missing or should not be there is told with it.
        odd = set(wanted["table"]) ^ set(actual["table"]) if kind != "table" else set()
        for name in sorted({*right, *there}):
            if right.get(name) != there.get(name) and _table_of(name) not in odd:
                sentences.append(_sentence(kind, name, right.get(name), there.get(name)))
    return sentences


def _table_of(name: str) -> str:
    return name.split(" on ")[-1].removeprefix("table ").removeprefix("column ").split(".")[0]


def _sentence(kind: str, name: str, right: str | None, there: str | None) -> str:
    if kind == "grant":
        return _about_grant(name, right, there)
    if kind == "disabled foreign key":
        return (
            f"The foreign key {name} is not enforced: as a superuser, ALTER TABLE {_table_of(name)} ENABLE TRIGGER ALL;"
        )
    called = f"The {kind} {name}"
    if there is None:
        return f"{called} is missing: {_remade(kind, right or '')}"
    if right is None:
        return f"{called} does not belong here: {_EXTRA.get(kind, 'DROP it, or find out who made it and why.')}"
    if kind == "trigger" and there.rpartition(" -- ")[0] == right.rpartition(" -- ")[0]:
        table, trigger = name.split(".")
        return f"{called} is {there.rpartition(' -- ')[2]}: ALTER TABLE {table} ENABLE TRIGGER {trigger};"
    if kind == "table" and "row security" in right and "forced" not in there:
        return (
            f"Row-level security of the table {name} is not enabled and forced:"
            f" ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        )
    return f"{called} is not as this release makes it ({there}): {_remade(kind, right)}"


def _remade(kind: str, right: str) -> str:
    if kind in ("trigger", "policy", "index", "constraint"):
        return f"drop what is there of it, then {right.split(' -- ')[0]};"
    if kind == "function":
        return f"put back its definition, which stands in {LIST} of this release."
    if kind in ("table", "column", "sequence", "view"):
        return f"it must be {right}; restore the database from a backup, or put that right by hand."
    return f"it must be {right}."


_EXTRA = {
    "trigger": "drop it, for it may change what is recorded.",
    "rule": "drop it, for it may change what is recorded.",
    "policy": "drop it, for it may show what row security hides.",
    "function": "drop it, for nothing here calls it.",
    "default privilege": "take it away with ALTER DEFAULT PRIVILEGES, for it opens each new table.",
    "publication": "drop it, for it sends what is recorded elsewhere.",
    "event trigger": "drop it, for it runs with every migration.",
    "language": "drop it, for its functions do what the database may not.",
}


def _about_grant(name: str, right: str | None, there: str | None) -> str:
    (who, privilege), what = name.split(" on ")[0].split(" "), name.split(" on ", 1)[1]
    if there == MAY_GRANT:
        return f"The role {who} may hand on its {privilege} on {what}: REVOKE GRANT OPTION FOR {privilege} ON {what} FROM {who};"
    if right is None:
        return f"The role {who} may {privilege} {what.removeprefix('table ')}: REVOKE {privilege} ON {what} FROM {who};"
    return f"The role {who} may not {privilege} {what}, which it must: GRANT {privilege} ON {what} TO {who};"


# --- roles and settings ----------------------------------------------------------------------------------------------


def _roles(db: Connection) -> list[str]:
    sentences = []
    for row in db.execute(text(_ROLES), {"roles": list(ROLES)}):
        if row.rolsuper:
            sentences.append(f"The database role {row.rolname} is a superuser: name another one in DATABASE_URL.")
            continue
        if row.rolname in ROLES and row.rolcanlogin:
            sentences.append(f"The role {row.rolname} may log in: ALTER ROLE {row.rolname} NOLOGIN;")
        for may, word in (
            (row.rolbypassrls, "BYPASSRLS"),
            (row.rolcreaterole, "CREATEROLE"),
            (row.rolcreatedb, "CREATEDB"),
            (row.rolreplication, "REPLICATION"),
        ):
            if may:
                sentences.append(f"The database role {row.rolname} has {word}: ALTER ROLE {row.rolname} NO{word};")
        sentences += [
            f"The database role {row.rolname} is a member of {other}: REVOKE {other} FROM {row.rolname};"
            for other in row.others
        ]
    login, owns = db.execute(text(_OWNS)).one()
    if owns:
        sentences.append(
            f"The application logs in as {login}, who owns its tables or may act as their owner: name a login in DATABASE_URL"
            f" that owns nothing and is a member of {', '.join(ROLES)} alone."
        )
    return sentences


def _members(db: Connection) -> list[str]:
    return [
        f"The role {row.member} may act as {row.role} in this database: REVOKE {row.role} FROM {row.member}; or keep it out with"
        " REVOKE CONNECT ON DATABASE … FROM PUBLIC;"
        for row in db.execute(text(_MEMBERS), {"roles": list(ROLES)})
    ]


def _settings(db: Connection) -> list[str]:
    rows = db.execute(
        text("SELECT name, current_setting(name) AS value FROM unnest(CAST(:names AS text[])) AS name"),
        {"names": list(SETTINGS)},
    )
    sentences = [
        _about_setting(row.name, row.value, SETTINGS[row.name]) for row in rows if row.value not in SETTINGS[row.name]
    ]
    path, encrypted = db.execute(
        text(
            "SELECT (SELECT string_agg(s::text, ', ') FROM unnest(current_schemas(true)) AS s WHERE s "
            "NOT LIKE 'pg\\_temp%'), inet_client_addr() IS NULL OR inet_client_addr() << '127.0.0.0/8'"
            " OR inet_client_addr() = '::1' OR inet_client_addr() = inet_server_addr()"
            " OR COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
        )
    ).one()
    if path != _PATH:
        sentences.append(
            f"Names are looked for in the schemas {path}, and must be in {_PATH} alone: RESET search_path where the database, a role"
            " or DATABASE_URL sets it, or drop the schema that bears the role's name."
        )
    if not encrypted:
        sentences.append(
            "The way to the database is not encrypted: turn ssl on at the server, and ask for sslmode=verify-full in DATABASE_URL."
        )
    return sentences


def _about_setting(name: str, value: str, allowed: tuple[str, ...]) -> str:
    means = f": {_MEANS[name]}" if name in _MEANS else ""
    return f"{name} is {value}{means}. Set it to {allowed[0]} in postgresql.conf, or where the database, a role or DATABASE_URL sets it."


#: What the login and the application's roles may do, and which other roles they could act as.
_ROLES = """
    SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolcanlogin, ARRAY(
        SELECT o.rolname::text FROM pg_roles o, pg_class c WHERE c.oid = to_regclass('events') AND o.oid <> r.oid
        AND (o.rolname <> ALL(:roles) OR r.rolname = ANY(:roles)) AND NOT r.rolsuper AND NOT o.oid = c.relowner
        AND pg_has_role(r.oid, o.oid, 'MEMBER') ORDER BY o.rolname
    ) AS others FROM pg_roles r WHERE r.rolname = session_user OR r.rolname = ANY(:roles) ORDER BY r.rolname
"""
#: The login, and whether it owns the tables without being a superuser.
_OWNS = """
    SELECT session_user, EXISTS (SELECT FROM pg_class c, pg_roles r WHERE c.oid = to_regclass('events')
    AND r.rolname = session_user AND NOT r.rolsuper AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
"""
#: Who else may log in here and act as the application or as the owner; a superuser may do everything in any case.
_MEMBERS = """
    SELECT m.rolname AS member, r.rolname AS role FROM pg_roles r, pg_roles m, pg_class c
    WHERE c.oid = to_regclass('events') AND (r.rolname = ANY(:roles) OR r.oid = c.relowner) AND m.oid <> r.oid AND m.oid <> c.relowner
    AND m.rolname <> session_user AND NOT m.rolsuper AND m.rolcanlogin AND pg_has_role(m.oid, r.oid, 'MEMBER')
    AND has_database_privilege(m.oid, current_database(), 'CONNECT') ORDER BY 1, 2
"""

# --- what there is ---------------------------------------------------------------------------------------------------

#: What belongs to our schema and to no extension.
_OURS = "{0}.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {0}.oid AND d.deptype = 'e')"
#: Who owns our tables.
_OWNER = "(SELECT relowner FROM pg_class WHERE oid = to_regclass('events'))"
#: What whoever got a grant `a` is called.
_GRANTEE = "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE (SELECT rolname FROM pg_roles r WHERE r.oid = a.grantee) END"
#: A grant `a` to anybody but the owner.
_GRANTED = f"a.grantee NOT IN ({_OWNER}, (SELECT oid FROM pg_roles WHERE rolname = 'pg_database_owner'))"

_QUERIES: Mapping[str, str] = {
    "table": f"""
        SELECT c.relname AS name, concat_ws(', ', CASE c.relpersistence WHEN 'p' THEN 'kept' ELSE 'not kept after a crash' END,
            CASE WHEN c.relkind <> 'r' THEN 'of the kind ' || c.relkind::text END,
            CASE WHEN c.relowner <> {_OWNER} THEN 'owned by ' || c.relowner::regrole END,
            CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN 'row security forced' WHEN c.relrowsecurity THEN 'row security' END
        ) AS said FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f') AND {_OURS.format("c")}
    """,
    "view": f"""
        SELECT c.relname AS name, concat_ws(', ', pg_get_viewdef(c.oid), c.reloptions::text,
            CASE WHEN c.relowner <> {_OWNER} THEN 'owned by ' || c.relowner::regrole END
        ) AS said FROM pg_class c WHERE c.relkind IN ('v', 'm') AND {_OURS.format("c")}
    """,
    "sequence": f"""
        SELECT c.relname AS name, s.seqtypid::regtype || ' by ' || s.seqincrement ||
            CASE WHEN c.relowner <> {_OWNER} THEN ', owned by ' || c.relowner::regrole ELSE '' END AS said
        FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE {_OURS.format("c")}
    """,
    "column": f"""
        SELECT c.relname || '.' || a.attname AS name, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'NOT NULL' END, CASE WHEN a.attidentity <> '' THEN 'IDENTITY ' || a.attidentity::text END,
            CASE WHEN a.attgenerated <> '' THEN 'GENERATED' END, 'DEFAULT ' || pg_get_expr(f.adbin, f.adrelid)
        ) AS said FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum WHERE c.relkind IN ('r', 'p', 'f') AND {_OURS.format("c")}
    """,
    # Not null is said with the column: servers from 18 on have a constraint for it too.
    "constraint": f"""
        SELECT c.relname || '.' || k.conname AS name, 'ALTER TABLE ' || c.relname || ' ADD CONSTRAINT ' || k.conname || ' '
            || pg_get_constraintdef(k.oid) AS said
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype <> 'n' AND {_OURS.format("c")}
    """,
    "index": f"""
        SELECT t.relname || '.' || c.relname AS name, pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid THEN ''
            ELSE ' -- not valid' END AS said
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) AND {_OURS.format("t")}
    """,
    "trigger": f"""
        SELECT c.relname || '.' || t.tgname AS name, pg_get_triggerdef(t.oid) || ' -- ' || CASE t.tgenabled
            WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled' WHEN 'A' THEN 'always enabled' ELSE 'enabled for replicas only' END AS said
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND {_OURS.format("c")}
    """,
    "disabled foreign key": f"""
        SELECT c.relname || '.' || k.conname AS name, string_agg(t.tgenabled::text, '') AS said FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE t.tgisinternal AND t.tgenabled <> 'O' AND {_OURS.format("c")} GROUP BY 1
    """,
    "rule": f"""
        SELECT c.relname || '.' || r.rulename AS name, pg_get_ruledef(r.oid) AS said FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        WHERE r.rulename <> '_RETURN' AND {_OURS.format("c")}
    """,
    "policy": f"""
        SELECT c.relname || '.' || p.polname AS name, concat_ws(' ', 'CREATE POLICY', p.polname, 'ON', c.relname,
            CASE WHEN p.polpermissive THEN 'AS PERMISSIVE' ELSE 'AS RESTRICTIVE' END,
            'FOR ' || CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                ELSE 'DELETE' END,
            'TO ' || array_to_string(ARRAY(SELECT CASE WHEN o = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(o) END
                FROM unnest(p.polroles) AS o ORDER BY 1), ', '),
            'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
        ) AS said FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE {_OURS.format("c")}
    """,
    "function": f"""
        SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name, pg_get_functiondef(p.oid)
            || CASE WHEN p.proowner <> {_OWNER} THEN ' -- owned by ' || p.proowner::regrole ELSE '' END AS said
        FROM pg_proc p WHERE p.prokind IN ('f', 'p') AND p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """,
    "grant": f"""
        SELECT {_GRANTEE} || ' ' || a.privilege_type || ' on ' || g.name AS name,
            CASE WHEN bool_or(a.is_grantable) THEN '{MAY_GRANT}' ELSE 'granted' END AS said
        FROM (
            SELECT CASE WHEN c.relkind = 'S' THEN 'sequence ' ELSE 'table ' END || c.relname AS name,
                COALESCE(c.relacl, acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl
            FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND {_OURS.format("c")}
            UNION ALL SELECT 'column ' || c.relname || '.' || t.attname, t.attacl FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid
            WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND {_OURS.format("c")}
            UNION ALL SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', COALESCE(p.proacl,
                acldefault('f', p.proowner))
            FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d
                WHERE d.objid = p.oid AND d.deptype = 'e')
            UNION ALL SELECT 'schema public', n.nspacl FROM pg_namespace n WHERE n.nspname = 'public'
        ) g, aclexplode(g.acl) a WHERE {_GRANTED} GROUP BY 1, g.name
        UNION ALL SELECT {_GRANTEE} || ' CREATE on database ' || d.datname, 'granted' FROM pg_database d, aclexplode(d.datacl) a
        WHERE d.datname = current_database() AND a.privilege_type = 'CREATE' AND a.grantee NOT IN ({_OWNER}, d.datdba)
    """,
    "default privilege": """
        SELECT d.defaclrole::regrole || ' ' || d.defaclobjtype::text || COALESCE(' in ' || n.nspname, '') AS name, d.defaclacl::text AS said
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
    """,
    "publication": "SELECT pubname AS name, 'published' AS said FROM pg_publication",
    "event trigger": "SELECT evtname AS name, evtevent || ' ' || evtfoid::regproc || ' ' || evtenabled::text AS said FROM pg_event_trigger",
    "language": "SELECT lanname AS name, 'a language' AS said FROM pg_language WHERE lanname NOT IN ('internal', 'c')",
    "extension": "SELECT extname AS name, 'an extension' AS said FROM pg_extension",
}
