-- Who is shown a row, by table.

CREATE POLICY readers ON mediations USING ((SELECT casework_engine_reads()) OR id NOT IN (SELECT casework_sealed()));
ALTER TABLE mediations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON logs USING (id NOT IN (SELECT casework_sealed()));
ALTER TABLE logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON events USING (log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON proposals USING (log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE proposals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON consents USING (log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON mentions USING (log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE mentions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON outbox USING (log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON tracks USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (workflow <> 'referral' AND parent_id IS NULL OR id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = tracks.log_id AND NOT (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests)))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = tracks.log_id AND NOT coalesce(c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY (c.team)) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests), false)
        ))));
ALTER TABLE tracks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON tasks USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = tasks.log_id AND NOT (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests)))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = tasks.log_id AND NOT coalesce(c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY (c.team)) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests), false)
        )) OR NOT casework_in_referral(track_id)));
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON clocks USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()) AND (track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))) OR NOT EXISTS (SELECT FROM cases c WHERE c.id = clocks.log_id AND NOT (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests)))
        AND (cardinality((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)) = 0 OR NOT EXISTS (
            SELECT FROM mediations c WHERE c.id = clocks.log_id AND NOT coalesce(c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY (c.team)) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests), false)
        )) OR NOT casework_in_referral(track_id)));
ALTER TABLE clocks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON grants USING ((SELECT casework_engine_reads()) OR EXISTS (
        SELECT FROM cases c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests))
    ) OR EXISTS (
        SELECT FROM mediations c WHERE c.id = grants.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY (c.team)) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests))
    ) OR grants.track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END))));
ALTER TABLE grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON documents USING ((SELECT casework_engine_reads()) OR EXISTS (
        SELECT FROM cases c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_programmes() END)::uuid[]) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_breakers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests))
    ) OR EXISTS (
        SELECT FROM mediations c WHERE c.id = documents.log_id AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests) AND (c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_disputes() END)::uuid[]) AND (c.owner_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) OR (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END) = ANY (c.team)) OR c.id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_opened() END)::uuid[]) AND c.programme_id = ANY ((SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_readers() END)::uuid[]) AND NOT (SELECT coalesce(current_setting('casework.reader', true), '')) = ANY (c.interests))
    ) OR documents.track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)))
            OR documents.withdrawn_at IS NULL AND EXISTS (
                SELECT FROM grants g WHERE g.document_id = documents.id AND g.ended_at IS NULL AND g.track_id IN (SELECT casework_referred((SELECT coalesce(current_setting('casework.reader', true), '')), (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') IN ('', 'engine') THEN '{}'::uuid[] ELSE casework_organisations() END)))
            ));
ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON files USING ((SELECT casework_engine_reads()) OR casework_shows_files(document_id));
ALTER TABLE files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON contents USING ((SELECT casework_engine_reads()) OR casework_shows_contents(file_id));
ALTER TABLE contents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON blobs USING ((SELECT casework_engine_reads()) OR casework_shows_blobs(id));
ALTER TABLE blobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON compartments USING ((SELECT casework_engine_reads()) OR casework_shows_compartments(id));
ALTER TABLE compartments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON reading_heads USING (current_setting('casework.reader', true) = 'engine');
ALTER TABLE reading_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON notifications USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR person_id = (SELECT CASE WHEN coalesce(current_setting('casework.reader', true), '') NOT IN ('', 'engine') THEN CAST(coalesce(current_setting('casework.reader', true), '') AS uuid) END));
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON mails USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR NOT sealed);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON webhook_messages USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE webhook_messages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY readers ON sealed_readings USING ((SELECT coalesce(current_setting('casework.reader', true), '') = 'engine') OR log_id NOT IN (SELECT casework_sealed()));
ALTER TABLE sealed_readings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
