#!/bin/bash
# Logins, roles and the database, once, when the server is made: docs/how-to/run-your-own-postgresql.md says what each is for.
set -euo pipefail
# Of an address postgresql://login:password@/casework the password.
password() { sed -E 's#^[^:]+://[^:]+:([^@]+)@.*$#\1#' "/run/secrets/$1" | tr -d '\n'; }
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$(password owner_database_url)" --set web="$(password database_url)" <<'SQL'
CREATE ROLE casework_owner LOGIN PASSWORD :'owner';
CREATE ROLE casework_web LOGIN PASSWORD :'web';
CREATE ROLE casework_app NOLOGIN;
CREATE ROLE casework_engine NOLOGIN;
CREATE ROLE casework_sequencer NOLOGIN;
GRANT casework_app, casework_engine, casework_sequencer TO casework_web;
CREATE DATABASE casework OWNER casework_owner;
REVOKE CONNECT ON DATABASE casework FROM PUBLIC;
GRANT CONNECT ON DATABASE casework TO casework_web;
SQL
