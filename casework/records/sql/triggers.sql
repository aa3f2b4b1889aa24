-- What the database does by itself: a history that only grows, readings that join their
-- chains, and what was found out of who reads, which is forgotten.

CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_only_grow();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_only_grow();

CREATE TRIGGER chained BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION casework_chain_reading();
CREATE TRIGGER chained BEFORE INSERT ON sealed_readings FOR EACH ROW EXECUTE FUNCTION casework_chain_reading();

CREATE TRIGGER reach_is_forgotten AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON memberships
FOR EACH STATEMENT EXECUTE FUNCTION casework_forget_reach();
CREATE TRIGGER reach_is_forgotten AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people
FOR EACH STATEMENT EXECUTE FUNCTION casework_forget_reach();
CREATE TRIGGER reach_is_forgotten AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON openings
FOR EACH STATEMENT EXECUTE FUNCTION casework_forget_reach();
