-- What indexes keep of texts, so that searches find by them. Before the tables, whose indexes are made of these functions; the same in
-- every collation, so that no index grows stale with one. What is asked of them stands in `records/search_terms.py`.

-- A text as words in small letters between spaces, all other signs left out. The few letters of which the small or the large one is a
-- plain letter count as that one, too. The wide space (U+3000) is a space, as which some servers read it in any case. What lies
-- sealed has no words.
CREATE FUNCTION casework_plain_words(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 AS $$
DECLARE
    plain text COLLATE "C" := lower(said COLLATE "C");
BEGIN
    IF starts_with(said, 'sealed:1:') THEN
        RETURN '';
    END IF;
    IF said ~ '[\u0130\u0131\u017F\u212A]' THEN
        plain := plain || ' ' || translate(plain, U&'\0130\0131\017F\212A', 'iisk');
    END IF;
    plain := regexp_replace(plain, '[^a-z0-9\u2E80-\u2FFF\u3001-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\U00020000-\U0003FFFF]+', ' ', 'g');
    -- An index takes no word that is longer than this by much.
    IF length(plain) > 1000 THEN
        plain := regexp_replace(plain, '((?:[a-z0-9]{250}){4})[a-z0-9]+', '\1', 'g');
    END IF;
    RETURN plain;
END $$;

-- The words and numbers of a text; of what is written without spaces each letter and each two that follow each other.
CREATE FUNCTION casework_terms(said text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
    plain text COLLATE "C" := public.casework_plain_words(said);
    unspaced text COLLATE "C";
BEGIN
    IF plain !~ '[^ -~]' THEN
        RETURN CAST(plain AS tsvector);
    END IF;
    unspaced := regexp_replace(plain, '[ -~]+', ' ', 'g');
    RETURN CAST(
        regexp_replace(plain, '([^ -~])', ' \1 ', 'g')
        || ' ' || regexp_replace(unspaced, '([^ -~]{2})', ' \1 ', 'g')
        || ' ' || regexp_replace(regexp_replace(unspaced, '(^| )[^ ]', ' ', 'g'), '([^ -~]{2})', ' \1 ', 'g')
        AS tsvector
    );
END $$;

-- The terms of a name or title in both languages.
CREATE FUNCTION casework_terms_of_both(name text, name_zh text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1500 AS $$
BEGIN
    RETURN public.casework_terms(name || ' ' || coalesce(name_zh, ''));
END $$;

-- The terms of three texts, or of five, that one row says.
CREATE FUNCTION casework_terms_of_three(one text, two text, three text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1500 AS $$
BEGIN
    RETURN public.casework_terms(coalesce(one, '') || ' ' || coalesce(two, '') || ' ' || coalesce(three, ''));
END $$;

CREATE FUNCTION casework_terms_of_five(one text, two text, three text, four text, five text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1500 AS $$
BEGIN
    RETURN public.casework_terms(
        coalesce(one, '') || ' ' || coalesce(two, '') || ' ' || coalesce(three, '') || ' ' || coalesce(four, '') || ' ' || coalesce(five, '')
    );
END $$;

-- Of a case its programme, the terms of its number and its title, and the letters of each word by threes, by which a list finds what
-- stands within words.
CREATE FUNCTION casework_case_terms(programme uuid, number text, title text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
DECLARE
    said text := number || ' ' || coalesce(title, '');
    spaced text COLLATE "C" := regexp_replace(public.casework_plain_words(said), '[^ -~]+', ' ', 'g');
    threes text COLLATE "C" := regexp_replace(spaced, '([a-z0-9]{3})', ' ~\1 ', 'g')
        || ' ' || regexp_replace(regexp_replace(spaced, '(^| )[a-z0-9]', ' ', 'g'), '([a-z0-9]{3})', ' ~\1 ', 'g')
        || ' ' || regexp_replace(regexp_replace(spaced, '(^| )[a-z0-9]{1,2}', ' ', 'g'), '([a-z0-9]{3})', ' ~\1 ', 'g');
BEGIN
    RETURN public.casework_terms(said)
        || CAST('#' || programme || ' ' || regexp_replace(threes, '(^| )[a-z0-9]+', ' ', 'g') AS tsvector);
END $$;

-- The number of an IP right as it is compared: without signs, the country of its office before it, its check digit and the code of what
-- was published. The same as `engine.case_objects.right_numbers`; null where nothing of it can be compared.
CREATE FUNCTION casework_right_number(office text, number text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 500 AS $$
DECLARE
    plain text COLLATE "C" := regexp_replace(upper(normalize(number, NFKC) COLLATE "C"), '[^0-9A-Z.]+', '', 'g');
    code text COLLATE "C" := upper(coalesce(office, '') COLLATE "C");
BEGIN
    code := CASE code WHEN 'EPO' THEN 'EP' WHEN 'WIPO' THEN 'WO' ELSE code END;
    IF substr(plain, 3, 1) ~ '[0-9]' AND (left(plain, 2) IN ('ZL', 'CN') OR length(code) = 2 AND left(plain, 2) = code) THEN
        plain := substr(plain, 3);
    END IF;
    plain := regexp_replace(plain, '^([0-9]{12}|[0-9]{8})[.][0-9X]$', '\1');
    plain := regexp_replace(plain, '^((19|20)[0-9]{10})[0-9X]$', '\1');
    plain := regexp_replace(replace(plain, '.', ''), '^(([A-Z]{2})?[0-9]{6,})[A-Z][0-9]?$', '\1');
    RETURN CASE WHEN plain ~ '[0-9]' THEN plain END;
END $$;
