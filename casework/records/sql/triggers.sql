-- What the database does by itself: a history that only grows, and readings that join their chains.

CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_only_grow();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_only_grow();

CREATE TRIGGER chained BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION casework_chain_reading();
CREATE TRIGGER chained BEFORE INSERT ON sealed_readings FOR EACH ROW EXECUTE FUNCTION casework_chain_reading();
