-- What the database does by itself: a history that only grows, and so the tree over it, readings that join their
-- chains, what was found out of who reads, which is forgotten, walls that follow the referral and the case that they are of, and
-- words, which are kept for searches.

-- What a search counts by stands apart from what it shows: the rows that it goes through stay short.
ALTER TABLE indexed_records SET (toast_tuple_target = 128);
-- What lists are narrowed by is counted for thousands of rows at once, and stays in them.
ALTER TABLE indexed_records ALTER COLUMN facets SET STORAGE MAIN;

-- Hashes are chance, which no compression makes shorter.
ALTER TABLE tree_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_only_grow();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_only_grow();

-- Once for a statement, however many events it writes.
CREATE TRIGGER leaves_are_awaited AFTER INSERT ON events REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION casework_await_leaves();
CREATE TRIGGER tree_only_grows BEFORE UPDATE OR DELETE ON tree_tiles FOR EACH ROW EXECUTE FUNCTION tree_only_grows();
CREATE TRIGGER tree_only_grows BEFORE UPDATE OR DELETE ON tree_entries FOR EACH ROW EXECUTE FUNCTION tree_only_grows();
CREATE TRIGGER tree_only_grows BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION tree_only_grows();
CREATE TRIGGER tree_is_not_truncated BEFORE TRUNCATE ON tree_tiles FOR EACH STATEMENT EXECUTE FUNCTION tree_only_grows();
CREATE TRIGGER tree_is_not_truncated BEFORE TRUNCATE ON tree_entries FOR EACH STATEMENT EXECUTE FUNCTION tree_only_grows();
CREATE TRIGGER tree_is_not_truncated BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION tree_only_grows();

CREATE TRIGGER chained BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION casework_chain_reading();
CREATE TRIGGER chained BEFORE INSERT ON sealed_readings FOR EACH ROW EXECUTE FUNCTION casework_chain_reading();

CREATE TRIGGER reach_is_forgotten AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON memberships
FOR EACH STATEMENT EXECUTE FUNCTION casework_forget_reach();
CREATE TRIGGER reach_is_forgotten AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people
FOR EACH STATEMENT EXECUTE FUNCTION casework_forget_reach();
CREATE TRIGGER reach_is_forgotten AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON openings
FOR EACH STATEMENT EXECUTE FUNCTION casework_forget_reach();

-- Column by column: rows compared would read otherwise after a dump and a restore.
CREATE TRIGGER walls_are_carried AFTER UPDATE ON tracks FOR EACH ROW WHEN (
    OLD.log_id IS DISTINCT FROM NEW.log_id OR OLD.part IS DISTINCT FROM NEW.part OR OLD.parent_id IS DISTINCT FROM NEW.parent_id
    OR OLD.provider_id IS DISTINCT FROM NEW.provider_id OR OLD.barred IS DISTINCT FROM NEW.barred
    OR (OLD.played ? 'sends') IS DISTINCT FROM (NEW.played ? 'sends')
) EXECUTE FUNCTION casework_carry_walls();
CREATE TRIGGER walls_are_carried AFTER UPDATE ON cases FOR EACH ROW WHEN (OLD.interests IS DISTINCT FROM NEW.interests)
EXECUTE FUNCTION casework_carry_walls();
CREATE TRIGGER walls_are_carried AFTER UPDATE ON mediations FOR EACH ROW WHEN (OLD.interests IS DISTINCT FROM NEW.interests)
EXECUTE FUNCTION casework_carry_walls();

CREATE TRIGGER words_are_kept AFTER INSERT OR UPDATE OF body ON events FOR EACH ROW
WHEN (NEW.kind IN ('document_registered', 'letter_sent', 'noted', 'said')) EXECUTE FUNCTION casework_keep_words();
CREATE TRIGGER words_are_kept AFTER INSERT OR UPDATE OF name ON files FOR EACH ROW EXECUTE FUNCTION casework_keep_words();

CREATE TRIGGER meaning_is_forgotten AFTER UPDATE OF title, problem, advantage, description, status, merged_into ON technologies
FOR EACH ROW WHEN (
    OLD.title IS DISTINCT FROM NEW.title OR OLD.problem IS DISTINCT FROM NEW.problem
    OR OLD.advantage IS DISTINCT FROM NEW.advantage OR OLD.description IS DISTINCT FROM NEW.description
    OR OLD.status IS DISTINCT FROM NEW.status OR OLD.merged_into IS DISTINCT FROM NEW.merged_into
) EXECUTE FUNCTION casework_forget_meaning();
